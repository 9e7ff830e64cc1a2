"""Commitment 9: where harm gathers, and what is done there."""

import collections
import math

from measures.asked import FORCE, after, day_of, later, month_of, row, rows, share

CELL_METRES = 500
WORST = 0.05
ANSWER_DAYS = 28
CATEGORIES = {
    "poor_lighting": "Poor lighting",
    "followed": "Being followed",
    "harassed": "Harassment",
    "drink_and_drugs": "Drink and drugs",
    "hidden_place": "Hidden places",
    "no_help_near": "No help near",
}


def measures():
    return {
        "9.1": harm_in_the_worst_cells,
        "9.2": patrol_minutes,
        "9.3": reports_answered,
    }


def harm_in_the_worst_cells(world, asked):
    """What police found by themselves is left out, as on the list, and what has no
    place: without coordinates, or online."""
    crimes = [
        crime
        for crime in world.vawg()
        if crime.stands
        and not (crime.is_proactive or crime.is_online)
        and None not in (crime.easting, crime.northing, crime.weight)
    ]
    for month in asked.every_month():
        end = later(month, 1)
        if not world.covers(later(end, -12)):
            continue
        harm = collections.defaultdict(collections.Counter)
        for crime in crimes:
            if later(end, -12) <= crime.reported_on < end:
                cell = crime.easting // CELL_METRES, crime.northing // CELL_METRES
                for area in (FORCE, crime.borough):
                    harm[area][cell] += crime.weight * crime.offence_count
        for area, cells in harm.items():
            worst = sorted(cells.values(), reverse=True)[: math.ceil(len(cells) * WORST)]
            if cells.total():
                figures = {"numerator": sum(worst) / 1000, "denominator": cells.total() / 1000}
                yield row(month, area, **figures)


def patrol_minutes(world, asked):
    for one in world.all("patrols"):
        day = day_of(one.starts_at)
        if asked.shows(day):
            walked = min(one.delivered_minutes or 0, one.scheduled_minutes)
            yield row(month_of(day), numerator=walked, denominator=one.scheduled_minutes)


def reports_answered(world, asked):
    for one in world.all("place_reports"):
        day, answered_on = day_of(one.reported_at), day_of(one.answered_at)
        due_on = after(day, ANSWER_DAYS)
        if asked.shows(day) and asked.told(due_on):
            hit = share(answered_on is not None and answered_on <= due_on)
            groups = [CATEGORIES.get(one.category, "Category not stated")]
            yield from rows(month_of(day), groups=groups, **hit)
