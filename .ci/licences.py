"""Writes what a release package has to carry: every crate in the program with
its licence and its licence's text, and those of DuckDB and of the font.

    .ci/licences.py LICENCES.txt

A crate without a licence, or that brings neither a text of its own nor a
licence whose text stands in `.ci/licences`, is an error.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

TEXTS = Path(__file__).parent / "licences"
NAMES = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicen[cs]e)", re.I)
HEAD = """Licences of what daybook is made of

daybook itself: MIT OR Apache-2.0. This file is written by .ci/licences.py from
Cargo.lock; do not change it by hand.
"""


def crates():
    """Every crate that is compiled into the program on Linux."""
    told = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1",
         "--filter-platform", "x86_64-unknown-linux-gnu"],
        check=True, stdout=subprocess.PIPE,
    )
    graph = json.loads(told.stdout)
    packages = {package["id"]: package for package in graph["packages"]}
    nodes = {node["id"]: node for node in graph["resolve"]["nodes"]}
    root = graph["resolve"]["root"]
    reached, ahead = set(), [root]
    while ahead:
        one = ahead.pop()
        if one in reached:
            continue
        reached.add(one)
        for dependency in nodes[one]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                ahead.append(dependency["pkg"])
    # Those without a source are the project's own.
    found = [packages[one] for one in reached if packages[one]["source"]]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def texts_of(package):
    """The licence texts that a crate brings, also beside its assets."""
    folder = Path(package["manifest_path"]).parent
    places = [folder, *folder.glob("assets/*/"), *folder.glob("LICENSES/")]
    files = [file for place in places for file in sorted(place.iterdir())
             if file.is_file() and (NAMES.match(file.name) or place.name == "LICENSES")]
    return [file.read_text("utf-8", "replace").strip() for file in files]


def texts_by_name(licence):
    """Texts kept here for crates that bring none: the first alternative of
    which every part is here."""
    for choice in re.split(r"\s+OR\s+|/", licence):
        parts = re.split(r"\s+AND\s+", choice.strip(" ()"))
        files = [TEXTS / f"{part.strip(' ()')}.txt" for part in parts]
        if all(file.exists() for file in files):
            return [file.read_text("utf-8").strip() for file in files]
    return []


def listed():
    """`name version`, licence, and texts."""
    for package in crates():
        licence = package["license"]
        name = f"{package['name']} {package['version']}"
        texts = texts_of(package) or texts_by_name(licence or "")
        if not licence or not texts:
            sys.exit(f"{name}: no licence or no text of it ({licence})")
        yield name, licence, texts
    for file in sorted(TEXTS.glob("with-*.txt")):
        head, text = file.read_text("utf-8").split("\n", 1)
        name, licence = head.rsplit(": ", 1)
        yield name, licence, [text.strip()]


def main():
    rows, holders = [], {}
    for name, licence, texts in listed():
        rows.append(f"{name}: {licence}")
        for text in texts:
            key = re.sub(r"\W+", " ", text).strip().lower()
            holders.setdefault(key, ([], text))[0].append(name)
    parts = [HEAD, "\n".join(rows)]
    for names, text in holders.values():
        lines = "\n".join(line.rstrip() for line in text.splitlines())
        parts.append("=" * 72 + "\n" + ", ".join(names) + "\n" + "-" * 72 + "\n" + lines)
    Path(sys.argv[1]).write_text("\n\n".join(parts) + "\n", "utf-8")
    print(f"licences: {len(rows)} parts, {len(holders)} texts")


main()
