#!/usr/bin/env python3
"""Works the evaluation out a second time and shows both side by side.

    VENV/bin/python tests/oracle/evaluation.py PROGRAM DEPLOYMENT [--as-of D]
        [--programme-from D] [--bandwidth N]

Reads lists, people, allegations and arrests with `daybook query`, forms the
groups with pandas, and reckons with SciPy, statsmodels and lifelines. Fails
where a figure of `daybook list evaluate --json` is off by more than 1e-9 of
itself, or where one of the two has a figure and the other none. The figures
are about groups; nobody is named.
"""

import argparse
import io
import json
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
from lifelines.statistics import logrank_test
from scipy import stats

from statistics_fixture import (concentration_of, discontinuity_of, means_of, proportions_of,
                                survival_of, versions)

DAYS = pd.Timedelta(days=180)
DAY = pd.Timedelta(days=1)
ROWS = []


def main():
    asked = arguments()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = evaluate(asked)
        if not told["lists"]:
            for name in ("concentration", "persistence", "harm", "arrested", "time_to_arrest",
                         "year_before", "discontinuity"):
                opened(name, told[name], False)
            sys.exit(show())
        ground = Ground(asked, told)
        check_concentration(told["concentration"], ground)
        check_persistence(told["persistence"], ground)
        check_harm(told["harm"], ground)
        check_arrests(told["arrested"], told["time_to_arrest"], ground)
        check_year_before(told["year_before"], ground)
        check_cut(told["discontinuity"], ground)
        check_data(asked, ground)
    sys.exit(show())


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("deployment")
    for name in ("--as-of", "--programme-from", "--bandwidth"):
        parser.add_argument(name)
    return parser.parse_args()


def daybook(asked, *words):
    command = [asked.program, *words, "--dir", asked.deployment]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def evaluate(asked, *words):
    options = [word for name in ("as_of", "programme_from", "bandwidth") if getattr(asked, name)
               for word in ("--" + name.replace("_", "-"), getattr(asked, name))]
    return json.loads(daybook(asked, "list", "evaluate", "--json", *options, *words))


