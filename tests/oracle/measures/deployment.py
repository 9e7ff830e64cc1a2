"""Synthetic London: a deployment with lists, decisions and checks of lists, and
beside it everything that it was given, for the reading of the oracle.
"""

import csv
import dataclasses
import datetime as dt
import random
import shutil
import tomllib

import duckdb

import extracts
from london import date_in, is_extract
from measures import (
    definitions,
    edges,
    edges_of_crimes,
    edges_of_services,
    ledger_past,
    left_out,
    published,
)
from measures.asked import after, later
from measures.world import SOURCES, Ledger, World
from product import OFFICER, Daybook

# Months before the last list in which lists were made.
LISTS = (20, 16, 13, 12, 9, 6, 3, 1, 0)
MID_MONTH = 13
# Days before the last in which a source that was silent speaks again.
SPEAKS_AGAIN = 50
MEASURES = "jobs/commitment-measures"


@dataclasses.dataclass(frozen=True)
class Plan:
    """One seed's London."""

    seed: int
    # Morning of the last files.
    last: dt.date
    # Dates for which the measures are evaluated as they are defined.
    as_defined: tuple = ()
    # And those for which figures that rest on few cases are told too, so that
    # they can be held.
    with_few: tuple = ()
    years: int = 5
    nights: int = 40
    # Of the nights every tenth is delivered, and the last.
    nights_apart: int = 10
    # Sources of which the first load alone arrives, and nothing at all.
    ends_early: tuple = ()
    # Sources of which nothing arrives between the first load and the last nights.
    silent: tuple = ()
    # How many months before the last the publisher leaves one out.
    unpublished: int | None = None
    never: tuple = ()
    publishes: tuple = ("met_vawg_monthly",)
    # Source, column and day: what is older is not held.
    begins: tuple = ()
    # Days of which no count of posts is held.
    uncounted: tuple = ()
    # Whether training has the newest completions only, and no day of eligibility.
    newest_training: bool = False


