"""Rows that lie on the edges of the definitions, as one more delivery: the last
second of a month, the day on which something is late, people merged or unknown,
things without a place or a name.
"""

import datetime as dt
import random

import deliveries
import extracts
from measures.asked import after, later

SECOND = dt.timedelta(seconds=1)
NOBODY = "N9999999"
# What may lie ahead.
AHEAD = ("expires_at", "expires_on", "action_due_on", "due_at", "ends_at", "date_of_birth")


def deliver(landing, seen, contracts, plan, sources):
    """Writes a file for each source that still delivers on the last morning."""
    files = extracts.delivered(seen)
    able = [one for one in sources if one not in (*plan.never, *plan.ends_early, "posts")]
    edges = Edges(extracts.read_world(contracts, files, able), plan)
    for part in (crimes, people, charges, orders, services, conduct, conversations, places):
        part(edges)
    for source, rows in edges.rows.items():
        path = landing / f"{source}_{plan.last:%Y%m%d}.jsonl"
        deliveries.write_json_lines(path, rows.values())
        deliveries.stamp(path, dt.datetime.combine(plan.last, dt.time.min))


class Edges:
    def __init__(self, tables, plan):
        self.plan, self.dice = plan, random.Random(f"edges {plan.seed}")
        self.held = {source: table.to_dict("records") for source, table in tables.items()}
        self.keys = {source: rows and list(rows[0])[0] for source, rows in self.held.items()}
        self.rows = {source: {} for source in tables}
        self.number = 0

    def some(self, source, number, chosen=lambda row: True):
        """Rows as they stand now, with what was changed here."""
        rows = [self.now(source, row) for row in self.held.get(source, [])]
        rows = [row for row in rows if chosen(row)]
        return self.dice.sample(rows, min(number, len(rows)))

    def now(self, source, row):
        return self.rows[source].get(self.key(source, row), row)

    def key(self, source, row):
        count = {"parties": 3, "order_breaches": 2, "custody_spells": 2, "training": 2}
        return tuple(list(row.values())[: count.get(source, 1)])

    def put(self, source, row, **changed):
        if source in self.rows and not any(map(self.is_to_come, changed.items())):
            row = row | changed
            self.rows[source][self.key(source, row)] = row

    def is_to_come(self, cell):
        """Whether something would have happened after the last morning."""
        column, value = cell
        if column in AHEAD or not isinstance(value, dt.date):
            return False
        return (value.date() if isinstance(value, dt.datetime) else value) >= self.plan.last

    def add(self, source, **changed):
        """A row like another, under a key of its own."""
        for like in self.some(source, 1):
            self.number += 1
            self.put(source, like | {self.keys[source]: f"EDGE{self.number:05}"}, **changed)

    def month(self):
        """The first moment of a month that is shown."""
        first = later(self.plan.last.replace(day=1), -self.dice.randint(1, 22))
        return dt.datetime.combine(first, dt.time.min)

    def turns(self):
        """Moments around the turn of a month."""
        turn = self.month()
        return turn - SECOND, turn, turn + SECOND

    def victims_of(self, crime_ref):
        return [
            row["nominal_id"]
            for row in self.held["parties"]
            if row["crime_ref"] == crime_ref and row["role"] == "victim"
        ]

    def suspects_of(self, crime_ref):
        return [
            row["nominal_id"]
            for row in self.held["parties"]
            if row["crime_ref"] == crime_ref and row["role"] == "suspect"
        ]


