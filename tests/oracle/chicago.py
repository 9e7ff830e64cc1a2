"""Real people named again and again: Chicago's complaints against officers,
2000 to 2016, read as crimes, since no British data of this shape is public.

Officers stand for suspects, a complaint's category for its offence, its finding
for the outcome, a suspension for custody. A complaint of several categories is
as many crimes. Codes, weights and the basket are invented here: no officer gains
a score that means anything, and nothing of it is kept.
"""

import csv
import datetime as dt
import hashlib

import pandas as pd

import extracts
import ledger
import movement
import ranking
import rules
from london import hold, step_months
from product import Daybook

FOLDER = "person-level/chicago-complaints-2000-2016"
FIRST_LISTS = ((dt.date(2001, 1, 1), 1), (dt.date(2004, 3, 1), 2), (dt.date(2008, 2, 1), 4), (dt.date(2012, 7, 1), 1), (dt.date(2016, 3, 1), 3))
EDITION, OTHER_EDITION = "invented", "invented-otherwise"
FEMALE_VICTIM, DOMESTIC = ("05", "08C", "10S"), ("05F", "05K", "09A")
NEVER, IN_NO_TABLE, UNWEIGHED = ("07", "10Q"), ("02", "15"), ("04E", "14")
OUTCOMES = {"SU": 1, "EX": 14, "NS": 15, "NAF": 16, "NC": 18, "DIS": 18}
LONGEST_SUSPENSION = 365
CRIME_COLUMNS = ["crime_ref", "recorded_at", "reported_at", "committed_from", "ho_code", "offence_title", "offence_count"]
CRIME_COLUMNS += ["domestic_abuse", "proactive", "status", "status_at", "outcome_code", "outcome_at"]


def run(binary, folder, data, comparison):
    source = data / FOLDER
    if not source.exists():
        print(f"Chicago is left out: {source} is not there")
        return
    daybook = Daybook(binary, folder / "chicago")
    daybook.init()
    chicago = Chicago(daybook, source)
    for number, as_of in enumerate(list_dates(), 1):
        chicago.deliver(as_of)
        chicago.list(f"Chicago, list {number}", as_of, comparison)


def list_dates():
    return [step_months(first, number) for first, lists in FIRST_LISTS for number in range(lists)]