class Ground:
    """Raw rows, and the groups formed from them."""

    def __init__(self, asked, told):
        def query(sql, dates=()):
            text = daybook(asked, "query", sql, "--format", "csv", "--seconds", "300")
            return pd.read_csv(io.StringIO(text), parse_dates=list(dates))

        self.as_of = pd.Timestamp(told["as_of"])
        self.programme_from = pd.Timestamp(told["programme_from"]) if told["programme_from"] else None
        self.bandwidth = int(asked.bandwidth or 50)
        lists = query("select list_id, as_of, list_size as size, reserve_size as reserve, edition, "
                      "settings from ledger.lists order by as_of, list_id", ["as_of"])
        lists = lists[lists.as_of <= self.as_of].groupby("as_of").tail(1).reset_index(drop=True)
        self.lists = lists.assign(**pd.json_normalize(lists.settings.map(json.loads))[
            ["count_conditional_codes", "count_no_further_action"]])
        deepest = int((lists["size"] + np.maximum(lists.reserve, 2 * self.bandwidth)).max())
        entries = query("select list_id, nominal_id, rank, is_in_custody "
                        f"from ledger.list_entries where rank <= {deepest}")
        who = query("select nominal_id, person_key from core.identities where nominal_id in "
                    f"(select nominal_id from ledger.list_entries where rank <= {deepest})")
        entries = entries.merge(who, on="nominal_id").merge(self.lists, on="list_id")
        self.entries = (entries.sort_values(["as_of", "rank"])
                        .drop_duplicates(["list_id", "person_key"]).reset_index(drop=True))
        self.scores = query("select cast(score_days as double) as days from ledger.list_entries "
                            f"where list_id = {lists.list_id.iloc[-1]} and rank is not null").days
        self.arrests = query("select person_key, arrested_on from core.arrests "
                             "where person_key is not null", ["arrested_on"])
        self.arrests_from = query("select min(arrested_on) as d from core.arrests", ["d"]).d[0]
        self.reports_from = query("select min(reported_on) as d from core.crimes", ["d"]).d[0]
        people = query("select person_key, deceased_on from core.people where deceased_on is not null",
                       ["deceased_on"])
        self.entries = self.entries.merge(people, on="person_key", how="left")
        self.weights = query("select edition, weight_key, cast(days as double) as days "
                             "from staging.harm_index")
        self.allegations = query(
            "select person_key, reported_on, weight_key, offence_count, is_conditional, "
            "is_no_further_action from core.allegations where is_vawg and not is_proactive "
            "and not is_own_victim and suspects <= 50 "
            "and status in ('open', 'closed') and person_key in (select person_key from "
            "core.identities where nominal_id in (select nominal_id from ledger.list_entries "
            f"where rank <= {deepest}))", ["reported_on"])
        self.entries = pd.concat([self.with_outcomes(head) for head in self.lists.itertuples()])

    def with_outcomes(self, head):
        """The people of one list with harm before and after, and first arrest."""
        people = self.entries[self.entries.list_id == head.list_id].copy()
        held = self.allegations.merge(self.weights[self.weights.edition == head.edition],
                                      on="weight_key")
        if not head.count_conditional_codes:
            held = held[~held.is_conditional]
        if not head.count_no_further_action:
            held = held[~held.is_no_further_action]
        held = held.assign(harm=held.days * held.offence_count)
        after = held.reported_on >= head.as_of
        near = (held.reported_on >= head.as_of - DAYS) & (held.reported_on < head.as_of + DAYS)
        near &= held.reported_on < self.as_of
        for name, part in (("before", held[near & ~after]), ("after", held[near & after])):
            people[name] = people.person_key.map(part.groupby("person_key").harm.sum()).fillna(0.0)
        later = self.arrests[(self.arrests.arrested_on >= head.as_of)
                             & (self.arrests.arrested_on < self.as_of)]
        people["arrested_on"] = people.person_key.map(later.groupby("person_key").arrested_on.min())
        return people

    def cohort(self, is_programme):
        """Everyone at their first appearance on a list of the era, and its end."""
        rows, until = self.entries, self.as_of
        if self.programme_from is not None:
            since = self.programme_from
            if is_programme:
                rows = rows[rows.as_of >= since]
            else:
                rows = rows[(rows.as_of < since) & (rows.as_of >= since - 365 * DAY)]
                until = min(until, since)
        elif not is_programme:
            rows = rows.iloc[:0]
        rows = rows[rows["rank"] <= rows["size"] + rows.reserve]
        listings = rows[rows["rank"] <= rows["size"]].groupby("person_key").as_of.min()
        first = rows.sort_values(["as_of", "rank"]).drop_duplicates("person_key").copy()
        first["group"] = np.where(first["rank"] <= first["size"], "listed", "reserve")
        first["listed_on"] = first.person_key.map(listings).where(first.group == "reserve")
        first["until"] = until
        first["is_followed"] = first.as_of + DAYS <= until
        first["has_harm"] = (first.is_followed & (self.reports_from <= first.as_of - DAYS)
                             & first.edition.isin(self.weights.edition))
        first["has_arrests"] = self.arrests_from <= first.as_of
        return first


def subjects(rows, until_listed=False):
    last = pd.concat([rows.until - DAY, rows.deceased_on], axis=1).min(axis=1)
    if until_listed:
        last = pd.concat([last, rows.listed_on - DAY], axis=1).min(axis=1)
    had = rows.arrested_on <= last
    day = (rows.arrested_on.where(had, last) - rows.as_of).dt.days + 1
    keep = rows.has_arrests & (day > 0)
    return list(zip(day[keep].astype(int).tolist(), had[keep].astype(int).tolist()))


def check_concentration(told, ground):
    if not opened("concentration", told, len(ground.scores) > 0):
        return
    wanted = concentration_of(ground.scores.to_numpy())
    same("concentration: people", told["people"], len(ground.scores))
    same("concentration: harm, days", told["harm_days"], ground.scores.sum())
    same("concentration: Gini", told["gini"], wanted["gini"])
    for top in told["top"]:
        people = top["people"]
        share = None
        if people <= len(ground.scores):
            share = ground.scores.nlargest(people).sum() / ground.scores.sum()
        same(f"concentration: top {people}", top.get("share"), share)
    ordered = np.sort(ground.scores.to_numpy())
    for point in told["lorenz"]:
        people = round(point["people_share"] * len(ordered))
        same(f"Lorenz at {people} people", point["amount_share"],
             ordered[:people].sum() / ordered.sum())