def crimes(edges):
    for _ in range(6):
        for moment in edges.turns():
            for crime in edges.some("crimes", 2):
                edges.put("crimes", crime, recorded_at=moment, reported_at=moment - SECOND)
            for crime in edges.some("crimes", 4, lambda row: row["status"] == "closed"):
                edges.put("crimes", crime, status_at=moment, outcome_at=moment)
        end = edges.month()
        for days in (364, 365, 366, 90, 91, 92):
            for second in (dt.timedelta(), SECOND):
                for crime in edges.some("crimes", 4):
                    moment = end - dt.timedelta(days=days) - second
                    edges.put("crimes", crime, reported_at=moment, recorded_at=moment)
    for crime in edges.some("crimes", 60, lambda row: row["status"] == "closed"):
        changed = edges.dice.choice(
            (
                {"status": "cancelled"},
                {"status": "transferred"},
                {"status_at": None},
                {"status_at": None, "outcome_at": None},
                {"status_at": crime["recorded_at"] - dt.timedelta(days=40)},
                {"status": "open"},
            )
        )
        edges.put("crimes", crime, **changed)
    for number, crime in enumerate(edges.some("crimes", 240)):
        changed = (
            {"borough": None},
            {"unit": None, "status": "open", "status_at": None},
            {"easting": None},
            {"easting": 530_000, "northing": 180_500 - number % 2},
            {"location_type": "online"},
            {"proactive": True},
            {"ho_code": "005/81"},
            {"ho_code": "997/01"},
            {"ho_code": "008/66", "domestic_abuse": False},
            {"ho_code": "195/12"},
            {"domestic_abuse": True},
            {"offence_count": 3},
        )[number % 12]
        edges.put("crimes", crime, **changed)


def people(edges):
    """Merges, birthdays, sexes; suspects who are victims, people nobody knows."""
    parties = edges.some("parties", 400)
    for row, other in zip(parties[:200:2], parties[1:200:2]):
        if row["nominal_id"] != other["nominal_id"]:
            edges.put("parties", other, nominal_id=row["nominal_id"])
    for row in parties[200:240]:
        edges.put("parties", row, role="victim" if row["role"] == "suspect" else "suspect")
    for row in parties[240:250]:
        edges.put("parties", row, role="victim", nominal_id=NOBODY)
    known = edges.some("nominals", 400, lambda row: row["merged_into"] is None)
    for old, new in zip(known[:60:2], known[1:60:2]):
        edges.put("nominals", old, merged_into=new["nominal_id"])
    for number, row in enumerate(known[60:]):
        changed = (
            {"sex": "U"},
            {"sex": "X"},
            {"date_of_birth": None},
            {"date_of_birth": dt.date(1900, 1, 1)},
            {"date_of_birth": edges.plan.last},
            {"ethnicity": "NS"},
            {"ethnicity": None},
        )[number % 7]
        edges.put("nominals", row, **changed)
    record = {row["nominal_id"]: row for row in edges.held["nominals"]}
    reported = {row["crime_ref"]: row["reported_at"] for row in edges.held["crimes"]}
    for crime in edges.some("crimes", 12):
        leap = dt.datetime(2022, 2, 28, 12)
        edges.put("crimes", crime, reported_at=leap, recorded_at=leap)
        reported[crime["crime_ref"]] = leap
    suspects = edges.some("parties", 2000, lambda row: row["role"] == "suspect")
    suspects.sort(key=lambda row: reported.get(row["crime_ref"]) != dt.datetime(2022, 2, 28, 12))
    for number, row in enumerate(suspects[:160]):
        moment = reported.get(row["crime_ref"])
        if moment is None or row["nominal_id"] not in record:
            continue
        day = moment.date()
        eighteenth = later(day, -18 * 12)
        # Born on 29 February, one comes of age on 1 March.
        if (day.month, day.day) == (2, 28) and eighteenth.year % 4 == 0:
            eighteenth = eighteenth.replace(day=29)
        born = (eighteenth, after(eighteenth, 1), later(day, -16 * 12))[number % 3]
        edges.put("nominals", record[row["nominal_id"]], date_of_birth=born)
        start = moment + dt.timedelta(days=(0, 89, 90, 91, -20)[number % 5])
        ends = (None, start + dt.timedelta(days=10), moment, moment - SECOND)[number % 4]
        kind = ("youth_programme", "perpetrator_programme", "case_conference")[number % 3]
        ends = ends if ends is None or ends >= start else None
        edges.add(
            "interventions", nominal_id=row["nominal_id"], kind=kind, starts_at=start, ends_at=ends
        )


