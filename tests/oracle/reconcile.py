#!/usr/bin/env python3
"""A second reading of what a contract means, to hold the first one against.

    reconcile.py CONTRACT.toml DATA_FILE [--as-at 2026-03-09] [--by sheet]

prints what a data file comes to under a contract, as JSON: rows, accepted,
rejected, duplicates, warnings, the faults, and the sums of the number columns
over the accepted rows. It was written from the description of contract files,
not from the program that it checks. Lines count from 1 with the header, rows of
a Parquet file from 1. Relations, volume, freshness and endings need what is
held already and are left out.
"""

import argparse
import codecs
import csv
import datetime as dt
import gzip
import io
import json
import pathlib
import re
import sys
import tomllib
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

csv.field_size_limit(1 << 24)

SPACE = " \t\r\n\u00a0"


class Refused(Exception):
    """Why a whole file is not accepted."""


# --- Cells ------------------------------------------------------------------

INTEGER = re.compile(r"-?[0-9]+")
DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")
HO_CODE = re.compile(r"[0-9]{3}/[0-9]{2}")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]"
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
)
ZERO_DECIMALS = re.compile(r"(-?[0-9]+)\.0+")
# What a spreadsheet makes of a long number: `15646.0`, `1.5E+10`.
MANGLED = re.compile(r"-?[0-9]+\.0+|-?[0-9]+(\.[0-9]+[eE][+-]?|[eE][+-])[0-9]+")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
BIGINT = range(-(2**63), 2**63)

# strptime's directives as DuckDB has them: numbers may lack their noughts.
DIRECTIVES = {
    "Y": ("year", r"[0-9]{1,4}"),
    "m": ("month", r"[0-9]{1,2}"),
    "d": ("day", r"[0-9]{1,2}"),
    "H": ("hour", r"[0-9]{1,2}"),
    "M": ("minute", r"[0-9]{1,2}"),
    "S": ("second", r"[0-9]{1,2}"),
    "f": ("micro", r"[0-9]{1,6}"),
    "g": ("milli", r"[0-9]{1,3}"),
    "y": ("short_year", r"[0-9]{2}"),
    "b": ("month_name", r"[A-Za-z]{3}"),
    "B": ("month_name", r"[A-Za-z]+"),
}
MONTHS = (
    "january february march april may june july august september october "
    "november december"
).split()


def date_format(text):
    """A strptime format as a pattern with named parts."""
    pattern, at = "", 0
    while at < len(text):
        letter = text[at]
        at += 1
        if letter != "%":
            pattern += re.escape(letter)
            continue
        directive = text[at] if at < len(text) else ""
        at += 1
        if directive == "%":
            pattern += "%"
        elif directive in DIRECTIVES:
            name, digits = DIRECTIVES[directive]
            pattern += f"(?P<{name}>{digits})"
        else:
            raise SystemExit(f"the format {text!r} holds %{directive}, which is not read here")
    return re.compile(pattern)


def month_number(name):
    for number, month in enumerate(MONTHS, 1):
        if name.lower() in (month, month[:3]):
            return number
    return 0


def moment(year, month, day, hour=0, minute=0, second=0, micro=0):
    try:
        return dt.datetime(year, month, day, hour, minute, second, micro)
    except ValueError:
        return None


def by_format(pattern, text):
    found = pattern.fullmatch(text)
    if not found:
        return None
    part = found.groupdict()
    if part.get("short_year"):
        short = int(part["short_year"])
        year = short + (1900 if short > 68 else 2000)
    else:
        year = int(part.get("year") or 1900)
    month = month_number(part["month_name"]) if part.get("month_name") else int(part.get("month") or 1)
    micro = int((part.get("micro") or "").ljust(6, "0")) if part.get("micro") else 0
    if part.get("milli"):
        micro = int(part["milli"].ljust(3, "0")) * 1000
    numbers = [int(part.get(name) or 0) for name in ("hour", "minute", "second")]
    return moment(year, month, int(part.get("day") or 1), *numbers, micro)


