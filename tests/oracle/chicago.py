"""Real people named again and again: Chicago's complaints against officers,
2000 to 2016, read as crimes, since no British data of this shape is public.

Officers stand for suspects, a complaint's category for its offence, its finding
for the outcome, a suspension for custody. A complaint of several categories is
as many crimes. Codes, weights and the basket are invented here: searches and
arrests stand for domestic abuse, or too few would be ranked. No officer gains a
score that means anything, and nothing of it is kept.
"""

import csv
import datetime as dt
import hashlib
import tomllib

import pandas as pd

import extracts
import movement
import ranking
import rules
from london import hold, step_months
from product import Daybook

FOLDER = "person-level/chicago-complaints-2000-2016"
FIRST_LISTS = (
    (dt.date(2001, 1, 1), 1),
    (dt.date(2004, 3, 1), 2),
    (dt.date(2008, 2, 1), 3),
    (dt.date(2012, 7, 1), 1),
    (dt.date(2016, 3, 1), 1),
)
EDITION, OTHER_EDITION = "invented", "invented-otherwise"
FEMALE_VICTIM, DOMESTIC = ("05", "08C", "10S"), ("05F", "05K", "09A", "03")
NEVER, IN_NO_TABLE, UNWEIGHED = ("07", "10Q"), ("02", "15"), ("04E", "14")
OUTCOMES = {"SU": 1, "EX": 14, "NS": 15, "NAF": 16, "NC": 18, "DIS": 18}
SEXES = {"FEMALE": "F", "MALE": "M"}
# Discipline in days; 100 stands for a reprimand.
LONGEST_SUSPENSION, REPRIMAND = 365, 100


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
        self.daybook, self.source = daybook, source
        self.landing = daybook.folder / "landing"
        self.landing.mkdir(exist_ok=True)
        self.seen = daybook.folder / "seen"
        self.seen.mkdir()
        self.job = daybook.folder / "jobs/harm-list"
        self.contracts = daybook.folder / "jobs/nightly-ingest/sources"
        self.read()
        self.tables, self.rules = rules.Tables(self.job), rules.load(self.job)
        self.sent = {name: set() for name in extracts.SOURCES}
        self.history = []

    def read(self):
        """Complaints with category, officers and victims; the job's tables."""
        accused = read(self.source / "accused.csv.gz")
        accused = accused[accused["complaint_category"] != ""]
        categories = sorted(set(accused["complaint_category"]))
        self.codes = {
            one: f"9{place // 20:02}/{place % 20:02}" for place, one in enumerate(categories)
        }
        write_tables(self.job, self.codes)
        complaints = read(self.source / "complaints.csv.gz")
        self.complaints = {
            row.cr_id: row for row in complaints.itertuples() if row.complaint_date >= "1999"
        }
        self.accused, self.victims = {}, {}
        for row in accused.sort_values(["cr_id", "accused_id"]).itertuples():
            self.accused.setdefault((row.cr_id, row.complaint_category), []).append(row)
        for row in read(self.source / "victims.csv.gz").itertuples():
            self.victims.setdefault(row.cr_id, []).append(row)

    def deliver(self, as_of):
        """What is new or different since the delivery before, as files."""
        rows = {source: {} for source in extracts.SOURCES}
        for (cr_id, category), officers in self.accused.items():
            complaint = self.complaints.get(cr_id)
            if complaint and complaint.complaint_date < str(as_of):
                self.crime(rows, complaint, category, officers, as_of)
        for source, found in rows.items():
            fresh = [row for row in found if row not in self.sent[source]]
            self.sent[source].update(fresh)
            if fresh:
                path = self.landing / f"{source}_{as_of:%Y%m%d}.csv"
                write_rows(path, [dict(row) for row in fresh], self.columns(source))
                path.with_name(path.name + ".manifest.json").write_text("{}")
                (self.seen / path.name).write_bytes(path.read_bytes())
        self.daybook.run("nightly-ingest", as_of)

    def columns(self, source):
        contract = tomllib.loads((self.contracts / f"{source}.toml").read_text())
        return [column["name"] for column in contract["columns"]]

    def crime(self, rows, complaint, category, officers, as_of):
        crime_ref = f"{complaint.cr_id}-{category[:3]}"
        closed = complaint.closed_date if "" < complaint.closed_date < str(as_of) else ""
        finding = officers[0].final_finding if closed else ""
        ended = f"{closed} 00:00:00" if closed else ""
        row = {
            "crime_ref": crime_ref,
            "recorded_at": f"{complaint.complaint_date} 00:00:00",
            "reported_at": f"{complaint.complaint_date} 00:00:00",
            "committed_from": incident(complaint),
            "ho_code": self.codes[category],
            "offence_title": category,
            "offence_count": 1,
            "domestic_abuse": str(category.startswith(DOMESTIC)).lower(),
            "status": "open" if not closed else "cancelled" if finding == "UN" else "closed",
            "status_at": ended,
            "outcome_code": OUTCOMES.get(finding, ""),
        }
        rows["crimes"][tuple(row.items())] = None
        for officer in officers:
            self.officer(rows, crime_ref, officer, ended)
        for place, victim in enumerate(self.victims.get(complaint.cr_id, [])):
            one = f"V{complaint.cr_id}-{place}"
            rows["parties"][party(crime_ref, one, "victim")] = None
            rows["nominals"][
                nominal(one, SEXES.get(victim.gender, "U"), born(complaint, victim))
            ] = None

    def officer(self, rows, crime_ref, officer, ended):
        person = f"A{officer.accused_id}"
        rows["parties"][party(crime_ref, person, "suspect")] = None
        rows["nominals"][nominal(person, "U", "")] = None
        suspended = float(officer.final_discipline or 0)
        if ended and 0 < suspended <= LONGEST_SUSPENSION and suspended != REPRIMAND:
            until = dt.datetime.fromisoformat(ended) + dt.timedelta(days=suspended)
            spell = {
                "nominal_id": person,
                "starts_at": ended,
                "kind": "sentence",
                "ends_at": str(until),
            }
            rows["custody_spells"][tuple(spell.items())] = None

    def list(self, title, as_of, comparison):
        self.daybook.run("harm-list", as_of)
        self.world = extracts.read_world(self.contracts, extracts.delivered(self.seen))
        self.standing = ranking.make(self.world, self.tables, self.rules, as_of)
        told = self.daybook.list_of(as_of)
        hold(comparison, title, self.daybook, told, self)
        self.history.append(movement.past(self.standing, told["list_id"]))


