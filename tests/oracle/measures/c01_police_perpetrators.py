"""Commitment 1. Conduct systems number their people themselves: a subject is an
identifier, and no merge of crime reports is followed."""

from measures.asked import day_of, last_day, later, month_of, row, rows, share

KINDS = {"domestic_abuse": "Domestic abuse", "sexual_misconduct": "Sexual misconduct"}
DISMISSALS = {"dismissed": "Dismissed", "would_have_been_dismissed": "Would have been dismissed"}


def measures():
    return {
        "1.1": with_a_linked_crime,
        "1.2": without_action,
        "1.3": staff_under_allegation,
        "1.4": days_to_finalise,
        "1.5": dismissals,
    }


def vawg_cases(world):
    for case in world.all("conduct_cases"):
        if case.vawg:
            case.recorded_on, case.finalised_on = day_of(case.recorded_at), day_of(case.finalised_at)
            case.kind = KINDS.get(case.category, "Other VAWG")
            yield case


def with_a_linked_crime(world, asked):
    for case in vawg_cases(world):
        if asked.shows(case.recorded_on):
            hit = share(case.linked_crime_ref is not None)
            yield from rows(month_of(case.recorded_on), groups=[case.kind], **hit)


def without_action(world, asked):
    for case in vawg_cases(world):
        if asked.shows(case.finalised_on) and case.outcome is not None:
            hit = share(case.outcome == "no_action")
            yield from rows(month_of(case.finalised_on), groups=[case.kind], **hit)


def staff_under_allegation(world, asked):
    cases = list(vawg_cases(world))
    for month in asked.every_month():
        end = later(month, 1)
        people = {
            case.subject_id
            for case in cases
            if later(end, -6) <= case.recorded_on < end and case.subject_id is not None
        }
        filled = sum(post.filled_fte for post in world.posts_at(last_day(month)))
        if filled:
            yield row(month, numerator=len(people), denominator=filled)


def days_to_finalise(world, asked):
    for case in vawg_cases(world):
        if asked.shows(case.finalised_on):
            days = (case.finalised_on - case.recorded_on).days
            yield row(month_of(case.finalised_on), value=days)


def dismissals(world, asked):
    """Each person in the month of their first dismissal, in its group."""
    first = {}
    for case in vawg_cases(world):
        if case.outcome in DISMISSALS and case.finalised_on and case.subject_id is not None:
            told = (case.finalised_on, case.case_ref, case.outcome)
            first[case.subject_id] = min(first.get(case.subject_id, told), told)
    for day, _, outcome in first.values():
        if asked.shows(day):
            yield from rows(month_of(day), groups=[DISMISSALS[outcome]], numerator=1)
