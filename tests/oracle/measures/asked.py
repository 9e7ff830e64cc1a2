"""The span that is asked for, and days and months counted in it."""

import dataclasses
import datetime as dt
import zoneinfo

LONDON = zoneinfo.ZoneInfo("Europe/London")
YEAR = 12
FIRST = dt.date(1900, 1, 1)
FORCE, ALL, NOT_STATED = "Force", "All", "Not stated"


@dataclasses.dataclass(frozen=True)
class Asked:
    """Months shown of a report's date, and eleven before them for the first year."""

    as_of: dt.date
    months: int
    basis: str = ""
    # Whether the series is told from its first month on.
    whole: bool = False

    @property
    def until(self):
        """First day after the last month that was full."""
        return self.as_of.replace(day=1)

    @property
    def shown_from(self):
        return FIRST if self.whole else later(self.until, -self.months)

    @property
    def start(self):
        return FIRST if self.whole else later(self.shown_from, 1 - YEAR)

    def every_month(self):
        month = self.start
        while month < self.until:
            yield month
            month = later(month, 1)

    def shows(self, day):
        """Whether something of this day is in a month that is asked for."""
        return day is not None and self.start <= day < self.until

    def told(self, day):
        """Whether something of this day had happened by the report's date."""
        return day is not None and day < self.as_of

    def so_far(self, day):
        """The same of something that did happen, though its day may not be known."""
        return day is None or day < self.as_of


def month_of(day):
    return day.replace(day=1)


def later(day, months):
    """The same day of another month, or the last one that it has."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    while True:
        try:
            return day.replace(year=year, month=month + 1)
        except ValueError:
            day = day.replace(day=day.day - 1)


def after(day, days):
    return day + dt.timedelta(days=days)


def last_day(month):
    return after(later(month, 1), -1)


def day_of(moment):
    return None if moment is None else moment.date()


def day_in_london(moment):
    """The day of a moment that the ledger keeps in UTC."""
    return moment.replace(tzinfo=dt.UTC).astimezone(LONDON).date()


def row(month, area=FORCE, group=ALL, **figures):
    return {"period": month, "area": area, "group": group, **figures}


def rows(month, borough=None, groups=(), **figures):
    """A thing that counts for the force, for each of its groups, for its borough."""
    yield row(month, **figures)
    for group in groups:
        yield row(month, group=group, **figures)
    if borough is not None:
        yield row(month, borough, **figures)


def share(hit):
    return {"numerator": int(hit), "denominator": 1}