def charges(edges):
    recorded = {row["crime_ref"]: row["recorded_at"] for row in edges.held["crimes"]}
    days = (0, 89, 90, 91, -3, 400)
    for number, crime in enumerate(edges.some("crimes", 120)):
        suspects = edges.suspects_of(crime["crime_ref"])
        charged_at = recorded[crime["crime_ref"]] + dt.timedelta(days=days[number % len(days)])
        if suspects:
            edges.add(
                "charges",
                nominal_id=suspects[0],
                crime_ref=crime["crime_ref"] if number % 7 else None,
                ho_code=("019/08", "017/15", crime["ho_code"], "021/01")[number % 4],
                charged_at=charged_at,
            )
    for moment in [moment for _ in range(8) for moment in edges.turns()]:
        for one in edges.some("charges", 2):
            edges.put("charges", one, charged_at=moment)
        for one in edges.some("court_results", 2):
            edges.put("court_results", one, result_at=moment, result="convicted")
    since_lists(edges)


def since_lists(edges):
    """Charges and convictions on the day of a list and on the day after."""
    named = edges.some("parties", 3000, lambda row: row["role"] == "suspect")
    for number, row in enumerate(named[:120]):
        back = (0, 1, 2, 3, 6, 9, 12)[number % 7]
        first = later(edges.plan.last.replace(day=1), -back)
        moment = dt.datetime.combine(after(first, number % 2), dt.time(10))
        if moment.date() < edges.plan.last:
            edges.add("charges", nominal_id=row["nominal_id"], charged_at=moment)
            reference = f"EDGE{edges.number:05}"
            for like in edges.some("court_results", 1):
                edges.put(
                    "court_results",
                    like,
                    charge_ref=reference,
                    result=("convicted", "acquitted", "convicted")[number % 3],
                    result_at=moment,
                )