class Deployment:
    def __init__(self, binary, folder, plan, jobs=None):
        self.plan = plan
        self.daybook = Daybook(binary, folder / f"measures-{plan.seed}")
        self.folder = self.daybook.folder
        self.seen = folder / f"seen-{plan.seed}"
        self.ledger = Ledger()
        # Definitions and figures by date.
        self.evaluated = {}
        self.dice = random.Random(plan.seed)
        self.daybook.init()
        self.seen.mkdir()
        if jobs is not None:
            shutil.copytree(jobs, self.folder / "jobs", dirs_exist_ok=True)

    def make(self, suspects):
        self.deliver(suspects)
        self.daybook.run("nightly-ingest", self.plan.last)
        self.make_lists()
        self.daybook.command("list", "verify", "--all", "--dir", self.folder)
        self.spread()

    def deliver(self, suspects):
        plan, parts = self.plan, self.folder / "parts"
        words = ["--suspects", suspects, "--seed", plan.seed, "--nights", plan.nights]
        span = ["--from", later(plan.last, -12 * plan.years), "--to", plan.last]
        self.daybook.command("synth", "--out", parts, *words, *span, "--dirty", 0.01)
        landing = self.folder / "landing"
        landing.mkdir(exist_ok=True)
        files = [path for path in sorted(parts.iterdir()) if is_extract(path, SOURCES)]
        first = min(date_in(path) for path in files)
        for path in files:
            if self.arrives(path, first):
                shutil.move(path, landing / path.name)
        published.write(landing, self.folder / "jobs", plan)
        left_out.counts(landing, plan.uncounted)
        for source, column, day in plan.begins:
            left_out.before(landing, source, column, day)
        if plan.newest_training:
            left_out.renewals(landing)
        self.see(landing)
        contracts = self.folder / "jobs/nightly-ingest/sources"
        parts = (*edges_of_crimes.PARTS, *edges_of_services.PARTS)
        edges.deliver(landing, self.seen, contracts, plan, SOURCES, parts)
        self.see(landing)

    def see(self, landing):
        for path in landing.iterdir():
            if path.is_file():
                shutil.copy(path, self.seen / path.name)

    def arrives(self, path, first):
        source, day = path.name.split(f"_{date_in(path):%Y%m%d}")[0], date_in(path)
        if source in self.plan.never or source in self.plan.ends_early and day > first:
            return False
        if source in self.plan.silent and first < day < after(self.plan.last, -SPEAKS_AGAIN):
            return False
        return day == first or (self.plan.last - day).days % self.plan.nights_apart == 0

    def make_lists(self):
        first = self.plan.last.replace(day=1)
        dates = [later(first, -months) for months in LISTS]
        dates.append(after(later(first, -MID_MONTH), 14))
        for as_of in sorted(dates):
            self.daybook.run("harm-list", as_of)
            self.decide(as_of)
        self.ledger.lists = sorted(dates)

    def decide(self, as_of):
        """Two in three are decided, in any order of ranks."""
        list_id = self.daybook.list_of(as_of)["list_id"]
        people = self.daybook.rows(
            "select nominal_id, is_blocked or is_restricted as is_barred from ledger.list_entries "
            f"where list_id = {list_id} and rank <= 100 order by rank"
        )
        wishes = [
            {
                "nominal_id": one["nominal_id"],
                "decision": self.dice.choice(
                    ("defer", "reject") if one["is_barred"] else ("accept", "accept", "defer")
                ),
                "reason": "decided by lot",
            }
            for one in people
            if self.dice.random() < 2 / 3
        ]
        path = self.folder / f"decisions-{as_of}.csv"
        with open(path, "w", newline="") as file:
            lines = csv.DictWriter(file, ["nominal_id", "decision", "reason"])
            lines.writeheader()
            lines.writerows(wishes)
        words = ("--file", path, "--by", OFFICER, "--list", list_id, "--dir", self.folder)
        self.daybook.command("list", "decide", *words)

    def spread(self):
        """Gives the ledger's moments dates in the past, and reads them back."""
        connection = duckdb.connect(str(self.folder / "daybook.duckdb"))
        ledger_past.Past(self, connection).spread()
        connection.close()

    def world(self):
        contracts = self.folder / "jobs/nightly-ingest/sources"
        tables = extracts.read_world(contracts, extracts.delivered(self.seen), SOURCES)
        told = published.read(contracts, extracts.delivered(self.seen))
        return World(tables, self.folder / "jobs/harm-list", self.ledger, told)

    def arrived(self):
        """The mornings of which each source speaks, and the sources of which a
        file of changes is due every night."""
        files = extracts.delivered(self.seen)
        contracts = self.folder / "jobs/nightly-ingest/sources"
        mornings, nightly = {}, set()
        for source in (*SOURCES, *published.SOURCES):
            mine = extracts.files_of(source, files)
            mornings[source] = sorted({extracts.as_at(path).date() for path in mine})
            contract = tomllib.loads((contracts / f"{source}.toml").read_text())
            if contract["mode"] == "delta" and "due_by" in contract.get("freshness", {}):
                nightly.add(source)
        return mornings, nightly

    def evaluate(self):
        """Has the program evaluate its measures, for each date of the plan."""
        for as_of in self.plan.as_defined:
            self.evaluate_as_of(as_of)
        left_out.minimums(self.folder / MEASURES)
        for as_of in self.plan.with_few:
            self.evaluate_as_of(as_of)

    def evaluate_as_of(self, as_of):
        self.daybook.run("commitment-measures", as_of)
        self.evaluated[as_of] = definitions.read(self.folder / MEASURES), self.told(as_of)

    def told(self, as_of):
        """Every cell that the program stored for a date, by measure and key."""
        sets = self.daybook.rows(
            "select measure_id, state from ledger.measure_sets "
            f"where as_of = date '{as_of}' order by set_id"
        )
        found = {one["measure_id"]: {"state": one["state"], "cells": {}} for one in sets}
        rows = self.daybook.rows(
            "select measure_id, v.* exclude (set_id) from ledger.measure_values v "
            f"join ledger.measure_sets m using (set_id) where as_of = date '{as_of}'"
        )
        for one in rows:
            key = tuple(one[name] for name in ("basis", "span", "period", "area", "group"))
            found[one["measure_id"]]["cells"][key] = one
        return found
