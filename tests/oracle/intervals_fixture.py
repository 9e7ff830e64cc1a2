#!/usr/bin/env python3
"""Writes data and the intervals that SciPy and statsmodels give for it.

    VENV/bin/python tests/oracle/intervals_fixture.py

Writes tests/it/fixtures/intervals.json, which tests/it/intervals.rs holds the
program to. The data are drawn from a fixed seed.
"""

import json
import pathlib

import numpy as np
import scipy
import statsmodels
from scipy import integrate, interpolate, stats
from statsmodels.stats import proportion, rates

TAIL = 0.025
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "it/fixtures/intervals.json"


def main():
    random = np.random.default_rng(20261121)
    found = {
        "versions": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                     "numpy": np.__version__},
        "rates": [rate(*case) for case in
                  [(0, 1.0), (1, 1.0), (2, 12.5), (3, 40.0), (7, 300.0), (10, 1.0), (50, 33_000.0),
                   (120, 34_567.8), (999, 1.0), (10_000, 1.0), (1_234_567, 8_900_000.0)]],
        "ratios": [ratio(*case) for case in
                   [(0, 1.0, 8, 1.0), (1, 1.0, 1, 1.0), (3, 1.0, 11, 1.0), (41, 1.0, 29, 1.0),
                    (110, 1.0, 100, 1.0), (5000, 1.0, 1, 1.0), (12_345, 1.0, 11_999, 1.0),
                    (100_000, 1.0, 99_000, 1.0), (14, 33_500.0, 22, 31_250.0), (7, 2.0, 0, 1.0)]],
        # Beyond what SciPy's inverses carry: added up under the density itself.
        "large_rates": [large_rate(count) for count in
                        (9_998, 9_999, 10_000, 10_001, 123_456, 35_000_000, 4_000_000_000,
                         9_000_000_000_000_000)],
        "large_ratios": [large_ratio(*case) for case in
                         [(12, 10), (9_998, 9_998), (9_999, 10_000), (10_000, 9_999),
                          (10_000, 10_000), (11_000, 1_200_000), (34_000_000, 35_000_000),
                          (36_000_000, 35_000_000), (3, 4_000_000_000), (4_000_000_000, 3),
                          (4_100_000_000, 4_000_000_000), (2, 9_000_000_000_000_000),
                          (9_000_000_000_000_000, 2), (700, 9_000_000_000_000_000),
                          (9_000_000_000_000_000, 8_999_999_000_000_000)]],
        "shares": [shares(*case) for case in
                   [(56, 70, 48, 80), (0, 10, 0, 20), (155, 1246, 108, 1199), (1, 500, 3, 480),
                    (812_345, 9_876_543, 801_234, 9_765_432)]],
        "medians": [median(np.round(random.lognormal(5.5, 0.9, size), places))
                    for size, places in [(1, 0), (5, 0), (6, 0), (7, 1), (8, 1), (9, 0), (16, 0), (25, 2),
                                         (60, 0), (100, 1), (101, 0), (400, -1), (999, 0)]],
        "surveys": [survey(random, *case) for case in
                    [(12, 9, 0.2), (60, 55, 0.5), (400, 380, 0.9), (1200, 900, 1.6), (30, 30, 0.0)]],
    }
    OUTPUT.write_text(laid_out(found), encoding="utf-8")
    print(OUTPUT)


