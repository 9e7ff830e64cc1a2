#!/usr/bin/env python3
"""Runs the second reading over every real file and writes the figures down.

    expected.py DATA_FOLDER [OUTPUT_FOLDER]

DATA_FOLDER holds `street`, `met-vawg` and `person-level`. Writes expected.md
and expected.json. Faults are given by line, column and reason, without values.
"""

import json
import pathlib
import sys
import time
from collections import Counter

from reconcile import load, reconcile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Where the contracts of each folder below lie.
FOLDERS = {
    "sources": ROOT / "jobs/nightly-ingest/sources",
    "chicago": ROOT / "tests/it/fixtures/chicago",
}
CHICAGO = "person-level/chicago-complaints-2000-2016"
# Contract, files; the moment is stated where a file's name does not give one.
RUNS = [
    ("sources/street_crimes.toml", "street/*-street.csv", None),
    ("sources/street_outcomes.toml", "street/*-outcomes.csv", None),
    ("sources/met_vawg_offences.toml", "met-vawg/offences.parquet", "2026-03-01"),
    ("sources/met_vawg_victims.toml", "met-vawg/victims.parquet", "2026-03-01"),
    ("chicago/crimes.toml", f"{CHICAGO}/complaints.csv.gz", "2016-11-01"),
    ("chicago/parties.toml", f"{CHICAGO}/accused.csv.gz", "2016-11-01"),
    ("chicago/nominals.toml", f"{CHICAGO}/accused.csv.gz", "2016-11-01"),
    ("chicago/complaint_victims.toml", f"{CHICAGO}/victims.csv.gz", "2016-11-01"),
]
FIGURES = ("rows", "accepted", "rejected", "duplicates", "warnings", "distinct")


def run(data):
    found = []
    for contract_path, files, as_at in RUNS:
        folder, name = contract_path.split("/")
        contract = load(FOLDERS[folder] / name)
        for path in sorted(data.glob(files)):
            began = time.monotonic()
            by = "sheet" if "met_vawg" in contract_path else None
            result = reconcile(contract, path, as_at, by)
            faults, warned = result.pop("faults"), result.pop("warned")
            reasons = Counter(f"{f['column']}: {f['reason']}" for f in faults)
            result |= {
                "contract": contract_path,
                "fault_reasons": dict(reasons),
                "faults": [{k: f[k] for k in ("line", "column", "reason")} for f in faults],
                "warned": [{k: w[k] for k in ("line", "column")} for w in warned],
            }
            found.append(result)
            print(f"{time.monotonic() - began:5.1f} s  {contract_path}  {path.name}", file=sys.stderr)
    return found


def table(found):
    yield "| contract | file | " + " | ".join(FIGURES) + " | sums |"
    yield "|---|---|" + "--:|" * len(FIGURES) + "---|"
    for result in found:
        figures = " | ".join(f"{result[name]:,}" for name in FIGURES)
        name = result["file"] + (" (**refused**)" if result["refused"] else "")
        sums = ", ".join(f"{k} {v}" for k, v in result["sums"].items())
        yield f"| {result['contract']} | {name} | {figures} | {sums} |"


def totals(found):
    yield "| contract | files | " + " | ".join(FIGURES[:5]) + " |"
    yield "|---|--:|" + "--:|" * 5
    for contract in dict.fromkeys(result["contract"] for result in found):
        mine = [result for result in found if result["contract"] == contract]
        figures = " | ".join(f"{sum(r[name] for r in mine):,}" for name in FIGURES[:5])
        yield f"| {contract} | {len(mine)} | {figures} |"


def sheets(found):
    yield "| file | sheet | rows | sum |"
    yield "|---|---|--:|--:|"
    for result in found:
        for sheet, held in sorted(result.get("sums_by", {}).items()):
            rows, total = held.values()
            yield f"| {result['file']} | {sheet} | {rows:,} | {total:,} |"


def remarks(found):
    for result in found:
        for kind in ("faults", "warned"):
            for one in result[kind]:
                yield f"- {result['file']}, line {one['line']}, {one['column']}: {kind}"


def main():
    data = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ".")
    found = run(data)
    text = [
        "# What the real files come to",
        "",
        "By a second reading of the contracts, independent of the program. Sums are",
        "over accepted rows; `distinct` counts rows of different content.",
        "",
        *totals(found),
        "",
        "Stacked sheets, each of which holds everything once:",
        "",
        *sheets(found),
        "",
        "Rejected or warned of:",
        "",
        *remarks(found),
        "",
        *table(found),
    ]
    (out / "expected.md").write_text("\n".join(text) + "\n")
    (out / "expected.json").write_text(json.dumps(found, indent=1) + "\n")
    print("\n".join(text))


if __name__ == "__main__":
    main()