class Chicago:
    def __init__(self, daybook, source):
        self.daybook = daybook
        self.landing = daybook.folder / "landing"
        self.landing.mkdir(exist_ok=True)
        self.complete(daybook.folder / "jobs", source)
        self.sent = {name: set() for name in extracts.SOURCES}
        self.seen = daybook.folder / "seen"
        self.seen.mkdir()
        self.history = []

    def complete(self, jobs, source):
        """Codes by category, the job's tables, and the rows."""
        accused = pd.read_csv(source / "accused.csv.gz", dtype=str).fillna("")
        accused = accused[accused["complaint_category"] != ""]
        categories = sorted(set(accused["complaint_category"]))
        self.codes = {one: f"9{place // 20:02}/{place % 20:02}" for place, one in enumerate(categories)}
        write_tables(jobs / "harm-list", self.codes)
        self.job, self.contracts = jobs / "harm-list", jobs / "nightly-ingest/sources"
        self.tables, self.rules = rules.Tables(self.job), rules.load(self.job)
        complaints = pd.read_csv(source / "complaints.csv.gz", dtype=str).fillna("")
        complaints = complaints[complaints["complaint_date"] >= "1999"]
        self.accused = accused.merge(complaints, on="cr_id").sort_values(["cr_id", "accused_id"])
        victims = pd.read_csv(source / "victims.csv.gz", dtype=str).fillna("")
        victims["nominal_id"] = "V" + victims["cr_id"] + "-" + victims.groupby("cr_id").cumcount().astype(str)
        self.victims = {cr_id: rows for cr_id, rows in victims.groupby("cr_id")}

    def deliver(self, as_of):
        """What is new or different since the delivery before, as files."""
        rows = {source: [] for source in extracts.SOURCES}
        told = self.accused[self.accused["complaint_date"] < str(as_of)]
        for (cr_id, category), group in told.groupby(["cr_id", "complaint_category"]):
            self.crime(rows, f"{cr_id}-{category[:3]}", cr_id, category, group, as_of)
        for source, found in rows.items():
            fresh = list(dict.fromkeys(row for row in found if row not in self.sent[source]))
            self.sent[source].update(fresh)
            if fresh:
                path = self.landing / f"{source}_{as_of:%Y%m%d}.csv"
                write_rows(path, [dict(row) for row in fresh])
                path.with_name(path.name + ".manifest.json").write_text("{}")
                (self.seen / path.name).write_bytes(path.read_bytes())
        self.daybook.run("nightly-ingest", as_of)

    def crime(self, rows, crime_ref, cr_id, category, group, as_of):
        first = group.iloc[0]
        closed = first["closed_date"] if "" < first["closed_date"] < str(as_of) else ""
        status = "open" if not closed else "cancelled" if first["final_finding"] == "UN" else "closed"
        moment = f"{first['complaint_date']} 00:00:00"
        incident = f"{first['incident_date']} {first['incident_time'] or '00:00:00'}" if first["incident_date"] else ""
        outcome = OUTCOMES.get(first["final_finding"], "") if closed else ""
        ended = f"{closed} 00:00:00" if closed else ""
        values = [crime_ref, moment, moment, incident, self.codes[category], category, 1]
        values += [str(category.startswith(DOMESTIC)).lower(), "false", status, ended, outcome, ended if outcome else ""]
        rows["crimes"].append(tuple(zip(CRIME_COLUMNS, values)))
        for one in group.itertuples():
            self.officer(rows, crime_ref, one, ended)
        for one in self.victims.get(cr_id, pd.DataFrame()).itertuples():
            rows["parties"].append(party(crime_ref, one.nominal_id, "victim"))
            born = f"{int(first['complaint_date'][:4]) - int(float(one.age))}-01-01" if one.age else ""
            rows["nominals"].append(nominal(one.nominal_id, {"FEMALE": "F", "MALE": "M"}.get(one.gender, "U"), born))

    def officer(self, rows, crime_ref, one, ended):
        person = f"A{one.accused_id}"
        rows["parties"].append(party(crime_ref, person, "suspect"))
        rows["nominals"].append(nominal(person, "U", ""))
        suspended = float(one.final_discipline or 0)
        if ended and 0 < suspended <= LONGEST_SUSPENSION and suspended != 100:
            until = dt.datetime.fromisoformat(ended) + dt.timedelta(days=suspended)
            spell = {"nominal_id": person, "starts_at": ended, "kind": "sentence", "ends_at": str(until)}
            if all(dict(row)["starts_at"] != ended or dict(row)["nominal_id"] != person for row in rows["custody_spells"][-50:]):
                rows["custody_spells"].append(tuple(spell.items()))

    def list(self, title, as_of, comparison):
        self.daybook.run("harm-list", as_of)
        self.world = extracts.read_world(self.contracts, extracts.delivered(self.seen))
        self.standing = ranking.make(self.world, self.tables, self.rules, as_of)
        told = self.daybook.list_of(as_of)
        hold(comparison, title, self.daybook, told, self)
        self.history.append(movement.past(self.standing, told["list_id"]))


def party(crime_ref, nominal_id, role):
    return (("crime_ref", crime_ref), ("nominal_id", nominal_id), ("role", role))


def nominal(nominal_id, sex, born):
    return (("nominal_id", nominal_id), ("date_of_birth", born), ("sex", sex))


def write_tables(job, codes):
    """A basket, two editions and aliases of our own."""
    basket, editions = [], {EDITION: [], OTHER_EDITION: []}
    for category, code in codes.items():
        if not category.startswith(IN_NO_TABLE):
            basket.append({"ho_code": code, "vawg_group": "", "condition": condition(category), "title": category})
        weight = int(hashlib.sha256(category.encode()).hexdigest()[:6], 16)
        for name, days in ((EDITION, weight % 4000 / 4 + 1), (OTHER_EDITION, weight % 700 / 8 + 1)):
            if not category.startswith(UNWEIGHED):
                row = {"ho_code": code, "title": category, "days": days, "basis": "analogue", "source": "invented"}
                editions[name].append(row | {"note": ""})
    alias = {"recorded_code": codes["09C-ALTERCATION/DISTURBANCE - TRAFFIC"], "source": "invented"}
    write_rows(job / "basket.csv", basket)
    write_rows(job / "index/aliases.csv", [alias | {"index_code": codes["09B-ALTERCATION/DISTURBANCE - NEIGHBOR"]}])
    for name, rows in editions.items():
        write_rows(job / f"index/{name}.csv", rows)
    text = (job / "job.toml").read_text()
    text = text.replace('edition = "starter-2026"', f'edition = "{EDITION}"')
    (job / "job.toml").write_text(text + f'compare_editions = ["{OTHER_EDITION}"]\n')


def condition(category):
    if category.startswith(DOMESTIC):
        return "domestic_abuse_or_female_victim"
    if category.startswith(FEMALE_VICTIM):
        return "female_victim"
    return "never" if category.startswith(NEVER) else "always"


def write_rows(path, rows):
    with open(path, "w", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