def check_persistence(told, ground):
    if not opened("persistence", told, len(ground.lists) > 1):
        return
    listed = ground.entries[ground.entries["rank"] <= ground.entries["size"]]
    ranks = [rows.set_index("person_key")["rank"] for _, rows in listed.groupby("as_of")]
    for lag in told["lags"]:
        apart = lag["lists_later"]
        pairs = list(zip(ranks, ranks[apart:]))
        name = f"persistence, {apart} lists later"
        if not opened(name, lag, bool(pairs)):
            continue
        both = [before.index.intersection(after.index) for before, after in pairs]
        stayed = [len(people) for people in both]
        sizes = [len(before) for before, _ in pairs]
        same(f"{name}: share", lag["share"], sum(stayed) / sum(sizes))
        same(f"{name}: lowest", lag["lowest_share"], min(s / n for s, n in zip(stayed, sizes)))
        same(f"{name}: highest", lag["highest_share"], max(s / n for s, n in zip(stayed, sizes)))
        before, after = pairs[-1]
        either = before.index.union(after.index)
        same(f"{name}: Jaccard, newest", lag["latest"]["jaccard"], stayed[-1] / len(either))
        order = None
        if stayed[-1] >= 3:
            order = stats.spearmanr(before[both[-1]], after[both[-1]]).statistic
        same(f"{name}: Spearman, newest", lag["latest"]["spearman"], order)


def check_change(name, told, rows, other=None):
    """One group's change; the figures of SciPy against another group's."""
    wanted = means_of(rows.before.to_numpy(), rows.after.to_numpy(),
                      *((other if other is not None else rows)[half].to_numpy()
                        for half in ("before", "after")))
    same(f"{name}: people", told["people"], len(rows))
    same(f"{name}: mean before", told["mean_before"], rows.before.mean())
    same(f"{name}: mean after", told["mean_after"], rows.after.mean())
    same_interval(f"{name}: change", told["change"], wanted["change"])
    ratio = wanted["ratio"]
    same_interval(f"{name}: ratio", told["ratio"], ratio and [ratio[k] for k in ("value", "low", "high")])
    again = int((rows.after > 0).sum())
    same(f"{name}: accused again", told["accused_again"]["part"], again)
    low, high = proportions_of(again, len(rows), again, len(rows))["wilson"]
    same_interval(f"{name}: accused again, share", told["accused_again_share"],
                  [again / len(rows), low, high])
    return wanted, again


def check_harm(told, ground):
    cohort = ground.cohort(True)
    rows = cohort[cohort.has_harm]
    listed, reserve = (rows[rows.group == group] for group in ("listed", "reserve"))
    if not opened("harm", told, len(listed) > 1 and len(reserve) > 1):
        return
    wanted, again = check_change("harm, listed", told["listed"], listed, reserve)
    _, other_again = check_change("harm, reserve", told["reserve"], reserve)
    same("harm: left out", told["left_out"], len(cohort) - len(rows))
    same_interval("harm: difference of changes", told["difference"], wanted["difference"])
    same_interval("harm: ratio of ratios", told["ratio_of_ratios"], wanted["ratio_of_ratios"])
    check_apart("harm, accused again", told["accused_again_difference"],
                told["accused_again_ratio"], (again, len(listed), other_again, len(reserve)))


def check_apart(name, difference, ratio, parts):
    part, of, other_part, other_of = parts
    wanted = proportions_of(*parts)
    same_interval(f"{name}: difference", difference,
                  [part / of - other_part / other_of, *wanted["difference"]])
    same_interval(f"{name}: ratio", ratio, wanted["ratio"] and
                  [part / of / (other_part / other_of), *wanted["ratio"]])


def arrested_within(rows):
    rows = rows[rows.has_arrests & rows.is_followed]
    return int((rows.arrested_on < rows.as_of + DAYS).sum()), len(rows)


