"""What the extracts say: the raw files judged row by row, then laid over one
another by key.

Written from docs/ingest.md. Choices where the page leaves one:

- A file that lacks a column which its contract does not let be absent is refused.
- A cell that breaks its column's type, values or bounds rejects its row, an
  empty cell does so where the column is required.
- Of the rows of a key that are in order, equal ones count once; differing ones
  are all rejected. A row that is wrong in itself says nothing against another.
- The latest file by (as_at, name) wins a key; `D` ends it. What a whole snapshot
  leaves out is gone, unless one of its rows was rejected.
"""

import csv
import dataclasses
import datetime as dt
import functools
import gzip
import io
import json
import pathlib
import re
import tomllib
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

SOURCES = ("crimes", "parties", "nominals", "custody_spells")
FIRST_YEAR = 1900
RESHAPED = re.compile(r"-?\d+\.\d+([eE][-+]?\d+)?|\d+[eE]\+\d+")
CODE = re.compile(r"\d{3}/\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WHOLE = re.compile(r"-?\d+", re.ASCII)
DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Rejected(Exception):
    """A row is set aside, for this reason."""


@dataclasses.dataclass
class Judged:
    """What becomes of a file's rows: those accepted, typed, and how many were read."""

    taken: list = dataclasses.field(default_factory=list)
    read: int = 0
    rejected: int = 0


def read_world(contracts, files, sources=SOURCES):
    """The tables of some sources, by default those of the list."""
    return {source: read_source(source, contracts, files) for source in sources}


def read_source(source, contracts, files):
    contract = tomllib.loads((contracts / f"{source}.toml").read_text())
    standing = {}
    for path in files_of(source, files):
        judged = taken_in(path, contracts / f"{source}.toml")
        if contract["mode"] == "snapshot" and not judged.rejected:
            standing.clear()
        for row in judged.taken:
            key = tuple(row[column] for column in contract["key"])
            if row["op"] == "D":
                standing.pop(key, None)
            else:
                standing[key] = row
    columns = [column["name"] for column in contract["columns"]]
    return pd.DataFrame(list(standing.values()), columns=columns, dtype=object)


def files_of(source, files):
    """A source's files in the order in which they speak."""
    named = re.compile(rf"{source}_(\d{{8}})\.(csv|csv\.gz|jsonl|parquet)")
    mine = [path for path in files if named.fullmatch(path.name)]
    return sorted(mine, key=lambda path: (as_at(path), path.name))


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
    return judge(path, tomllib.loads(contract.read_text()))


def judge(path, contract):
    year = as_at(path).year
    headers = {
        header: column["name"]
        for column in contract["columns"]
        for header in column.get("headers", [])
    }
    needed = {
        column["name"]
        for column in contract["columns"]
        if not column.get("may_be_absent") and "default" not in column
    }
    judged, sound, spoilt = Judged(), {}, set()
    for cells in raw_rows(path):
        judged.read += 1
        if cells is None:
            judged.rejected += 1
            continue
        cells = {headers.get(name, name): cell for name, cell in cells.items()}
        if needed - cells.keys():
            return Judged()
        try:
            row = typed(cells, contract, year)
        except Rejected:
            judged.rejected += 1
            continue
        # Without a key equal rows are as many things.
        key = tuple(row[column] for column in contract.get("key", [])) or judged.read
        rows = sound.setdefault(key, [])
        rows.append(row)
        if row != rows[0]:
            spoilt.add(key)
    judged.rejected += sum(len(sound[key]) for key in spoilt)
    judged.taken = [rows[0] for key, rows in sound.items() if key not in spoilt]
    return judged


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
    if "pattern" in column and not re.fullmatch(column["pattern"], cell, re.ASCII):
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


def decimal(cell):
    """Six places are kept of a decimal."""
    return Decimal(matched(DECIMAL, cell)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


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
    "decimal": decimal,
    "ho_code": code,
    "boolean": lambda cell: FLAGS[cell.lower()],
    "date": day,
    "timestamp": moment,
}


def delivered(folder):
    """Every extract below a folder."""
    return [path for path in pathlib.Path(folder).iterdir() if not path.name.endswith(".json")]
