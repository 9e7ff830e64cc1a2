"""Figures that the force publishes itself."""

from measures.asked import FORCE, month_of, row


def measures():
    return {"P.1": offences, "P.2": victims}


def offences(world, asked):
    """By borough where the published file is held, else London alone."""
    if "met_vawg_offences" in world.published:
        yield from located(world.published["met_vawg_offences"], "Offence count location", "offences", asked)
        return
    for line in world.published.get("met_vawg_monthly", []):
        if asked.shows(line.month):
            yield row(line.month, numerator=line.offences)


def victims(world, asked):
    lines = world.published.get("met_vawg_victims", [])
    yield from located(lines, "Victim count by location", "victims", asked)


def located(lines, sheet, column, asked):
    for line in lines:
        day = line.recorded_month.date()
        if line.sheet == sheet and asked.shows(day):
            for area in (FORCE, line.borough):
                if area is not None:
                    yield row(month_of(day), area, numerator=getattr(line, column))