def check_arrests(told, times, ground):
    cohort = ground.cohort(True)
    listed, reserve = (cohort[cohort.group == group] for group in ("listed", "reserve"))
    parts = (*arrested_within(listed), *arrested_within(reserve))
    if opened("arrested within 180 days", told, parts[1] and parts[3]):
        check_apart("arrested within 180 days", told["difference"], told["ratio"], parts)
        for group, (part, of) in (("listed", parts[:2]), ("reserve", parts[2:])):
            low, high = proportions_of(part, of, part, of)["wilson"]
            same_interval(f"arrested within 180 days, {group}", told[f"{group}_share"],
                          [part / of, low, high])
    free = cohort[~cohort.is_in_custody]
    groups = {
        "listed": subjects(listed), "reserve": subjects(reserve),
        "reserve_until_listed": subjects(reserve, until_listed=True),
        "listed_at_liberty": subjects(free[free.group == "listed"]),
        "reserve_at_liberty": subjects(free[free.group == "reserve"]),
    }
    if not opened("time to arrest", times, all(groups.values())):
        return
    for name, people in groups.items():
        check_curve(f"arrest, {name.replace('_', ' ')}", times[name], people)
    for name, first, second in (
            ("listed_against_reserve", "listed", "reserve"),
            ("listed_against_reserve_until_listed", "listed", "reserve_until_listed"),
            ("at_liberty_listed_against_reserve", "listed_at_liberty", "reserve_at_liberty")):
        check_log_rank(name.replace("_", " "), times[name], groups[first], groups[second])


def check_curve(name, told, people):
    wanted = survival_of(people)
    curve = told["curve"]
    same(f"{name}: people", told["people"], len(people))
    same(f"{name}: events", curve["events"], sum(had for _, had in people))
    same(f"{name}: steps", len(curve["steps"]), len(wanted["steps"]))
    for step, other in zip(curve["steps"], wanted["steps"]):
        for part in ("at_risk", "events", "censored", "survival", "variance", "low", "high"):
            same(f"{name}: day {other['day']}, {part}", step[part], other[part])
    same(f"{name}: median", curve["median"]["day"], wanted["exact_median"])
    same(f"{name}: median, low", curve["median"]["low"], wanted["median_low"])
    same(f"{name}: median, high", curve["median"]["high"], wanted["median_high"])


def check_log_rank(name, told, first, second):
    (days, had), (other_days, other_had) = zip(*first), zip(*second)
    test = logrank_test(days, other_days, event_observed_A=had, event_observed_B=other_had)
    found = np.isfinite(test.test_statistic)
    same(f"log-rank, {name}: chi-square", told.get("chi_square"), test.test_statistic if found else None)
    same(f"log-rank, {name}: p", told.get("p"), test.p_value if found else None)


def check_year_before(told, ground):
    ours, theirs = (rows[rows.group == "listed"] for rows in
                    (ground.cohort(True), ground.cohort(False)))
    ours_followed, theirs_followed = subjects(ours) if len(ours) else [], subjects(theirs) if len(theirs) else []
    if not opened("year before", told, ours_followed and theirs_followed):
        return
    same("year before: people in both", told["people_in_both"],
         ours.person_key.isin(theirs.person_key).sum())
    check_curve("arrest, programme", told["programme"], ours_followed)
    check_curve("arrest, year before", told["year_before"], theirs_followed)
    check_log_rank("programme against year before", told["log_rank"], ours_followed, theirs_followed)
    parts = (*arrested_within(ours), *arrested_within(theirs))
    if opened("year before: arrested", told["arrested_difference"], parts[1] and parts[3]):
        check_apart("year before, arrested", told["arrested_difference"], told["arrested_ratio"], parts)
    rows = theirs[theirs.has_harm]
    if opened("year before: harm", told["year_before_harm"], len(rows) > 1):
        check_change("harm, year before", told["year_before_harm"], rows)


def at_cut(ground):
    rows = ground.entries
    if ground.programme_from is not None:
        rows = rows[rows.as_of >= ground.programme_from]
    listed_on = rows[rows["rank"] <= rows["size"]].groupby("person_key").as_of.min()
    first = rows.person_key.map(listed_on)
    keep = (rows.as_of + DAYS <= ground.as_of) & ~(first < rows.as_of)
    return rows[keep & rows.edition.isin(ground.weights.edition)]


