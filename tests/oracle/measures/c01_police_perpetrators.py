"""Commitment 1. A case that names nobody stands for somebody of its own; records
merged since are one person."""

import decimal
import math

from measures.asked import day_of, later, month_of, row, rows, share

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
            case.recorded_on = day_of(case.recorded_at)
            case.finalised_on = day_of(case.finalised_at)
            case.kind = KINDS.get(case.category, "Other VAWG")
            yield case


def ended_cases(world, asked):
    """From a year after the first case: before, only quick ones are seen to end."""
    for case in vawg_cases(world):
        if asked.shows(case.finalised_on) and case.finalised_on >= later(world.first_case_in, 12):
            yield case


def with_a_linked_crime(world, asked):
    for case in vawg_cases(world):
        if asked.shows(case.recorded_on):
            hit = share(case.linked_crime_ref is not None)
            yield from rows(month_of(case.recorded_on), groups=[case.kind], **hit)


def without_action(world, asked):
    for case in ended_cases(world, asked):
        if case.outcome is not None:
            hit = share(case.outcome == "no_action")
            yield from rows(month_of(case.finalised_on), groups=[case.kind], **hit)


def staff_under_allegation(world, asked):
    cases = list(vawg_cases(world))
    for month in asked.every_month():
        start, end = later(month, -5), later(month, 1)
        people = {world.person_of_case(case) for case in cases if start <= case.recorded_on < end}
        filled = sum(post.filled_fte for post in world.posts_at_end(month))
        # The first month of cases may be held in part.
        if filled and start > world.first_case_in:
            yield row(month, numerator=len(people), denominator=round_half_up(filled))


def round_half_up(number):
    return math.floor(number + decimal.Decimal("0.5"))


def days_to_finalise(world, asked):
    for case in ended_cases(world, asked):
        if case.finalised_at >= case.recorded_at:
            days = (case.finalised_on - case.recorded_on).days
            yield row(month_of(case.finalised_on), value=days)


def dismissals(world, asked):
    """Each person in the month of their first dismissal, in its group."""
    first = {}
    for case in vawg_cases(world):
        if case.outcome in DISMISSALS and case.finalised_at:
            person, told = world.person_of_case(case), (case.finalised_at, case.outcome)
            first[person] = min(first.get(person, told), told)
    for moment, outcome in first.values():
        if asked.shows(moment.date()):
            yield from rows(month_of(moment.date()), groups=[DISMISSALS[outcome]], numerator=1)
