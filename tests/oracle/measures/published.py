"""What the force publishes: its own small table, and invented larger ones."""

import csv
import random
import shutil
import types

import extracts
from measures.asked import later

FLAGGED = "Other flagged offences outside of VAWG"
SOURCES = ("met_vawg_monthly", "met_vawg_offences", "met_vawg_victims")
SHEETS = {
    "met_vawg_offences": ("Offence count location", "Offence count classification", "offences"),
    "met_vawg_victims": ("Victim count by location", "Victim count by age group", "victims"),
}
PLACES = (
    ("Barnet", "East Finchley"),
    ("Barnet", "Garden Suburb"),
    ("Camden", "Regent's Park"),
    ("Camden", ""),
    ("Hackney", "Regent's Park"),
    ("Other", "Heathrow Villages"),
    ("Unknown", ""),
)


def write(landing, jobs, plan):
    for source in plan.publishes:
        if source == "met_vawg_monthly":
            for path in (jobs / "nightly-ingest/published").glob("met_vawg_monthly_*"):
                shutil.copy(path, landing / path.name)
        else:
            write_invented(landing, source, plan)


def write_invented(landing, source, plan):
    """Two sheets that hold everything once each; a month is the newest corrected."""
    dice = random.Random(f"{plan.seed} {source}")
    located, otherwise, column = SHEETS[source]
    lines = []
    for back in range(40):
        if back == plan.unpublished:
            continue
        month = later(plan.last.replace(day=1), -1 - back)
        for sheet in (located, otherwise):
            for borough, ward in PLACES:
                line = {
                    "sheet": sheet,
                    "bcu_location": "NW",
                    "borough_name": borough if sheet == located else "",
                    "ward_name_clean_2": ward if sheet == located else "",
                    "recorded_date_months": f"{month} 00:00:00",
                    "date_committed_from_date_months": "1900-01-01 00:00:00",
                    "count": dice.randint(0, 400),
                }
                rest = dict.fromkeys(REST[column], "x")
                if sheet != located and column == "offences" and borough == "Hackney":
                    rest["crimsec_group"] = FLAGGED
                lines.append(line | rest)
    with open(landing / f"{source}_{plan.last:%Y%m%d}.csv", "w", newline="") as file:
        rows = csv.DictWriter(file, list(lines[0]))
        rows.writeheader()
        rows.writerows(lines)


REST = {
    "offences": ("crimsec_group", "crimseccodeexpansion", "crimsec_offences", "vawg_offence"),
    "victims": ("age_group", "ethnic_appearance_group_group"),
}


def read(contracts, files):
    """Rows by source, of the newest file of each."""
    found = {}
    for source in SOURCES:
        mine = extracts.files_of(source, files)
        if mine:
            judged = extracts.taken_in(mine[-1], contracts / f"{source}.toml")
            found[source] = [types.SimpleNamespace(**row) for row in judged.taken]
    return found
