"""Synthetic London: a deployment, a list a month, and a delivery before each."""

import csv
import datetime as dt
import pathlib
import re
import shutil

import changes
import deliveries
import extracts
import ledger
import movement
import ranking
import rules
import sensitivity
from product import Daybook

# The last list of each seed; 2024 has a 29 February in its window.
LAST_LISTS = (dt.date(2026, 4, 1), dt.date(2024, 6, 1), dt.date(2025, 3, 1))
LISTS = 5
ALTERED = "altered-2026"
# Of the nights between two lists every third one is delivered; the others were
# lost on the way, which a reading has to bear, and a run is quicker.
NIGHTS_APART = 3
OTHER_RULES = """
edition = "altered-2026"
compare_editions = ["starter-2026"]
size = 60
reserve = 40
window_days = 400
compare_windows = [90]
window_by = "committed"
minimum_age = 21
count_alleged_under_age = false
rank_in_custody = false
count_conditional_codes = false
count_proactive = true
count_no_further_action = false
most_suspects = 3
"""


def run(binary, folder, seed, place, suspects, comparison, keep=lambda deployment: None):
    """Lists under the rules as shipped, then one edition later, then others."""
    last = LAST_LISTS[place % len(LAST_LISTS)]
    dates = [step_months(last, -number) for number in reversed(range(LISTS))]
    daybook = Daybook(binary, folder / f"london-{seed}")
    daybook.init()
    parts = folder / f"parts-{seed}"
    synthesise(daybook, parts, dates, seed, suspects)
    alter_edition(daybook.folder / "jobs/harm-list/index")
    deployment = Deployment(daybook, seed)
    for number, as_of in enumerate(dates, 1):
        deployment.settings(number)
        deployment.deliver(parts, as_of)
        daybook.run("harm-list", as_of)
        deployment.hold(number, as_of, comparison)
    keep(deployment)
    return dates


def again(kept, comparison):
    """The same lists, from what was kept of a run."""
    daybook = Daybook(None, pathlib.Path(kept["folder"]))
    daybook.answers = kept["answers"]
    deployment = Deployment(daybook, kept["seed"])
    for number, (as_of, files) in enumerate(zip(kept["dates"], kept["files"]), 1):
        deployment.delivered.append(files)
        deployment.settings(number)
        deployment.hold(number, dt.date.fromisoformat(as_of), comparison)
    return comparison.report()


def step_months(day, number):
    month = day.month - 1 + number
    return day.replace(year=day.year + month // 12, month=month % 12 + 1)


def synthesise(daybook, out, dates, seed, suspects):
    nights = (dates[-1] - dates[0]).days
    words = ["--suspects", suspects, "--seed", seed, "--nights", nights, "--dirty", 0.01]
    span = ["--from", dates[0] - dt.timedelta(days=730), "--to", dates[-1]]
    daybook.command("synth", "--out", out, *words, *span)


class Deployment:
    """A deployment in use, and the oracle that reads over its shoulder."""

    def __init__(self, daybook, seed):
        self.daybook, self.seed = daybook, seed
        self.job = daybook.folder / "jobs/harm-list"
        self.contracts = daybook.folder / "jobs/nightly-ingest/sources"
        self.landing = daybook.folder / "landing"
        self.seen = daybook.folder / "seen"
        self.seen.mkdir(exist_ok=True)
        self.landing.mkdir(exist_ok=True)
        self.standing, self.world, self.history = None, None, []
        # Names of the files that had come by each list.
        self.delivered = []
        original = daybook.folder / "job.toml.original"
        if not original.exists():
            shutil.copy(self.job / "job.toml", original)
        self.job_text = original.read_text()

    def settings(self, number):
        """The job's file from this list on."""
        text = rules.stating(self.job_text, "compare_editions", [ALTERED, "ons-severity"])
        if number >= 4:
            text = rules.stating(text, "compare_editions", ["starter-2026"])
            text = rules.stating(text, "edition", ALTERED)
        if number >= 5:
            text = text[: text.index("[list]")] + "[list]" + OTHER_RULES
        (self.job / "job.toml").write_text(text)
        self.tables, self.rules = rules.Tables(self.job), rules.load(self.job)

    def deliver(self, parts, as_of):
        """What London sends, and what happened besides."""
        for path in sorted(parts.iterdir()):
            if is_extract(path) and date_in(path) <= as_of and self.is_sent(date_in(path), as_of):
                shutil.move(path, self.landing / path.name)
        if self.standing is not None:
            month = changes.Month(self.world, self.standing, self.tables, as_of, self.seed)
            changes.happen(month, self.standing.as_of)
            deliveries.deliver(month, self.landing)
        for path in self.landing.iterdir():
            if path.is_file():
                shutil.copy(path, self.seen / path.name)
        self.delivered.append([path.name for path in extracts.delivered(self.seen)])
        self.daybook.run("nightly-ingest", as_of)

    def is_sent(self, day, as_of):
        return self.standing is None or (as_of - day).days % NIGHTS_APART == 0

    def hold(self, number, as_of, comparison):
        files = [self.seen / name for name in self.delivered[-1]]
        self.world = extracts.read_world(self.contracts, files)
        self.standing = ranking.make(self.world, self.tables, self.rules, as_of)
        told = self.daybook.list_of(as_of)
        title = f"seed {self.seed}, list {number}"
        hold(comparison, title, self.daybook, told, self)
        self.history.append(movement.past(self.standing, told["list_id"]))


def hold(comparison, title, daybook, told, mine):
    """Everything that a list says, against the oracle."""
    standing, world, tables, history = mine.standing, mine.world, mine.tables, mine.history
    list_id = told["list_id"]
    before = history[-1].as_of if history else None
    totals, places = sensitivity.compare(standing, world, tables)
    told_totals, told_places = ledger.told_variants(daybook, list_id)
    held = [
        ("people", ledger.entries(standing), ledger.told_entries(daybook, list_id)),
        ("counts", ledger.figures(standing, world, tables, before), ledger.told_figures(told)),
        (
            "allegations",
            ledger.contributions(standing, tables),
            ledger.told_contributions(daybook, list_id),
        ),
        ("moves", movement.moves(standing, world, history), ledger.told_moves(daybook, list_id)),
        ("variants", totals, told_totals),
        ("places in variants", places, told_places),
    ]
    for noun, expected, found in held:
        comparison.table(title, noun, expected, found)


def is_extract(path, sources=extracts.SOURCES):
    return path.is_file() and re.match(rf"({'|'.join(sources)})_\d{{8}}\.", path.name)


def date_in(path):
    return dt.datetime.strptime(re.search(r"_(\d{8})\.", path.name)[1], "%Y%m%d").date()


def alter_edition(index):
    """A second edition: some weights differ, some are gone, some are there."""
    rows = rules.read(index / "starter-2026.csv")
    kept = [row for place, row in enumerate(rows) if place % 11 != 5]
    for place, row in enumerate(kept):
        if place % 3 == 0:
            row["days"] = f"{float(row['days']) * 1.5 + 0.125:.3f}"
    with open(index / f"{ALTERED}.csv", "w", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows(kept)
