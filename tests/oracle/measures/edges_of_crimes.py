"""Edges of crimes, their people, charges and orders."""

import datetime as dt

from measures.asked import after, later
from measures.edges import NOBODY, SECOND, midnights


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
    crimes = {row["crime_ref"]: row for row in edges.held["crimes"]}
    reported = {reference: row["reported_at"] for reference, row in crimes.items()}
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
        if number % 8 == 0:
            edges.put("crimes", edges.now("crimes", crimes[row["crime_ref"]]), borough=None)
        start = moment + dt.timedelta(days=(0, 89, 90, 91, -20)[number % 5])
        ends = (None, start + dt.timedelta(days=10), moment, moment - SECOND)[number % 4]
        kind = ("youth_programme", "perpetrator_programme", "case_conference")[number % 3]
        ends = ends if ends is None or ends >= start else None
        edges.add(
            "interventions", nominal_id=row["nominal_id"], kind=kind, starts_at=start, ends_at=ends
        )


def is_rape(crime):
    return crime["ho_code"] == "019/08"


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
    for day, begun in edges.reports():
        changed = midnights({"recorded_at": begun, "outcome_at": day})
        for crime in edges.some("crimes", 12, lambda row: row["status"] == "closed"):
            outcome = edges.dice.choice((1, 14, 18))
            edges.put("crimes", crime, outcome_code=outcome, **changed)
        for crime in edges.some("crimes", 4, is_rape):
            changed = midnights({"recorded_at": begun})
            edges.put("crimes", crime, domestic_abuse=True, status="open", **changed)
            changed = midnights({"charged_at": day})
            edges.add("charges", crime_ref=crime["crime_ref"], **changed)
        for order in edges.some("orders", 24):
            changed = midnights({"applied_at": begun, "decided_at": day})
            edges.put("orders", order, decision="granted", **changed)
    for number, crime in enumerate(edges.some("crimes", 40, is_rape)):
        changed = ({"status": "cancelled"}, {"status": "transferred"}, {}, {})[number % 4]
        edges.put("crimes", crime, domestic_abuse=True, **changed)
        first = crime["recorded_at"] + dt.timedelta(days=(40, 90, -9, 3)[number % 4])
        for code, days in (("019/08", 0), ("017/15", 40 if number % 3 else -40)):
            charged_at = first + dt.timedelta(days=days)
            reference = crime["crime_ref"]
            edges.add("charges", crime_ref=reference, ho_code=code, charged_at=charged_at)
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


def custody(edges):
    """Time in custody of people whom nobody arrested or charged."""
    acted = {row["nominal_id"] for one in ("arrests", "charges") for row in edges.held[one]}
    rapes = {row["crime_ref"] for row in edges.held["crimes"] if is_rape(row)}
    named = edges.some(
        "parties",
        150,
        lambda row: row["role"] == "suspect"
        and row["crime_ref"] in rapes
        and row["nominal_id"] not in acted,
    )
    for number, row in enumerate(named):
        edges.add(
            "custody_spells",
            nominal_id=row["nominal_id"],
            kind=("remand", "sentence", "recall")[number % 3],
            starts_at=edges.month() + dt.timedelta(days=number % 28),
            ends_at=None,
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
        suspects = edges.suspects_of(crime["crime_ref"])
        victims = edges.victims_of(crime["crime_ref"])
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
        if number % 5 == 0:
            changed = {"charged_at": crime["recorded_at"] + dt.timedelta(days=90 + number % 2)}
            edges.add("charges", crime_ref=crime["crime_ref"], **changed)
        edges.add(
            "orders",
            kind=kinds[number % 9],
            subject_id=suspects[0],
            protected_id=(victims[0], None, suspects[0], victims[0])[number % 4],
            decision=("granted", "refused", "withdrawn", "granted")[number // 9 % 4],
            applied_at=day - dt.timedelta(days=3),
            decided_at=day,
        )


PARTS = (crimes, people, charges, custody, orders)
