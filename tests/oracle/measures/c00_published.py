"""Figures that the force publishes itself."""

from measures.asked import FORCE, month_of, row

ELSEWHERE = ("Other", "Unknown")
# What the publisher counts by a flag, and puts outside VAWG itself.
FLAGGED = "Other flagged offences outside of VAWG"
NO_VAWG = "Non-VaWG Classification"


def measures():
    return {"P.1": offences, "P.2": victims}


def offences(world, asked):
    """By borough where the published file is held, else London alone; what is VAWG
    and what is not, for the force, by the sheet that says so."""
    if "met_vawg_offences" in world.published:
        lines = world.published["met_vawg_offences"]
        yield from located(lines, "Offence count location", "offences", asked)
        for line in lines:
            day = line.recorded_month.date()
            if line.sheet == "Offence count classification" and asked.shows(day):
                group = NO_VAWG if line.offence_group == FLAGGED else "VAWG"
                yield row(month_of(day), group=group, numerator=line.offences)
        return
    for line in world.published.get("met_vawg_monthly", []):
        if asked.shows(line.month):
            yield row(line.month, numerator=line.offences)
            yield row(line.month, group="VAWG", numerator=line.offences - line.non_vawg)
            yield row(line.month, group=NO_VAWG, numerator=line.non_vawg)


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
