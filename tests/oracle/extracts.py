"""What the extracts say: the raw files judged row by row, then laid over one
another by key.

Written from docs/ingest.md. Choices where the page leaves one:

- A file that lacks a column which its contract does not let be absent is refused.
- A cell that breaks its column's type, values or bounds rejects its row, an
  empty cell does so where the column is required.
- Of the rows of a key that are in order, equal ones count once; differing ones
  are all rejected. A row that is wrong in itself says nothing against another.
- The latest file by (as_at, name) wins a key; `D` ends it.
"""

import csv
import datetime as dt
import functools
import gzip
import io
import json
import pathlib
import re
import tomllib

import pandas as pd

SOURCES = ("crimes", "parties", "nominals", "custody_spells")
FIRST_YEAR = 1900
RESHAPED = re.compile(r"-?\d+\.\d+([eE][-+]?\d+)?|\d+[eE]\+\d+")
CODE = re.compile(r"\d{3}/\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WHOLE = re.compile(r"-?\d+", re.ASCII)
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Rejected(Exception):
    """A row is set aside, for this reason."""


def read_world(contracts, files):
    """The four tables of the list, from all files delivered so far."""
    return {source: read_source(source, contracts, files) for source in SOURCES}


def read_source(source, contracts, files):
    contract = tomllib.loads((contracts / f"{source}.toml").read_text())
    named = re.compile(rf"{source}_(\d{{8}})\.(csv|csv\.gz|jsonl|parquet)")
    mine = [path for path in files if named.fullmatch(path.name)]
    standing = {}
    for path in sorted(mine, key=lambda path: (as_at(path), path.name)):
        for row in taken_in(path, contracts / f"{source}.toml"):
            key = tuple(row[column] for column in contract["key"])
            if row["op"] == "D":
                standing.pop(key, None)
            else:
                standing[key] = row
    columns = [column["name"] for column in contract["columns"]]
    return pd.DataFrame(list(standing.values()), columns=columns, dtype=object)


def as_at(path):
    manifest = path.with_name(path.name + ".manifest.json")
    if manifest.exists():
        told = json.loads(manifest.read_text()).get("as_at")
        if told:
            return dt.datetime.fromisoformat(told)
    return dt.datetime.strptime(re.search(r"_(\d{8})\.", path.name)[1], "%Y%m%d")


@functools.cache
def taken_in(path, contract):
    """A file does not change once it is delivered, so it is judged once."""
    return list(judged(path, tomllib.loads(contract.read_text())))


def judged(path, contract):
    """The rows of a file that are taken in, typed."""
    year = as_at(path).year
    needed = {column["name"] for column in contract["columns"] if not column.get("may_be_absent")}
    taken, spoilt = {}, set()
    for cells in raw_rows(path):
        if cells is None:
            continue
        if needed - cells.keys():
            return
        try:
            row = typed(cells, contract, year)
        except Rejected:
            continue
        key = tuple(row[column] for column in contract["key"])
        if taken.setdefault(key, row) != row:
            spoilt.add(key)
    yield from (row for key, row in taken.items() if key not in spoilt)


def raw_rows(path):
    """Each row as trimmed texts by column; None for a line of a wrong width."""
    if path.name.endswith(".parquet"):
        for row in pd.read_parquet(path).astype(object).to_dict("records"):
            yield {
                name: trimmed(None if pd.isna(cell) else str(cell)) for name, cell in row.items()
            }
        return
    opener = gzip.open if path.name.endswith(".gz") else open
    with opener(path, "rb") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        if ".jsonl" in path.name:
            for line in text:
                row = json.loads(line)
                yield {
                    name: trimmed(None if cell is None else as_text(cell))
                    for name, cell in row.items()
                }
            return
        lines = csv.reader(text)
        header = [cell.strip() for cell in next(lines)]
        for line in lines:
            whole = len(line) == len(header)
            yield dict(zip(header, map(trimmed, line))) if whole else None


def as_text(cell):
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def trimmed(cell):
    cell = cell.strip(" \t\r\n\u00a0") if cell else None
    return cell or None


def typed(cells, contract, year):
    row = {
        column["name"]: value_of(cells.get(column["name"]), column, year)
        for column in contract["columns"]
    }
    operation = cells.get("op") or "U"
    if operation not in ("I", "U", "D"):
        raise Rejected(f"op {operation}")
    return row | {"op": operation}


def value_of(cell, column, year):
    if cell is None:
        cell = column.get("default")
    if cell is None:
        if column.get("required"):
            raise Rejected(f"{column['name']} is empty")
        return None
    try:
        value = READERS[column["type"]](cell)
    except (ValueError, KeyError) as error:
        raise Rejected(f"{column['name']}: {cell}") from error
    if "values" in column and cell not in column["values"]:
        raise Rejected(f"{column['name']}: {cell}")
    if isinstance(value, dt.date):
        if not FIRST_YEAR <= value.year <= year + column.get("years_ahead", 1):
            raise Rejected(f"{column['name']}: {cell}")
    if "min" in column and value < column["min"] or "max" in column and value > column["max"]:
        raise Rejected(f"{column['name']}: {cell}")
    return value


def identifier(cell):
    if RESHAPED.fullmatch(cell):
        raise ValueError(cell)
    return cell


def whole_number(cell):
    return int(matched(WHOLE, cell))


def code(cell):
    return matched(CODE, cell)


def day(cell):
    return dt.date.fromisoformat(matched(DAY, cell.removesuffix(" 00:00:00")))


def moment(cell):
    return dt.datetime.fromisoformat(matched(MOMENT, cell))


def matched(pattern, cell):
    if not pattern.fullmatch(cell):
        raise ValueError(cell)
    return cell


READERS = {
    "text": str,
    "identifier": identifier,
    "integer": whole_number,
    "ho_code": code,
    "boolean": lambda cell: FLAGS[cell.lower()],
    "date": day,
    "timestamp": moment,
}


def delivered(folder):
    """Every extract below a folder."""
    return [path for path in pathlib.Path(folder).iterdir() if not path.name.endswith(".json")]
