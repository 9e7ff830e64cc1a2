"""Edges of what is done for victims, in the force and in London."""

import datetime as dt

from measures.asked import after
from measures.edges import SECOND, midnights


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
    for day, begun in edges.reports():
        for one in edges.some("disclosures", 6):
            changed = {"applied_at": begun, "decided_at": day}
            edges.put("disclosures", one, disclosed=True, **midnights(changed))
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
            {"vawg": None, "outcome": "dismissed"},
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


def training(edges):
    is_dated = any(row["eligible_from"] for row in edges.held.get("training", []))
    columns = ("completed_on", "expires_on", "eligible_from", "eligible_until")
    for moment in [moment for _ in range(8) for moment in edges.turns()]:
        for column in columns if is_dated else columns[:2]:
            for one in edges.some("training", 2):
                edges.put("training", one, **{column: moment.date()})
    last = after(edges.plan.last.replace(day=1), -1)
    for day in (after(last, -1), last, after(last, 1)):
        for column in ("completed_on", "expires_on"):
            for one in edges.some("training", 6):
                edges.put("training", one, **{column: day})
    for number, one in enumerate(edges.some("training", 40)):
        changed = (
            {"role": "manager", "eligible": True},
            {"eligible": False},
            {"expires_on": None},
            {"completed_on": None},
        )[number % 4]
        edges.put("training", one, **changed)
    # A completion before another runs out, and one that ran out before it.
    for number, one in enumerate(edges.some("training", 40, lambda row: row["completed_on"])):
        days = (-400, -30, 30)[number % 3]
        edges.put(
            "training",
            one | {"renewal": 7 if is_dated else one["renewal"]},
            completed_on=after(one["completed_on"], days),
            expires_on=after(one["completed_on"], days + (365, 20, 900)[number % 3]),
        )


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
    for day, begun in edges.reports():
        for one in edges.some("panel_reviews", 4):
            edges.put("panel_reviews", one, held_on=begun, closed_on=day)
        for one in edges.some("engagements", 8):
            edges.put("engagements", one, held_on=begun, action_closed_on=day)
        for one in edges.some("pilots", 2):
            edges.put("pilots", one, ended_on=begun, published_on=day)
    for moment in [moment for _ in range(6) for moment in edges.turns()]:
        for one in edges.some("panel_reviews", 1):
            edges.put("panel_reviews", one, held_on=moment.date())
        for one in edges.some("engagements", 2):
            edges.put("engagements", one, held_on=moment.date())
        for one in edges.some("engagements", 2, lambda row: row["action_due_on"]):
            edges.put("engagements", one, action_due_on=moment.date())
    for number, one in enumerate(edges.some("surveys", 480)):
        changed = (
            {"weight": 0},
            {"sex": None},
            {"sex": "X"},
            {"ethnicity": None},
            {"wave": f"{edges.month():%Y-%m}"},
            {"wave": f"{edges.month():%Y}-H{number % 2 + 1}"},
            {"wave": f"{edges.month():%Y}-Q{number % 4 + 1}"},
            # None of a kind that is known.
            {"wave": "Spring 2024" if number % 3 else "2023-13"},
        )[number % 8]
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


PARTS = (services, conduct, training, conversations, places)
