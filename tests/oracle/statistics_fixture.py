#!/usr/bin/env python3
"""Writes data and the figures that SciPy, statsmodels and lifelines give for it.

    python3 -m venv VENV && VENV/bin/pip install -r tests/oracle/requirements.txt
    VENV/bin/python tests/oracle/statistics_fixture.py

Writes tests/it/fixtures/statistics.json, which tests/it/statistics.rs holds the
program to. The data are drawn from a fixed seed or taken from print.
"""

import json
import pathlib
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from lifelines import __version__ as lifelines_version
from lifelines.statistics import logrank_test
from lifelines.utils import median_survival_times
from scipy import stats
from statsmodels.stats import proportion, weightstats

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "it/fixtures/statistics.json"
TREATED = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1),
           (16, 1), (17, 0), (19, 0), (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0),
           (34, 0), (35, 0)]
PLACEBO = [(day, 1) for day in
           (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]


def main():
    random = np.random.default_rng(20261121)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {
            "versions": versions(),
            "points": points(),
            "tails": tails(),
            "concentration": concentration(random),
            "survival": survival(random),
            "log_rank": log_rank(random),
            "proportions": proportions(),
            "means": means(random),
            "discontinuity": discontinuity(random),
            "spearman": spearman(random),
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


def versions():
    return {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
            "lifelines": lifelines_version, "numpy": np.__version__, "pandas": pd.__version__}


def points():
    freedoms = [1, 1.5, 2, 2.75, 3, 5, 9, 17.3, 30, 99, 250.5, 1999, 48000.25]
    return [{"freedom": f, "point": stats.t.ppf(0.975, f)} for f in freedoms]


def tails():
    values = [0.0001, 0.02, 0.5, 1, 2.7, 3.84, 6.6, 16.79, 40, 120]
    return [{"chi_square": v, "p": stats.chi2.sf(v, 1)} for v in values]


def concentration(random):
    cases = [[4.0, 1.0, 3.0, 2.0], [7.5] * 12, [0.0, 0.0, 0.0, 5.0],
             list(np.round(random.lognormal(4, 2, 600), 2)),
             list(random.choice([1.0, 11.0, 182.0, 547.5, 1825.0], 400))]
    return [{"amounts": case, **concentration_of(np.array(case))} for case in cases]


def concentration_of(amounts):
    """The Gini coefficient from every pair of people; shares by pandas."""
    pairs = np.abs(amounts[:, None] - amounts[None, :]).mean()
    ordered = pd.Series(amounts).sort_values()
    tops = [top for top in (1, 10, 50, 100, 200) if top <= len(amounts)]
    marks = np.unique([len(amounts) * step // 20 for step in range(1, 21)])
    marks = marks[marks > 0]
    return {
        "gini": pairs / (2 * amounts.mean()),
        "tops": [{"top": top, "share": ordered.nlargest(top).sum() / ordered.sum()} for top in tops],
        "lorenz": [[0.0, 0.0]] + [[mark / len(amounts), ordered.iloc[:mark].sum() / ordered.sum()]
                                  for mark in marks.tolist()],
    }


def careers(random, people, pace, horizon):
    """Days to an event, ended early for some, in whole days with many ties."""
    event = np.ceil(random.exponential(pace, people)).astype(int)
    end = random.integers(horizon // 3, horizon, people)
    return [(int(min(e, c)), int(e <= c)) for e, c in zip(event, end)]


def survival(random):
    cases = [TREATED, PLACEBO, careers(random, 200, 150, 360), careers(random, 100, 20, 360),
             [(5, 0), (9, 0), (9, 0)], [(2, 1), (4, 1)], [(3, 1)], [(3, 1), (3, 0), (8, 0)]]
    return [{"subjects": case, **survival_of(case)} for case in cases]


def survival_of(case):
    days, had = zip(*case)
    fitted = KaplanMeierFitter().fit(days, event_observed=had)
    interval = fitted.confidence_interval_
    table = fitted.event_table
    steps = []
    for day in (day for day in fitted.timeline if day > 0):
        low, high = interval.loc[day]
        shares = fitted.survival_function_["KM_estimate"]
        steps.append({
            "day": int(day), "at_risk": int(table.at_risk[day]),
            "events": int(table.observed[day]), "censored": int(table.censored[day]),
            "survival": shares[day], "low": low, "high": high,
            "variance": shares[day] ** 2 * fitted._cumulative_sq_.loc[day].item(),
        })
    bounds = median_survival_times(interval).iloc[0]
    return {"steps": steps, "exact_median": exact_median(steps), "median": finite(fitted.median_survival_time_),
            "median_low": finite(bounds.iloc[0]), "median_high": finite(bounds.iloc[1])}


def exact_median(steps):
    """In fractions: lifelines is a step late where rounding leaves its curve a
    hair above one half."""
    left = Fraction(1)
    for step in steps:
        left *= 1 - Fraction(step["events"], step["at_risk"])
        if left <= Fraction(1, 2):
            return step["day"]
    return None


def finite(day):
    return int(day) if np.isfinite(day) else None


def log_rank(random):
    pairs = [(TREATED, PLACEBO), (PLACEBO, TREATED), (TREATED, TREATED),
             (careers(random, 100, 120, 360), careers(random, 100, 170, 360)),
             (careers(random, 40, 60, 200), careers(random, 300, 60, 360)),
             (careers(random, 100, 10, 360), careers(random, 100, 300, 360))]
    found = []
    for first, second in pairs:
        (days, had), (other_days, other_had) = zip(*first), zip(*second)
        test = logrank_test(days, other_days, event_observed_A=had, event_observed_B=other_had)
        found.append({"first": first, "second": second,
                      "chi_square": test.test_statistic, "p": test.p_value})
    return found


def proportions():
    pairs = [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (0, 10, 0, 20), (10, 10, 0, 10),
             (41, 100, 23, 100), (155, 1246, 108, 1199), (1, 500, 3, 480)]
    return [proportions_of(*pair) for pair in pairs]


def proportions_of(part, of, other_part, other_of):
    low, high = proportion.proportion_confint(part, of, method="wilson")
    apart = proportion.confint_proportions_2indep(
        part, of, other_part, other_of, method="newcomb", compare="diff")
    ratio = None
    if part and other_part:
        ratio = list(proportion.confint_proportions_2indep(
            part, of, other_part, other_of, method="log", compare="ratio"))
    return {"first": [part, of], "second": [other_part, other_of],
            "wilson": [max(low, 0.0), min(high, 1.0)], "difference": list(apart), "ratio": ratio}


def means(random):
    def group(people, fall):
        before = np.round(random.lognormal(5, 1.2, people), 2)
        after = np.round(before * fall * random.lognormal(0, 0.8, people), 2)
        after[random.random(people) < 0.4] = 0.0
        return before, after

    cases = [(group(100, 0.4), group(100, 0.5)), (group(12, 0.9), group(230, 0.2)),
             (group(2, 1.0), group(3, 1.0))]
    return [means_of(*first, *second) for first, second in cases]


def means_of(before, after, other_before, other_after):
    ours, theirs = after - before, other_after - other_before
    paired = stats.ttest_rel(after, before).confidence_interval()
    apart = weightstats.CompareMeans.from_data(ours, theirs).tconfint_diff(usevar="unequal")
    first, second = ratio_of(before, after), ratio_of(other_before, other_after)
    between = None
    if first and second:
        gap = np.log(first["value"] / second["value"])
        reach = stats.norm.ppf(0.975) * np.hypot(first["log_error"], second["log_error"])
        between = [np.exp(gap), np.exp(gap - reach), np.exp(gap + reach)]
    return {"first": [list(pair) for pair in zip(before.tolist(), after.tolist())],
            "second": [list(pair) for pair in zip(other_before.tolist(), other_after.tolist())],
            "change": [ours.mean(), *paired], "difference": [ours.mean() - theirs.mean(), *apart],
            "ratio": first, "other_ratio": second, "ratio_of_ratios": between}


def ratio_of(before, after):
    """The same ratio as a Poisson regression of both halves on which one it is,
    with errors clustered by person and n/(n-1) for the sandwich."""
    people = len(before)
    if before.sum() <= 0 or after.sum() <= 0:
        return None
    amounts = np.concatenate([before, after])
    is_after = np.repeat([0.0, 1.0], people)
    model = sm.GLM(amounts, sm.add_constant(is_after), family=sm.families.Poisson())
    fitted = model.fit(cov_type="cluster", tol=1e-15, maxiter=200, tol_criterion="params",
                       cov_kwds={"groups": np.tile(np.arange(people), 2), "use_correction": False})
    error = fitted.bse[1] * np.sqrt(people / (people - 1))
    reach = stats.norm.ppf(0.975) * error
    return {"value": np.exp(fitted.params[1]), "log_error": error,
            "low": np.exp(fitted.params[1] - reach), "high": np.exp(fitted.params[1] + reach)}


def discontinuity(random):
    found = []
    for lists, bandwidth, jump in ((1, 50, 0.0), (3, 50, -40.0), (4, 25, 30.0), (2, 100, 0.0)):
        distance = np.tile(np.arange(100) + 0.5, 2) * np.repeat([1, -1], 100)
        distance = np.tile(distance, lists)
        person = random.integers(0, 60 * lists, len(distance))
        outcome = 100 + 0.6 * distance + jump * (distance > 0)
        outcome = np.round(np.maximum(outcome + 30 * random.standard_normal(len(distance))
                                      + 20 * random.standard_normal(60 * lists)[person], 0), 2)
        found.append({"distance": distance.tolist(), "outcome": outcome.tolist(),
                      "person": person.tolist(), "bandwidth": bandwidth,
                      "hc1": discontinuity_of(distance, outcome, person, bandwidth, "HC1"),
                      "clustered": discontinuity_of(distance, outcome, person, bandwidth, "cluster")})
    return found


def discontinuity_of(distance, outcome, person, bandwidth, errors):
    distance, outcome, person = (np.asarray(v) for v in (distance, outcome, person))
    near = np.abs(distance) < bandwidth
    distance, outcome, person = distance[near], outcome[near], person[near]
    treated = (distance > 0).astype(float)
    design = np.column_stack([np.ones(len(distance)), treated, distance, treated * distance])
    model = sm.WLS(outcome, design, weights=1 - np.abs(distance) / bandwidth)
    kinds = {"groups": person} if errors == "cluster" else {}
    fitted = model.fit(cov_type=errors, cov_kwds=kinds, use_t=True)
    low, high = fitted.conf_int()[1]
    return {"value": fitted.params[1], "low": low, "high": high, "error": fitted.bse[1],
            "untreated_level": fitted.params[0], "treated_level": fitted.params[0] + fitted.params[1]}


def spearman(random):
    cases = [[(1.0, 10.0), (2.0, 30.0), (3.0, 20.0)],
             [(float(a), float(b)) for a, b in random.integers(0, 12, (60, 2))]]
    return [{"pairs": case, "correlation": stats.spearmanr(*zip(*case)).statistic} for case in cases]


if __name__ == "__main__":
    main()
