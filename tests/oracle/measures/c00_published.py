"""Figures that the force publishes itself."""

from measures.asked import FORCE, month_of, row

ELSEWHERE = ("Other", "Unknown")


def measures():
    return {"P.1": offences, "P.2": victims}


def offences(world, asked):
    """By borough where the published file is held, else London alone."""
    if "met_vawg_offences" in world.published:
        lines = world.published["met_vawg_offences"]
        yield from located(lines, "Offence count location", "offences", asked)
        return
    for line in world.published.get("met_vawg_monthly", []):
        if asked.shows(line.month):
            yield row(line.month, numerator=line.offences)


def victims(world, asked):
    lines = world.published.get("met_vawg_victims", [])
    yield from located(lines, "Victim count by location", "victims", asked)


def located(lines, sheet, column, asked):
    """For the force, by borough, and by ward as "Borough: Ward"."""
    for line in lines:
        day = line.recorded_month.date()
        if line.sheet == sheet and asked.shows(day):
            for area in areas(line):
                yield row(month_of(day), area, numerator=getattr(line, column))


def areas(line):
    yield FORCE
    if line.borough is not None:
        yield line.borough
        if line.ward is not None and line.borough not in ELSEWHERE:
            yield f"{line.borough}: {line.ward}"