def read(path):
    return pd.read_csv(path, dtype=str).fillna("")


def incident(complaint):
    time = complaint.incident_time or "00:00:00"
    return f"{complaint.incident_date} {time}" if complaint.incident_date else ""


def born(complaint, victim):
    """1 January of the year that the age points to."""
    return (
        f"{int(complaint.complaint_date[:4]) - int(float(victim.age))}-01-01" if victim.age else ""
    )


def party(crime_ref, nominal_id, role):
    return (("crime_ref", crime_ref), ("nominal_id", nominal_id), ("role", role))


def nominal(nominal_id, sex, born):
    return (("nominal_id", nominal_id), ("date_of_birth", born), ("sex", sex))


def write_tables(job, codes):
    """A basket, two editions and aliases of our own."""
    basket, editions = [], {EDITION: [], OTHER_EDITION: []}
    for category, code in codes.items():
        if not category.startswith(IN_NO_TABLE):
            basket.append(
                {
                    "ho_code": code,
                    "vawg_group": "invented",
                    "condition": condition(category),
                    "title": category,
                }
            )
        weight = int(hashlib.sha256(category.encode()).hexdigest()[:6], 16)
        for name, days in ((EDITION, weight % 4000 / 4 + 1), (OTHER_EDITION, weight % 700 / 8 + 1)):
            if not category.startswith(UNWEIGHED):
                row = {
                    "ho_code": code,
                    "title": category,
                    "days": days,
                    "basis": "analogue",
                    "source": "invented",
                }
                editions[name].append(row | {"note": ""})
    alias = {"recorded_code": codes["09C-ALTERCATION/DISTURBANCE - TRAFFIC"], "source": "invented"}
    write_rows(job / "basket.csv", basket)
    write_rows(
        job / "index/aliases.csv",
        [alias | {"index_code": codes["09B-ALTERCATION/DISTURBANCE - NEIGHBOR"]}],
    )
    for name, rows in editions.items():
        write_rows(job / f"index/{name}.csv", rows)
    text = (job / "job.toml").read_text()
    text = rules.stating(text, "edition", EDITION)
    (job / "job.toml").write_text(rules.stating(text, "compare_editions", [OTHER_EDITION]))


def condition(category):
    if category.startswith(NEVER):
        return "never"
    if category.startswith("03"):
        return "domestic_abuse"
    if category.startswith(DOMESTIC):
        return "domestic_abuse_or_female_victim"
    return "female_victim" if category.startswith(FEMALE_VICTIM) else "always"


def write_rows(path, rows, columns=None):
    with open(path, "w", newline="") as file:
        lines = csv.DictWriter(file, columns or list(rows[0]), restval="")
        lines.writeheader()
        lines.writerows(rows)
