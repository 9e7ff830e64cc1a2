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
from scipy import stats
from statsmodels.stats import proportion, rates

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