def orders(edges):
    for moment in [moment for _ in range(6) for moment in edges.turns()]:
        for column in ("applied_at", "decided_at", "expires_at", "revoked_at"):
            for order in edges.some("orders", 2, lambda row: row["decision"] == "granted"):
                edges.put("orders", order, **{column: moment})
        for breach in edges.some("order_breaches", 1):
            edges.put("order_breaches", breach, breached_at=moment)
    for breach in edges.some("order_breaches", 10):
        edges.put("order_breaches", breach, order_ref="UNKNOWN-1")
    for order in edges.some("orders", 12):
        edges.put("orders", order, decided_at=None)
    kinds = ("DVPO", "SPO", "NMO", "RO", "DAPO", "SHPO", "SRO", "DVPN", "DAPN")
    abuse = edges.some("crimes", 240, lambda row: row["domestic_abuse"] and row["status"] != "open")
    for number, crime in enumerate(abuse):
        suspects, victims = edges.suspects_of(crime["crime_ref"]), edges.victims_of(crime["crime_ref"])
        if not suspects or not victims:
            continue
        day = (
            crime["reported_at"],
            crime["reported_at"] - dt.timedelta(days=1),
            crime["recorded_at"] + dt.timedelta(days=90),
            crime["recorded_at"] + dt.timedelta(days=91),
            crime["recorded_at"] + dt.timedelta(days=20),
        )[number % 5]
        edges.put("crimes", crime, ho_code=("008/67", "008/66", "019/08")[number % 3])
        edges.add(
            "orders",
            kind=kinds[number % 9],
            subject_id=suspects[0],
            protected_id=(victims[0], None, suspects[0], victims[0])[number % 4],
            decision=("granted", "refused", "withdrawn", "granted")[number // 9 % 4],
            applied_at=day - dt.timedelta(days=3),
            decided_at=day,
        )


def services(edges):
    for _ in range(12):
        for done in (dt.timedelta(), SECOND, -SECOND):
            for one in edges.some("victim_services", 3):
                edges.put("victim_services", one, done_at=one["due_at"] + done)
        for moment in edges.turns():
            for one in edges.some("victim_services", 2):
                edges.put("victim_services", one, due_at=moment)
            for one in edges.some("victim_services", 2, lambda row: row["kind"] == "referral"):
                edges.put("victim_services", one, done_at=moment)
    gone = [row["crime_ref"] for row in edges.held["crimes"] if row["status"] == "cancelled"]
    for one in edges.some("victim_services", 30):
        edges.put("victim_services", one, crime_ref=edges.dice.choice(gone))
    for one in edges.some("victim_services", 10):
        edges.put("victim_services", one, crime_ref="C-UNKNOWN")
    for one in edges.some("victim_services", 20, lambda row: row["accepted"] is not None):
        edges.put("victim_services", one, accepted=None)
    for one in edges.some("disclosures", 10):
        edges.put("disclosures", one, disclosed=None)
    for moment in [moment for _ in range(5) for moment in edges.turns()]:
        for one in edges.some("disclosures", 1):
            edges.put("disclosures", one, applied_at=moment)


def conduct(edges):
    cases = edges.some("conduct_cases", 60)
    for number, case in enumerate(cases):
        changed = (
            {"subject_id": None},
            {"subject_id": cases[0]["subject_id"], "vawg": True, "outcome": "dismissed"},
            {"category": None},
            {"vawg": None},
            {"outcome": None},
            {"finalised_at": case["recorded_at"] - SECOND},
            {"linked_crime_ref": "C-UNKNOWN"},
            {"outcome": "would_have_been_dismissed", "vawg": True},
        )[number % 8]
        edges.put("conduct_cases", case, **changed)
    for moment in [moment for _ in range(8) for moment in edges.turns()]:
        for case in edges.some("conduct_cases", 1):
            edges.put("conduct_cases", case, recorded_at=moment)
        for case in edges.some("conduct_cases", 1, lambda row: row["finalised_at"]):
            edges.put("conduct_cases", case, finalised_at=moment)
    last = after(edges.plan.evaluated[0].replace(day=1), -1)
    for day in (after(last, -1), last, after(last, 1)):
        for column in ("completed_on", "expires_on"):
            for one in edges.some("training", 6):
                edges.put("training", one, **{column: day})
    for one in edges.some("training", 6):
        edges.put("training", one, role="manager", eligible=True)


def conversations(edges):
    """Panels, engagements, pilots, surveys."""
    for days in (0, 90, 91, -1):
        for one in edges.some("panel_reviews", 4):
            edges.put("panel_reviews", one, closed_on=after(one["held_on"], days))
        for one in edges.some("engagements", 8):
            edges.put("engagements", one, action_closed_on=after(one["held_on"], days))
        due = edges.some("engagements", 6, lambda row: row["kind"] == "problem_solving")
        for one in due:
            if one["action_due_on"]:
                closed = after(one["action_due_on"], days // 90)
                edges.put("engagements", one, action_closed_on=closed)
    for one in edges.some("engagements", 8):
        edges.put("engagements", one, borough=None)
    for one in edges.some("engagements", 8):
        edges.put("engagements", one, action_due_on=None)
    for days in (364, 365, 366, -1):
        for one in edges.some("pilots", 2, lambda row: row["ended_on"]):
            edges.put("pilots", one, published_on=after(one["ended_on"], days))
    for moment in [moment for _ in range(6) for moment in edges.turns()]:
        for one in edges.some("panel_reviews", 1):
            edges.put("panel_reviews", one, held_on=moment.date())
        for one in edges.some("engagements", 2):
            edges.put("engagements", one, held_on=moment.date())
        for one in edges.some("engagements", 2, lambda row: row["action_due_on"]):
            edges.put("engagements", one, action_due_on=moment.date())
    for number, one in enumerate(edges.some("surveys", 240)):
        changed = ({"weight": 0}, {"sex": None}, {"sex": "X"}, {"ethnicity": None})[number % 4]
        edges.put("surveys", one, **changed)


def places(edges):
    for number, one in enumerate(edges.some("patrols", 60)):
        changed = (
            {"delivered_minutes": None},
            {"delivered_minutes": one["scheduled_minutes"] + 30},
            {"scheduled_minutes": 0},
        )[number % 3]
        edges.put("patrols", one, **changed)
    for moment in [moment for _ in range(5) for moment in edges.turns()]:
        for one in edges.some("patrols", 2):
            edges.put("patrols", one, starts_at=moment)
        for one in edges.some("place_reports", 1):
            edges.put("place_reports", one, reported_at=moment)
    for number, one in enumerate(edges.some("place_reports", 40)):
        answered = dt.datetime.combine(after(one["reported_at"].date(), 28), dt.time(23, 59, 59))
        changed = (
            {"answered_at": answered},
            {"answered_at": answered + SECOND},
            {"category": None},
        )[number % 3]
        edges.put("place_reports", one, **changed)