def check_cut(told, ground):
    rows = at_cut(ground)
    if not opened("discontinuity", told, len(rows)):
        return
    distance = rows["size"] + 0.5 - rows["rank"]
    for at in told["estimates"]:
        ranks = at["ranks"]
        near = distance.abs() < ranks
        inside, outside = rows[near & (distance > 0)], rows[near & (distance < 0)]
        name = f"cut, {ranks:g} ranks"
        for side, people in (("inside", inside), ("outside", outside)):
            same(f"{name}: {side}", at[side]["places"], len(people))
            same(f"{name}: {side}, with harm", at[side]["with_harm"], (people.after > 0).sum())
        enough = all(len(side) >= 20 and (side.after > 0).sum() >= 5 for side in (inside, outside))
        if not opened(name, at, enough):
            continue
        wanted = discontinuity_of(distance, rows.after, rows.person_key, ranks, "cluster")
        same_interval(f"{name}: jump", at["jump"], [wanted[k] for k in ("value", "low", "high")])
        same(f"{name}: standard error", at["standard_error"], wanted["error"])
        same(f"{name}: level inside", at["treated_level"], wanted["treated_level"])
        same(f"{name}: level outside", at["untreated_level"], wanted["untreated_level"])


def check_data(asked, ground):
    """What --data writes holds the same people, under numbers of its own."""
    with tempfile.TemporaryDirectory() as folder:
        evaluate(asked, "--data", folder)
        entrants, cut, scores, lists = (
            pd.read_csv(f"{folder}/{name}.csv") for name in ("entrants", "cut", "scores", "lists"))
    cohort = pd.concat([ground.cohort(False), ground.cohort(True)])
    for name, theirs in (("before_days", cohort.before), ("after_days", cohort.after)):
        same(f"data: {name} of all entrants", entrants[name].sum(), theirs.sum())
    same("data: entrants", len(entrants), len(cohort))
    same("data: people", entrants.person.nunique(), cohort.person_key.nunique())
    same("data: people at the cut", cut.person.nunique(), at_cut(ground).person_key.nunique())
    same("data: scores", scores.score_days.sum(), ground.scores.sum())
    rows = ground.entries
    same("data: places", len(lists), (rows["rank"] <= rows["size"] + rows.reserve).sum())


def opened(name, told, is_there):
    """Whether both have the figure; told apart where only one has."""
    state = told.get("state", "available")
    if (state == "available") != bool(is_there):
        ROWS.append((name, state, "available" if is_there else "unavailable", False))
        return False
    if state != "available":
        ROWS.append((name, "unavailable", "unavailable", True))
    return state == "available"


def same_interval(name, told, wanted):
    if wanted is None or told.get("state") == "unavailable":
        same(name, None if told.get("state") == "unavailable" else told["value"], wanted and wanted[0])
        return
    for part, value in zip(("value", "low", "high"), wanted):
        same(name if part == "value" else f"{name}, {part}", told[part], value)


def same(name, told, wanted):
    if told is None or wanted is None:
        ROWS.append((name, told, wanted, told is None and wanted is None))
        return
    size = max(abs(told), abs(wanted))
    scale = size if size > 1e-6 else 1.0
    ROWS.append((name, told, wanted, abs(told - wanted) <= 1e-9 * scale))


def show():
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    shown = [row for row in ROWS if ": day " not in row[0] and "Lorenz" not in row[0]]
    folded = [row for row in ROWS if row not in shown]
    print(f"{'figure':<58} {'daybook':>24} {'second reckoning':>24}")
    for name, told, wanted, is_same in shown + [row for row in folded if not row[3]]:
        print(f"{name:<58} {text(told):>24} {text(wanted):>24}{'' if is_same else '  DIFFERS'}")
    print(f"and {len(folded)} points of curves, {sum(row[3] for row in folded)} of them the same")
    differing = sum(not row[3] for row in ROWS)
    print(f"{len(ROWS)} figures, {differing} differ by more than 1e-9")
    return 1 if differing else 0


def text(value):
    return value if isinstance(value, str) else "none" if value is None else f"{value:.12g}"


if __name__ == "__main__":
    main()
