"""Cells of a measure: months and years, values, intervals and states.

A year sums twelve months of a flow, averages twelve month ends of a stock, and
takes the cases of twelve months together for medians and surveys. Months begin
with the first that has a row on the basis; a median has cells where it has cases.
"""

import collections
import dataclasses

from measures import values
from measures.asked import YEAR, later

SHOWN, IMMATURE, FEW, EMPTY, STALE = "shown", "immature", "few", "empty", "stale"


def work(definition, measure, world, asked, reach):
    """Every cell that is shown, by basis, span, month, area and group."""
    found = {}
    asked = dataclasses.replace(asked, whole=definition.whole)
    for basis in definition.bases:
        held = collections.defaultdict(list)
        for one in measure(world, dataclasses.replace(asked, basis=basis)):
            held[one["area"], one["group"], one["period"]].append(one)
        cells = summed(definition, asked, held)
        if definition.gap:
            cells |= gaps(definition, cells)
        for (span, month, area, group), cell in cells.items():
            state = state_of(definition, asked, reach, basis, month, group, cell)
            told = cell.figures(state in (SHOWN, IMMATURE))
            found[basis, span, str(month), area, group] = told | {"state": state}
    return found


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


def state_of(definition, asked, reach, basis, month, group, cell):
    following = later(month, 1)
    if reach is not None and reach < following:
        return STALE
    if cell.value is None:
        return EMPTY
    if definition.minimum is not None and cell.rests_on < definition.minimum:
        return FEW
    if later(month, definition.lag_months(basis, group)) >= asked.until:
        return IMMATURE
    return SHOWN


def reach_of(definition, newest):
    """The morning to which all sources of a measure speak; none for the ledger.

    `newest` is the newest file's date by source. A source that never came makes
    the measure unavailable, and raises KeyError with its name."""
    days = []
    for stated in definition.sources:
        if stated not in ("list", "ledger"):
            held = [newest[name] for name in stated.split("|") if name in newest]
            if not held:
                raise KeyError(stated.split("|")[0])
            days.append(max(held))
    return min(days, default=None)
