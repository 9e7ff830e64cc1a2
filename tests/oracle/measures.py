#!/usr/bin/env python3
"""Holds every figure of every commitment measure against a second reading.

    measures.py --daybook PATH [--suspects 1000] [--seeds 7,11] [--jobs FOLDER]

Makes deployments in a folder that goes away, lets the program take in synthetic
London, make lists, decide and verify them and evaluate its measures, works every
measure out from the same files and the words of its definition, and compares
cell by cell. Prints a line per seed and measure; ends with 1 and the first
differences when any differ, or when a measure had no figure to compare.
"""

import argparse
import collections
import dataclasses
import datetime as dt
import itertools
import pathlib
import sys
import tempfile

from compare import Comparison
from measures import cells, published
from measures.asked import Asked
from measures.deployment import Deployment, Plan
from measures.every import MEASURES

MONTHS = 24
# Turn about: five years, on the first of a month and on a day before; three
# years with what a force leaves out.
PLANS = (
    Plan(
        0,
        dt.date(2026, 4, 1),
        as_defined=(dt.date(2026, 4, 1),),
        with_few=(dt.date(2025, 11, 20),),
        begins=(("crimes", "recorded_at", dt.date(2021, 4, 20)),),
    ),
    Plan(
        0,
        dt.date(2024, 6, 14),
        with_few=(dt.date(2024, 6, 14), dt.date(2023, 12, 20)),
        years=3,
        nights=100,
        silent=("arrests", "disclosures", "engagements", "surveys", "victim_services"),
        unpublished=15,
        ends_early=("order_breaches", "place_reports"),
        never=("pilots",),
        publishes=("met_vawg_offences", "met_vawg_victims"),
        begins=(
            ("crimes", "recorded_at", dt.date(2021, 6, 14)),
            ("charges", "charged_at", dt.date(2021, 6, 14)),
            ("engagements", "held_on", dt.date(2021, 6, 14)),
            ("conduct_cases", "recorded_at", dt.date(2021, 9, 10)),
        ),
        # The count before these is just too old for the last of their months.
        uncounted=(
            dt.date(2022, 11, 1),
            dt.date(2023, 5, 1),
            dt.date(2023, 6, 1),
            dt.date(2023, 7, 1),
        ),
        newest_training=True,
    ),
)


def main():
    told = arguments()
    comparison = Comparison()
    with tempfile.TemporaryDirectory(prefix="daybook-measures-") as folder:
        work = pathlib.Path(told.keep or folder)
        work.mkdir(exist_ok=True)
        for place, seed in enumerate(told.seeds):
            deployment = make(told, work, seed, place)
            hold(comparison, deployment)
    return comparison.report()


def make(told, work, seed, place):
    plan = dataclasses.replace(PLANS[place % len(PLANS)], seed=seed)
    deployment = Deployment(told.daybook, work, plan, told.jobs)
    deployment.make(told.suspects)
    deployment.evaluate()
    return deployment


def hold(comparison, deployment, chosen=None):
    """Every measure of every date of a deployment, or those chosen."""
    title, world = f"seed {deployment.plan.seed}", deployment.world()
    evaluated, arrived = deployment.evaluated, deployment.arrived()
    known = MEASURES.keys() | set().union(*itertools.chain(*evaluated.values()))
    compared = collections.Counter()
    for id in sorted(chosen or known, key=by_number):
        before, held = comparison.tally.total(), collections.Counter()
        for as_of, (stated, found) in evaluated.items():
            if not (id in stated and id in MEASURES and id in found):
                comparison.differ("measures", f"{title}: {id}: not defined, or not known on a side")
                continue
            expected = expect(stated[id], world, Asked(as_of, MONTHS), arrived)
            held += compare(comparison, f"{title}, as of {as_of}", id, expected, found[id])
            if is_left_out(stated[id], deployment.plan):
                held["left out"] = True
        if not held["values"] and not held["left out"]:
            comparison.differ(id, f"{title}: no figure was compared")
        differ = comparison.tally.total() - before
        print(f"{title}: {id}: {told_of(held)}, {differ:,} differ", flush=True)
        compared += held
    print(f"{title}: {told_of(compared)}", flush=True)


def told_of(held):
    return f"{held['cells']:,} cells, {held['values']:,} with a value"


def by_number(id):
    commitment, measure = id.split(".")
    return commitment.zfill(2), measure.zfill(3)


def is_left_out(definition, plan):
    """Whether the plan delivers nothing of a source that the measure needs."""
    absent = {*plan.never, *published.SOURCES} - {*plan.publishes}
    return any(absent.issuperset(stated.split("|")) for stated in definition.sources)


def expect(definition, world, asked, arrived):
    """The cells of a measure; None when a source never came."""
    try:
        reach = cells.reach_of(definition, *arrived)
    except KeyError:
        return None
    return cells.work(definition, MEASURES[definition.id], world, asked, reach)


def compare(comparison, title, id, expected, found):
    """How many cells of the oracle were held against the program's."""
    state = "unavailable" if expected is None else "available"
    if found["state"] != state:
        comparison.differ(f"{id}, state", f"{title}: oracle {state}, program {found['state']}")
    expected = expected or {}
    for key in sorted(expected.keys() | found["cells"].keys()):
        comparison.row(title, id, key, expected.get(key), found["cells"].get(key))
    values = sum(cell["value"] is not None for cell in expected.values())
    return collections.Counter(cells=len(expected), values=values)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daybook", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--suspects", type=int, default=1000)
    parser.add_argument(
        "--seeds",
        type=lambda text: [int(seed) for seed in text.split(",") if seed],
        default=[7, 11],
    )
    parser.add_argument("--jobs", type=pathlib.Path, help="copied over the jobs of init")
    parser.add_argument("--keep", help="a folder to work in, which stays")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
