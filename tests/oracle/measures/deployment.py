"""Synthetic London: a deployment with lists, decisions and checks of lists, and
beside it everything that it was given, for the reading of the oracle.

What the program stamps with the present moment (decisions, checks, receipts of
files) is spread over past months in its ledger afterwards, and public releases
are written there, since the present would give one month only.
"""

import csv
import dataclasses
import datetime as dt
import json
import random
import shutil
import types

import duckdb

import extracts
from london import date_in, is_extract
from measures import definitions, edges, edges_of_crimes, edges_of_services, published
from measures.asked import after, later
from measures.world import SOURCES, Ledger, World
from product import Daybook

OFFICER = "j.officer"
# Months before the last list in which lists were made.
LISTS = (20, 16, 13, 12, 9, 6, 3, 1, 0)
MID_MONTH = 13
MEASURES = "jobs/commitment-measures"
DAYS_OF_TRAINING = ("renewal", "eligible_from", "eligible_until")


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
        leave_out_counts(landing, plan.uncounted)
        for source, column, day in plan.begins:
            leave_out_before(landing, source, column, day)
        if plan.newest_training:
            leave_out_renewals(landing)
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
        return day == first or (self.plan.last - day).days % self.plan.nights_apart == 0

    def make_lists(self):
        first = self.plan.last.replace(day=1)
        dates = [later(first, -months) for months in LISTS]
        dates.append(after(later(first, -MID_MONTH), 14))
        self.daybook.command("account", "grant", OFFICER, "--role", "authorising-officer",
                             "--by", OFFICER, "--dir", self.folder)  # fmt: skip
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
        ledger = duckdb.connect(str(self.folder / "daybook.duckdb"))
        self.spread_decisions(ledger)
        self.spread_verifications(ledger)
        self.spread_batches(ledger)
        self.write_releases(ledger)
        ledger.close()

    def spread_decisions(self, ledger):
        """Up to 40 days after the list, some an hour before midnight in UTC; or so
        many days before something happened to the person."""
        happened = self.happened()
        rows = ledger.sql(
            "select decision_id, as_of, nominal_id, decision from ledger.list_decisions "
            "join ledger.lists using (list_id) order by decision_id"
        ).fetchall()
        for decision_id, as_of, nominal_id, decision in rows:
            day = after(as_of, self.dice.randint(0, 40))
            if nominal_id in happened and self.dice.random() < 0.4:
                days = self.dice.choice((0, 1, 89, 90, 91, 180, 181, 365, 366))
                day = after(self.dice.choice(happened[nominal_id]), -days)
            at = self.moment(day)
            update(ledger, "list_decisions", "decided_at", "decision_id", decision_id, at)
            self.ledger.decisions.append(
                types.SimpleNamespace(nominal_id=nominal_id, decision=decision, at=at)
            )

    def happened(self):
        """Days of arrests, charges and spells in custody by record."""
        contracts, found = self.folder / "jobs/nightly-ingest/sources", {}
        columns = {"arrests": "arrested_at", "charges": "charged_at", "custody_spells": "starts_at"}
        for source, column in columns.items():
            table = extracts.read_source(source, contracts, extracts.delivered(self.seen))
            for row in table.to_dict("records"):
                found.setdefault(row["nominal_id"], []).append(row[column].date())
        return found

    def moment(self, day):
        time = self.dice.choice((dt.time(9, 30), dt.time(22, 59, 59), dt.time(23, 30)))
        return dt.datetime.combine(day, time)

    def late_evenings(self):
        """Moments around 23:00 UTC, when in summer London's next day begins: on last
        days of months, and on the eves and the days on which the clocks change."""
        first = self.plan.last.replace(day=1)
        days = [after(later(first, -back), -1) for back in range(23)]
        for year in range(first.year - 2, first.year + 1):
            for month in (3, 10):
                sunday = last_sunday(year, month)
                days += [after(sunday, -1), sunday]
        days = sorted(day for day in days if day < self.plan.last)
        times = (dt.time(22, 59, 59), dt.time(23), dt.time(23, 59, 59))
        return [dt.datetime.combine(day, time) for day in days for time in times]

    def spread_verifications(self, ledger):
        rows = ledger.sql(
            "select distinct list_id from ledger.list_verifications order by list_id"
        ).fetchall()
        ledger.execute("create temp table one as select * from ledger.list_verifications limit 1")
        ledger.execute("delete from ledger.list_verifications")
        for (list_id,) in rows:
            days = [after(self.plan.last, -self.dice.randint(0, 700)) for _ in range(4)]
            evenings = self.dice.sample(self.late_evenings(), 12)
            for at in [*map(self.moment, days), *evenings]:
                is_identical = self.dice.random() < 0.8
                ledger.execute(
                    "insert into ledger.list_verifications by name select one.* replace "
                    "(? as list_id, ? as is_identical, ? as verified_at) from one",
                    [list_id, is_identical, at],
                )
                self.ledger.verifications.append(
                    types.SimpleNamespace(list_id=list_id, is_identical=is_identical, at=at)
                )

    def spread_batches(self, ledger):
        rows = ledger.sql(
            "select batch_id, source, file_name from ledger.batches order by batch_id"
        ).fetchall()
        contracts = self.folder / "jobs/nightly-ingest/sources"
        evenings = self.late_evenings()
        for batch_id, source, name in rows:
            at = self.moment(after(self.plan.last, -self.dice.randint(0, 700)))
            if batch_id % 2 == 0:
                at = self.dice.choice(evenings)
            update(ledger, "batches", "received_at", "batch_id", batch_id, at)
            judged = extracts.taken_in(self.seen / name, contracts / f"{source}.toml")
            self.ledger.batches.append(
                types.SimpleNamespace(
                    source=source,
                    received_at=at,
                    read=judged.read,
                    passed=len(judged.taken),
                )
            )

    def write_releases(self, ledger):
        """Due on any day; issued before, on it, after it or not at all; and issued
        late on the evening of the day."""
        for _ in range(60):
            due_on = after(self.plan.last, self.dice.randint(-760, 20))
            late = self.dice.choice((-3, 0, 0, 1, None))
            issued_at = None if late is None else self.moment(after(due_on, late))
            self.ledger.releases.append((due_on, issued_at))
        self.ledger.releases += [(at.date(), at) for at in self.late_evenings()]
        for number, (due_on, issued_at) in enumerate(self.ledger.releases, 1):
            ledger.execute(
                "insert into ledger.releases values (?, ?, ?, ?)",
                [number, f"Release {number}", due_on, issued_at],
            )

    def world(self):
        contracts = self.folder / "jobs/nightly-ingest/sources"
        tables = extracts.read_world(contracts, extracts.delivered(self.seen), SOURCES)
        told = published.read(contracts, extracts.delivered(self.seen))
        return World(tables, self.folder / "jobs/harm-list", self.ledger, told)

    def newest(self):
        """The newest morning of which each source speaks."""
        files = extracts.delivered(self.seen)
        found = {}
        for source in (*SOURCES, *published.SOURCES):
            mine = extracts.files_of(source, files)
            if mine:
                found[source] = extracts.as_at(mine[-1]).date()
        return found

    def evaluate(self):
        """Has the program evaluate its measures, for each date of the plan."""
        for as_of in self.plan.as_defined:
            self.evaluate_as_of(as_of)
        tell_few(self.folder / MEASURES)
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


