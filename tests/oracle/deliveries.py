"""A month's changes as files, each source in another format, with one file that
comes late and one that holds wrong rows.
"""

import csv
import datetime as dt
import gzip
import json

import pandas as pd


def deliver(month, landing):
    """Writes the month's files, and two that tell old or wrong things."""
    write_json_lines(landing / f"crimes_{month.as_of:%Y%m%d}.jsonl", month.rows["crimes"].values())
    write_gzip(landing / f"parties_{month.as_of:%Y%m%d}.csv.gz", month.rows["parties"].values())
    write_parquet(
        landing / f"nominals_{month.as_of:%Y%m%d}.parquet", month.rows["nominals"].values()
    )
    write_gzip(
        landing / f"custody_spells_{month.as_of:%Y%m%d}.csv.gz",
        month.rows["custody_spells"].values(),
    )
    for source in month.rows:
        for path in landing.glob(f"{source}_{month.as_of:%Y%m%d}.*"):
            stamp(path, month.midnight)
    stale = month.as_of - dt.timedelta(days=9)
    told = [
        month.crimes[key[0]] | {"offence_count": 9}
        for key in list(month.rows["crimes"])[:5]
        if key[0] in month.crimes
    ]
    write_json_lines(landing / f"crimes_{stale:%Y%m%d}.jsonl", told)
    stamp(landing / f"crimes_{stale:%Y%m%d}.jsonl", dt.datetime.combine(stale, dt.time.min))
    wrong = [row | {"status": "canceled"} for row in told]
    right = [month.crimes[one] | {"offence_count": 4} for one in month.some_crimes(2)]
    older = landing / f"crimes_{month.as_of - dt.timedelta(days=1):%Y%m%d}.jsonl"
    write_json_lines(older, wrong + right)
    stamp(older, month.midnight + dt.timedelta(hours=5))


def write_json_lines(path, rows):
    path.write_text(
        "".join(json.dumps({key: text(cell) for key, cell in row.items()}) + "\n" for row in rows)
    )


def write_gzip(path, rows):
    rows = list(rows)
    with gzip.open(path, "wt", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows({key: text(cell) for key, cell in row.items()} for row in rows)


def write_parquet(path, rows):
    frame = pd.DataFrame([{key: text(cell) for key, cell in row.items()} for row in rows])
    frame.to_parquet(path, index=False)


def text(cell):
    if isinstance(cell, bool):
        return str(cell).lower()
    return None if cell is None else str(cell)


def stamp(path, as_at):
    path.with_name(path.name + ".manifest.json").write_text(
        json.dumps({"as_at": as_at.isoformat()})
    )