class Column:
    """One column of a contract: from a cell to a value, or to what is wrong."""

    def __init__(self, spec, key, as_at_year):
        self.name = spec["name"]
        self.kind = spec["type"]
        self.is_key = self.name in key
        self.is_required = spec.get("required", False)
        self.spellings = {s.strip().lower() for s in [self.name, *spec.get("headers", [])]}
        self.nth = spec.get("nth")
        default = spec.get("default")
        self.default = None if default is None else text_of(default)
        self.may_be_absent = spec.get("may_be_absent", False) or default is not None
        self.map = spec.get("map", {})
        self.values = set(spec.get("values", []))
        self.pattern = re.compile(spec["pattern"]) if "pattern" in spec else None
        self.formats = [date_format(f) for f in spec.get("formats", [])]
        self.first_year = spec.get("first_year", 1900)
        self.last_year = as_at_year + spec.get("years_ahead", 1)
        self.least, self.most = spec.get("min"), spec.get("max")
        self.drops_zeros = spec.get("drop_zero_decimals", False)
        self.otherwise = spec.get("otherwise", "reject_row")
        self.known = {}

    def read(self, cell):
        """(value, what is wrong with it or None, the text that was judged)"""
        found = self.known.get(cell)
        if found is None:
            found = self.judge(cell)
            if len(self.known) < 200_000:
                self.known[cell] = found
        return found

    def judge(self, cell):
        text = cell.strip(SPACE) or None
        if text is not None:
            text = self.map.get(text, text) or None
        if text is None:
            text = self.default
        if text is None:
            return None, None, None
        if self.drops_zeros and self.kind in ("identifier", "integer"):
            whole = ZERO_DECIMALS.fullmatch(text)
            text = whole[1] if whole else text
        value = self.typed(text)
        if value is None:
            return None, f"not {self.kind}", text
        if self.values and text not in self.values:
            return None, "not one of the values", text
        if self.pattern and not self.pattern.fullmatch(text):
            return None, "not of the pattern", text
        if self.kind in ("integer", "decimal"):
            if self.least is not None and value < self.least:
                return None, f"below {self.least}", text
            if self.most is not None and value > self.most:
                return None, f"above {self.most}", text
        if self.kind in ("date", "timestamp"):
            if not self.first_year <= value.year <= self.last_year:
                return None, f"outside {self.first_year} to {self.last_year}", text
        return value, None, text

    def typed(self, text):
        match self.kind:
            case "text":
                return text
            case "identifier":
                return None if MANGLED.fullmatch(text) else text
            case "ho_code":
                return text if HO_CODE.fullmatch(text) else None
            case "integer":
                if not INTEGER.fullmatch(text) or int(text) not in BIGINT:
                    return None
                return int(text)
            case "decimal":
                return decimal(text) if DECIMAL.fullmatch(text) else None
            case "boolean":
                return BOOLEANS.get(text.lower())
            case "date" | "timestamp":
                found = self.moment(text)
                return found.date() if found and self.kind == "date" else found
        raise SystemExit(f"{self.name}: no such type: {self.kind}")

    def moment(self, text):
        if self.formats:
            return next((m for m in (by_format(f, text) for f in self.formats) if m), None)
        found = (DATE if self.kind == "date" else TIMESTAMP).fullmatch(text)
        if not found:
            return None
        *numbers, micro = found.groups() if self.kind == "timestamp" else (*found.groups(), None)
        return moment(*map(int, numbers), *([int(micro.ljust(6, "0"))] if micro else []))


def decimal(text):
    """Six decimals, a half away from nought, of a number below a million million."""
    value = Decimal(text)
    if abs(value) >= 10**12:
        return None
    value = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return value if abs(value) < 10**12 else None