def tell_few(job):
    """Takes the minimum out of every definition."""
    for path in job.glob("*/commitment.toml"):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("minimum_")))


def leave_out_counts(landing, days):
    """Takes counts of posts out of every file, and the manifests that know of them."""
    told = [f",{day}," for day in days]
    for path in landing.glob("posts_*.csv") if days else ():
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not any(day in line for day in told)]
        path.write_text("".join(kept))
        keep_as_at(path)


def leave_out_before(landing, source, column, day):
    """Takes rows of an earlier day out of every file of a source."""
    for path in landing.glob(f"{source}_[0-9]*.csv"):
        with open(path, newline="") as file:
            header, *lines = csv.reader(file)
        at = header.index(column)
        kept = [line for line in lines if len(line) != len(header) or line[at] >= str(day)]
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([header, *kept])
        keep_as_at(path)


def leave_out_renewals(landing):
    """Takes all but the newest completions out of training, and the days from and
    until which a course is required."""
    for path in landing.glob("training_*.csv"):
        with open(path, newline="") as file:
            header, *lines = csv.reader(file)
        kept = [place for place, name in enumerate(header) if name not in DAYS_OF_TRAINING]
        renewal, newest = header.index("renewal"), {}
        for line in lines:
            key = tuple(line[:renewal])
            newest[key] = max(newest.get(key, line), line, key=lambda one: one[renewal:])
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows(
                [line[place] for place in kept]
                for line in (header, *newest.values())
                if len(line) == len(header)
            )
        keep_as_at(path)


def keep_as_at(path):
    """Of a changed file's manifest its moment alone."""
    manifest = path.with_name(path.name + ".manifest.json")
    as_at = json.loads(manifest.read_text())["as_at"]
    manifest.write_text(json.dumps({"as_at": as_at}))


def last_sunday(year, month):
    last = after(later(dt.date(year, month, 1), 1), -1)
    return after(last, -(last.isoweekday() % 7))


def update(ledger, table, column, key, value, at):
    ledger.execute(f"update ledger.{table} set {column} = ? where {key} = ?", [at, value])
