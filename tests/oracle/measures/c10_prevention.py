"""Commitment 10: schools, neighbourhoods, young suspects."""

import collections

from measures.asked import FORCE, NOT_STATED, after, day_of, later, month_of, row, rows, share

OF_AGE = 18
DAYS = 90


def measures():
    return {
        "10.1": schools_reached,
        "10.2": problems_closed_in_time,
        "10.3": young_suspects_referred,
    }


def schools_reached(world, asked):
    engagements = world.all("engagements")
    visits = [one for one in engagements if one.kind == "school"]
    first = min((one.held_on for one in engagements), default=asked.until)
    for month in asked.every_month():
        start, end = later(month, -11), later(month, 1)
        for one in visits:
            if first <= start <= one.held_on < end:
                yield from rows(month, one.borough or NOT_STATED, numerator=1)


def problems_closed_in_time(world, asked):
    for one in world.all("engagements"):
        if one.kind == "problem_solving" and asked.shows(one.action_due_on):
            closed = one.action_closed_on
            hit = share(closed is not None and closed <= one.action_due_on)
            yield from rows(month_of(one.action_due_on), one.borough or NOT_STATED, **hit)


def young_suspects_referred(world, asked):
    programmes = collections.defaultdict(list)
    for one in world.all("interventions"):
        if one.kind.endswith("_programme"):
            spell = day_of(one.starts_at), day_of(one.ends_at)
            programmes[world.person(one.nominal_id)].append(spell)
    first = {}
    for crime in world.vawg():
        day = crime.reported_on
        if crime.stands and asked.shows(day):
            for person in crime.accused:
                age = world.age(person, day)
                if age is not None and age < OF_AGE:
                    for area in (FORCE, crime.borough):
                        key = month_of(day), area, person
                        first[key] = min(first.get(key, day), day)
    for (month, area, person), day in first.items():
        if asked.told(after(day, DAYS)):
            hit = any(
                day <= start <= after(day, DAYS) or start <= day and (end is None or end >= day)
                for start, end in programmes[person]
            )
            yield row(month, area, **share(hit))
