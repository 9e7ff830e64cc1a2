#!/usr/bin/env python3
"""Holds the harm list against a second reading of the same extracts.

    run.py --daybook PATH [--suspects 3000] [--seeds 7,11,23] [--data FOLDER]

Makes deployments in a folder that goes away, lets the program make lists there,
reads the same files from the rules alone, and compares field by field. Prints a
line per comparison; ends with 1 and the first differences when any differ.
"""

import argparse
import pathlib
import sys
import tempfile

import chicago
import london
from compare import Comparison


def main():
    told = arguments()
    comparison = Comparison()
    with tempfile.TemporaryDirectory(prefix="daybook-oracle-") as folder:
        work = pathlib.Path(told.keep or folder)
        for place, seed in enumerate(told.seeds):
            london.run(told.daybook, work, seed, place, told.suspects, comparison)
        if told.data:
            chicago.run(told.daybook, work, told.data, comparison)
    return comparison.report()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daybook", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--suspects", type=int, default=3000)
    parser.add_argument(
        "--seeds",
        type=lambda text: [int(seed) for seed in text.split(",") if seed],
        default=[7, 11, 23],
    )
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--keep", help="an empty folder to work in, which stays")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