def text_of(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- Files ------------------------------------------------------------------


def whatwg_windows_1252(error):
    """The five bytes that Windows-1252 leaves open are control characters."""
    bad = error.object[error.start : error.end]
    return "".join(map(chr, bad)), error.end


codecs.register_error("open_bytes", whatwg_windows_1252)


def decoded(raw, label):
    label = label.strip().lower()
    if label == "detect":
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return decoded(raw, "utf-16")
        try:
            return decoded(raw, "utf-8")
        except Refused:
            return decoded(raw, "windows-1252")
    try:
        if label in ("windows-1252", "latin1", "latin-1", "iso-8859-1", "ascii", "us-ascii", "cp1252"):
            text = raw.decode("cp1252", errors="open_bytes")
        else:
            text = raw.decode(label)
    except (UnicodeDecodeError, LookupError) as error:
        raise Refused(f"not {label}: {error}") from error
    if "\0" in text:
        raise Refused("a NUL byte")
    return text.removeprefix("\ufeff")


def raw_bytes(path):
    if path.suffix == ".zst":
        raise SystemExit(".zst is not read here; unpack it first")
    raw = path.read_bytes()
    try:
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (EOFError, OSError) as error:
        raise Refused(f"the compressed stream is damaged: {error}") from error


def format_of(contract, path):
    stated = contract.get("format", "auto")
    name = path.name.lower()
    for ending in (".gz", ".zst"):
        name = name.removesuffix(ending)
    ending = name.rsplit(".", 1)[-1]
    return stated if stated != "auto" else ending if ending in ("jsonl", "parquet") else "csv"


def csv_rows(contract, path):
    """The header, then (line, cells)."""
    text = decoded(raw_bytes(path), contract.get("encoding", "utf-8"))
    quote = contract.get("quote", '"')
    may_break = contract.get("line_breaks", False)
    options = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE, "quotechar": None}
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=contract.get("delimiter", ","), strict=True, **options
    )
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not may_break and any("\n" in cell or "\r" in cell for cell in cells):
                raise Refused(f"line {line}: a cell runs over the end of its line")
            if cells:
                yield line, cells
    except csv.Error as error:
        raise Refused(f"line {before + 1}: {error}") from error


def jsonl_rows(contract, path, columns):
    text = decoded(raw_bytes(path), contract.get("encoding", "utf-8"))
    for line, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            held = json.loads(row, parse_int=str, parse_float=str)
        except ValueError:
            held = None
        if not isinstance(held, dict):
            yield line, None, None
            continue
        # `op` stands for a pseudo column after the contract's own.
        cells = []
        for spellings in [*(column.spellings for column in columns), op_spellings(contract)]:
            value = next((v for k, v in held.items() if k.strip().lower() in spellings), None)
            cells.append("" if value is None else value)
        if any(isinstance(cell, (list, dict)) for cell in cells):
            yield line, None, None
        else:
            *own, op = map(text_of, cells)
            yield line, own, op


def parquet_rows(path):
    import duckdb

    query = duckdb.connect().execute("select * from read_parquet(?)", [str(path)])
    yield 0, [column[0] for column in query.description]
    line = 0
    while rows := query.fetchmany(50_000):
        for row in rows:
            line += 1
            yield line, ["" if cell is None else shown(cell) for cell in row]


def shown(cell):
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return text_of(cell)


def op_spellings(contract):
    return {s.strip().lower() for s in contract.get("op", {}).get("headers", ["op"])} | {"op"}


def positions(contract, columns, header):
    """Where each column stands in the file, and where `op` does."""
    names = [name.strip().lower() for name in header]
    found, missing = [], []
    for column in columns:
        at = [index for index, name in enumerate(names) if name in column.spellings]
        if column.nth is not None:
            at = at[column.nth - 1 : column.nth]
        if len(at) > 1:
            raise Refused(f"columns {at[0] + 1} and {at[1] + 1} both are {column.name}")
        if not at and not column.may_be_absent:
            missing.append(column.name)
        found.append(at[0] if at else None)
    if missing:
        raise Refused(f"the header lacks {', '.join(missing)}")
    op = [index for index, name in enumerate(names) if name in op_spellings(contract)]
    return found, op[0] if op and contract["mode"] == "delta" else None