def laid_out(found):
    """JSON with a line per case."""
    parts = []
    for name, cases in found.items():
        if isinstance(cases, list):
            lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
            parts.append(f'"{name}": [\n{lines}\n]')
        else:
            parts.append(f'"{name}": {json.dumps(cases)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def rate(count, exposure):
    low, high = rates.confint_poisson(count, exposure, method="exact-c")
    return {"count": count, "exposure": exposure, "rate": count / exposure,
            "low": float(np.nan_to_num(low)), "high": float(high)}


def ratio(count, exposure, other, other_exposure):
    case = {"first": [count, exposure], "second": [other, other_exposure],
            "ratio": None, "exact": None, "logarithm": None}
    if other:
        scale = other_exposure / exposure
        part = proportion.proportion_confint(count, count + other, method="beta")
        rest = proportion.proportion_confint(other, count + other, method="beta")
        case["ratio"] = count / other * scale
        case["exact"] = [part[0] / (1 - part[0]) * scale, (1 - rest[0]) / rest[0] * scale]
    if count and other:
        case["logarithm"] = list(rates.confint_poisson_2indep(
            count, exposure, other, other_exposure, method="wald-log", compare="ratio"))
    return case


def large_rate(count):
    """The points of a gamma variable, by the density of its logarithm."""
    def point(shape, below):
        exponent = lambda step: shape * (step - np.expm1(step))  # noqa: E731
        return shape * np.exp(quantile(exponent, shape ** -0.5, below))
    return {"count": count, "low": point(count, TAIL), "high": point(count + 1, 1 - TAIL)}


def large_ratio(count, other):
    """The points of the odds of a beta variable, by the density of their logarithm."""
    def point(a, b, below):
        if a > b:
            return 1 / point(b, a, 1 - below)
        exponent = lambda step: a * step - (a + b) * np.log1p(a / (a + b) * np.expm1(step))  # noqa: E731
        return a / b * np.exp(quantile(exponent, (1 / a + 1 / b) ** 0.5, below))
    return {"first": count, "second": other, "ratio": count / other,
            "exact": [point(count, other + 1, TAIL), point(count + 1, other, 1 - TAIL)]}


def quantile(exponent, sd, below):
    """Where the density, whose logarithm is given around its mode, has so much on
    its left; in steps of a 40,000th of what matters, by Simpson's rule."""
    reach = 12 * sd + 40 * sd**2
    steps = np.linspace(-reach, reach, 800_001)
    with np.errstate(under="ignore"):
        density = np.exp(exponent(steps))
    done = integrate.cumulative_simpson(density, x=steps, initial=0)
    near = np.searchsorted(done, below * done[-1]) + np.arange(-4, 4)
    return float(interpolate.CubicSpline(done[near] / done[-1], steps[near])(below))


def shares(part, of, other_part, other_of):
    low, high = proportion.proportion_confint(part, of, method="wilson")
    katz = None
    if part and other_part:
        katz = list(proportion.confint_proportions_2indep(
            part, of, other_part, other_of, method="log", compare="ratio"))
    return {"first": [part, of], "second": [other_part, other_of],
            "wilson": [max(low, 0.0), min(high, 1.0)], "katz": katz,
            "newcombe": list(proportion.confint_proportions_2indep(
                part, of, other_part, other_of, method="newcomb", compare="diff"))}


def median(cases):
    number = len(cases)
    low, high = stats.quantile_test(cases, p=0.5).confidence_interval(0.95)
    case = {"cases": cases.tolist(), "median": float(np.median(cases)), "bounds": None}
    if np.isfinite(low) and np.isfinite(high):
        rank = int(stats.binom.ppf(0.025, number, 0.5))
        case["bounds"] = [float(low), float(high)]
        case["rank"] = rank
        case["coverage"] = 1 - 2 * stats.binom.cdf(rank - 1, number, 0.5)
    return case


def survey(random, people, others, spread):
    first, second = responses(random, people, spread, 0.55), responses(random, others, spread, 0.48)
    one, other = weighted(first), weighted(second)
    gap = proportion.confint_proportions_2indep(
        one["share"] * one["effective"], one["effective"],
        other["share"] * other["effective"], other["effective"], method="newcomb", compare="diff")
    return {"first": {"responses": first, **one}, "second": {"responses": second, **other},
            "gap": [one["share"] - other["share"], *gap]}


def responses(random, people, spread, share):
    weights = np.round(random.lognormal(0, spread, people), 4)
    agrees = (random.random(people) < share).astype(int)
    return [[int(a), float(w)] for a, w in zip(agrees, weights)]


def weighted(given):
    agrees, weights = (np.array(column, dtype=float) for column in zip(*given))
    share = np.average(agrees, weights=weights)
    effective = weights.sum() ** 2 / (weights ** 2).sum()
    low, high = proportion.proportion_confint(share * effective, effective, method="wilson")
    return {"share": share, "effective": effective, "design_effect": len(given) / effective,
            "low": max(low, 0.0), "high": min(high, 1.0)}


if __name__ == "__main__":
    main()
