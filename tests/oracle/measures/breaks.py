"""Days on which the way of recording changed: no figure holds days of both sides.

A flow speaks of its months, a level of a month's last day, a look back of the
eleven months before too, and one that counts lists of the twelve before, since a
list may stand on any day of its month. A change on the year before speaks of the
same month then. A flow's own month is told, whatever its days.
"""

import datetime as dt

from measures.asked import YEAR, later

CROSSING = "crossing"


def crosses(definition, span, month, area):
    """Whether the figure of an area would add up days of before and since."""
    if definition.series == "flow" and definition.kind != "change" and span == "month":
        return False
    first, until = days(definition, span, month), later(month, 1)
    return any(
        first < dt.date.fromisoformat(str(one["date"])) < until
        for one in definition.breaks
        if is_in(one, area)
    )


def days(definition, span, month):
    """The first day that a figure speaks of."""
    first = later(month, 1 - YEAR) if span == "year" else month
    if definition.series == "stock":
        return later(first, 1) - dt.timedelta(days=1)
    if definition.series == "rolling":
        return later(first, -YEAR if "list" in definition.sources else 1 - YEAR)
    return later(first, -YEAR) if definition.kind == "change" else first


def is_in(one, area):
    """A ward is in whatever its borough is in."""
    named = one.get("areas", [])
    return not named or area in named or area.split(": ")[0] in named