def file_rows(contract, path, columns):
    """(line, cells in the contract's order or None, op) for each row."""
    kind = format_of(contract, path)
    if kind == "jsonl":
        yield from jsonl_rows(contract, path, columns)
        return
    rows = parquet_rows(path) if kind == "parquet" else csv_rows(contract, path)
    first = next(rows, None)
    if first is None:
        raise Refused("the file is empty")
    header = first[1]
    at, op = positions(contract, columns, header)
    width = len(header)
    for line, cells in rows:
        if len(cells) != width:
            yield line, None, None
        else:
            own = ["" if index is None else cells[index] for index in at]
            yield line, own, "" if op is None else cells[op]


def as_at_of(contract, path, stated):
    """The moment a file speaks of: stated, else its manifest, else its name."""
    if stated:
        return dt.datetime.fromisoformat(stated)
    manifest = path.with_name(path.name + ".manifest.json")
    if manifest.exists():
        claimed = json.loads(manifest.read_text()).get("as_at")
        if claimed:
            return dt.datetime.fromisoformat(claimed)
    for pattern in contract["files"]:
        found = name_pattern(pattern).fullmatch(path.name)
        if found and found.groupdict().get("date"):
            return dt.datetime.strptime(found["date"], "%Y%m%d")
        if found and found.groupdict().get("month"):
            year, month = map(int, found["month"].split("-"))
            return dt.datetime(year + month // 12, month % 12 + 1, 1)
    return dt.datetime.fromtimestamp(path.stat().st_mtime)


def name_pattern(pattern):
    text = re.escape(pattern).replace(r"\*", ".*")
    text = text.replace(r"\{date\}", "(?P<date>[0-9]{8})")
    text = text.replace(r"\{month\}", "(?P<month>[0-9]{4}-[0-9]{2})")
    return re.compile(rf"{text}(\.gz|\.zst)?")


# --- The judgement ----------------------------------------------------------


class Tally:
    def __init__(self):
        self.rows = self.rejected = self.duplicates = 0
        self.faults = []
        self.warned = []
        self.refusals = []

    def fault(self, line, column, value, reason):
        self.faults.append({"line": line, "column": column, "value": value, "reason": reason})


def reconcile(contract, path, as_at=None, by=None):
    """What a file comes to under a contract; sums also by the column `by`."""
    path = pathlib.Path(path)
    moment_of_file = as_at_of(contract, path, as_at)
    key = contract.get("key", [])
    columns = [Column(spec, key, moment_of_file.year) for spec in contract["columns"]]
    tally = Tally()
    try:
        sound = list(sound_rows(contract, columns, path, tally))
        accepted = settle(key, columns, sound, tally)
        refuse_many_rejects(contract, tally)
    except Refused as refused:
        tally.refusals.append(str(refused))
        accepted = []
    return report(contract, columns, path, tally, accepted, by)


def sound_rows(contract, columns, path, tally):
    op_map = contract.get("op", {}).get("map", {})
    is_delta = contract["mode"] == "delta"
    for line, cells, op in file_rows(contract, path, columns):
        tally.rows += 1
        if cells is None:
            tally.rejected += 1
            tally.fault(line, None, None, "not a row of this shape")
            continue
        op = op.strip(SPACE)
        op = op_map.get(op, op).upper() if is_delta and op else None
        row, wrong, warned = judge_row(columns, cells, op)
        if op is not None and op not in ("I", "U", "D"):
            wrong.append(("op", op, "expected I, U or D", "reject_row"))
        for name, value, reason, otherwise in wrong:
            tally.fault(line, name, value, reason)
            if otherwise == "reject_file":
                tally.refusals.append(f"line {line}: {name}: {reason}")
        tally.warned += ({"line": line, "column": n, "value": v} for n, v in warned)
        if wrong:
            tally.rejected += 1
        else:
            yield line, op, row


def judge_row(columns, cells, op):
    row, wrong, warned = [], [], []
    for column, cell in zip(columns, cells):
        value, reason, text = column.read(cell)
        if reason is None and value is None and is_missed(column, op):
            wrong.append((column.name, None, "empty", column.otherwise))
        elif reason is not None and column.otherwise == "warn" and not column.is_key:
            warned.append((column.name, text))
        elif reason is not None:
            wrong.append((column.name, text, reason, column.otherwise))
        row.append(value)
    return tuple(row), wrong, warned


def is_missed(column, op):
    """A removal needs no more than its key."""
    return column.is_key or (column.is_required and op != "D")


def settle(key, columns, sound, tally):
    """Equal rows of one key count once; differing ones are all rejected."""
    if not key:
        return sound
    at = [[column.name for column in columns].index(name) for name in key]
    by_key = {}
    for line, op, row in sound:
        by_key.setdefault(tuple(row[index] for index in at), []).append((line, op, row))
    accepted = []
    for rows in by_key.values():
        if all(other[1:] == rows[0][1:] for other in rows):
            accepted.append(rows[0])
            tally.duplicates += len(rows) - 1
            continue
        tally.rejected += len(rows)
        for line, _, row in rows:
            value = ", ".join(str(row[index]) for index in at)
            tally.fault(line, ", ".join(key), value, "one key, differing rows")
    return accepted


def refuse_many_rejects(contract, tally):
    limits = contract.get("rejects")
    if limits and tally.rejected >= limits["at_least"]:
        if tally.rejected > limits["refuse_above"] * tally.rows:
            raise Refused(f"{tally.rejected} of {tally.rows} rows rejected")


def report(contract, columns, path, tally, accepted, by):
    if tally.refusals:
        accepted = []
    rows = [row for _, _, row in accepted]
    found = {
        "file": path.name,
        "recognised": any(name_pattern(p).fullmatch(path.name) for p in contract["files"]),
        "refused": tally.refusals,
        "rows": tally.rows,
        "accepted": len(rows),
        "rejected": tally.rejected,
        "duplicates": tally.duplicates,
        "warnings": len(tally.warned),
        "distinct": len(set(rows)),
        "ops": dict(Counter(op for _, op, _ in accepted if op)),
        "sums": sums(columns, rows),
    }
    if by:
        at = [column.name for column in columns].index(by)
        groups = {}
        for row in rows:
            groups.setdefault(row[at], []).append(row)
        found["sums_by"] = {
            group: {"rows": len(held), **sums(columns, held)} for group, held in groups.items()
        }
    found["warned"] = tally.warned
    found["faults"] = sorted(tally.faults, key=lambda f: (f["line"], f["column"] or ""))
    return found


def sums(columns, rows):
    """The sum of each number column; decimals as text, to the last digit."""
    found = {}
    for index, column in enumerate(columns):
        held = [row[index] for row in rows if row[index] is not None]
        if column.kind == "integer":
            found[column.name] = sum(held)
        elif column.kind == "decimal":
            found[column.name] = f"{sum(held, Decimal(0)):f}"
    return found


def load(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("contract")
    arguments.add_argument("data")
    arguments.add_argument("--as-at", help="the moment the file speaks of, ISO")
    arguments.add_argument("--by", help="give the sums for each value of this column too")
    arguments.add_argument("--faults", type=int, help="print at most so many faults")
    given = arguments.parse_args()
    found = reconcile(load(given.contract), given.data, given.as_at, given.by)
    if given.faults is not None:
        found["faults"] = found["faults"][: given.faults]
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
