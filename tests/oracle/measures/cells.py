"""Cells of a measure: months and years, values, intervals and states.

A year sums twelve months of a flow, averages twelve month ends of a stock, and
takes the cases of twelve months together for medians and surveys. Months begin
with the first that has a row on the basis; a median has cells where it has cases.
"""

import collections
import dataclasses
import datetime as dt
import itertools

from measures import breaks, values
from measures.asked import YEAR, later, month_of

SHOWN, IMMATURE, FEW, EMPTY, STALE = "shown", "immature", "few", "empty", "stale"


# Days of silence after which nobody knows what a nightly source would have said.
SILENCE = 14


@dataclasses.dataclass(frozen=True)
class Reach:
    """The morning to which all sources of a measure speak, none for the ledger;
    and the months before it that they do not cover whole."""

    until: dt.date | None = None
    holes: frozenset = frozenset()
    # Groups and months of a published table that it has no row for.
    untold: frozenset = frozenset()


def untold(told):
    months = sorted({month for _, month in told})
    between = (later(months[0], step) for step in range(600)) if months else ()
    every = [month for month in between if month <= months[-1]]
    return frozenset((group, month) for group, _ in told for month in every) - told


def work(definition, measure, world, asked, reach):
    """Every cell that is shown, by basis, span, month, area and group."""
    found = {}
    asked = dataclasses.replace(asked, whole=definition.whole)
    given = {
        basis: list(measure(world, dataclasses.replace(asked, basis=basis)))
        for basis in definition.bases
    }
    if definition.whole:
        told = {(one["group"], one["period"]) for rows in given.values() for one in rows}
        reach = dataclasses.replace(reach, untold=untold(told))
    for basis, rows in given.items():
        held = collections.defaultdict(list)
        for one in rows:
            held[one["area"], one["group"], one["period"]].append(one)
        cells = summed(definition, asked, held)
        if definition.gap:
            cells |= gaps(definition, cells)
        for (span, month, area, group), cell in cells.items():
            crosses = breaks.crosses(definition, span, month, area)
            if not is_covered(definition, reach, basis, span, month, group):
                # Nothing is known: what was counted there is no count.
                cell, state = values.Cell(), STALE
            else:
                state = state_of(definition, asked, basis, month, group, cell, crosses)
            told = cell.figures(state in (SHOWN, IMMATURE))
            if crosses:
                told = dict.fromkeys(told)
            found[basis, span, str(month), area, group] = told | {"state": state}
        if definition.kind == "median":
            found |= unknown_medians(found, basis, reach)
    return found


def unknown_medians(found, basis, reach):
    """A median has no cell for a month without cases, but one for a month that
    nobody knows of, between the first and the last with cases."""
    months = collections.defaultdict(list)
    for own, span, month, area, group in found:
        if (own, span) == (basis, "month"):
            months[area, group].append(month)
    return {
        (basis, "month", str(hole), *place): values.Cell().figures(False) | {"state": STALE}
        for place, held in months.items()
        for hole in reach.holes
        if min(held) <= str(hole) <= max(held) and str(hole) not in held
    }


def is_covered(definition, reach, basis, span, month, group):
    """Whether every month is known that a cell is worked out from: its own, the
    eleven before of a year or a look back, those in which its cohort grows old,
    and for a change the same of the year before."""
    if reach.until is not None and reach.until < later(month, 1):
        return False
    back = YEAR - 1 if span == "year" or definition.series == "rolling" else 0
    # A list looks back from any day of the month.
    back += definition.series == "rolling" and "list" in definition.sources
    ahead = definition.lag_months(basis, group)
    needed = {later(month, step) for step in range(-back, ahead + 1)}
    if definition.kind == "change":
        needed |= {later(one, -YEAR) for one in needed}
    return not needed & reach.holes and not {(group, one) for one in needed} & reach.untold


def summed(definition, asked, held):
    """Cells by span, month, area and group."""
    first = min((month for _, _, month in held), default=asked.until)
    # A published table says itself how far it goes.
    last = max((month for _, _, month in held), default=first) if asked.whole else asked.until
    found = {}
    for area, group in {key[:2] for key in held}:
        for month in asked.every_month():
            if not max(first, asked.shown_from) <= month <= last:
                continue
            found["month", month, area, group] = [held.get((area, group, month), [])]
            months = [later(month, step) for step in range(1 - YEAR, 1)]
            if definition.series != "rolling" and months[0] >= first:
                found["year", month, area, group] = [
                    held.get((area, group, one), []) for one in months
                ]
    cells = {key: values.cell(definition, parts) for key, parts in found.items()}
    return {key: cell for key, cell in cells.items() if cell is not None}


def gaps(definition, cells):
    """The first group less the second, wherever both are."""
    one, other = definition.gap
    found = {}
    for (span, month, area, group), cell in cells.items():
        against = cells.get((span, month, area, other))
        if group == one and against is not None:
            found[span, month, area, f"{one} less {other}"] = values.gap(cell, against)
    return found


def state_of(definition, asked, basis, month, group, cell, crosses):
    if crosses:
        return breaks.CROSSING
    if cell.value is None:
        return EMPTY
    if definition.minimum is not None and cell.rests_on < definition.minimum:
        return FEW
    if later(month, definition.lag_months(basis, group)) >= asked.until:
        return IMMATURE
    return SHOWN


def reach_of(definition, mornings, nightly):
    """How far the sources of a measure speak, and what they leave out.

    `mornings` are the days that the files of each source speak of, in order;
    `nightly` the sources of which one is due every night. A source that never
    came makes the measure unavailable, and raises KeyError with its name."""
    until, holes = [], set()
    for stated in definition.sources:
        if stated in ("list", "ledger"):
            continue
        names = sorted(
            (name for name in stated.split("|") if mornings.get(name)),
            key=lambda name: mornings[name][-1],
        )
        if not names:
            raise KeyError(stated.split("|")[0])
        until.append(mornings[names[-1]][-1])
        lacking = silences(mornings[names[-1]]) if names[-1] in nightly else set()
        for other in names[:-1]:
            told = silences(mornings[other]) if other in nightly else set()
            lacking = {one for one in lacking if one in told or one >= mornings[other][-1]}
        holes |= lacking
    return Reach(min(until, default=None), frozenset(holes))


def silences(days):
    """Months with a day between two files that are too far apart; a morning's
    file speaks of the day before."""
    found = set()
    for one, other in itertools.pairwise(days):
        if (other - one).days > SILENCE:
            silent = (one + dt.timedelta(step) for step in range((other - one).days - 1))
            found |= {month_of(day) for day in silent}
    return found
