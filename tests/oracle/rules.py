"""The rules of a list: `[list]` of its job, the weights, the basket.

Weights are whole thousandths of a day, so that every sum is exact.
"""

import csv
import dataclasses
import datetime as dt
import json
import re
import tomllib
from decimal import Decimal

NO_FURTHER_ACTION = (14, 15, 16, 18)


@dataclasses.dataclass(frozen=True)
class Rules:
    edition: str = "starter-2026"
    compare_editions: tuple = ()
    basket: str = "npcc"
    size: int = 100
    reserve: int = 100
    window_days: int = 365
    compare_windows: tuple = (180, 730)
    window_by: str = "reported"
    minimum_age: int = 18
    count_alleged_under_age: bool = True
    rank_deceased: bool = False
    rank_in_custody: bool = True
    follow_merges: bool = True
    count_cancelled: bool = False
    count_conditional_codes: bool = True
    count_proactive: bool = False
    count_no_further_action: bool = True
    most_suspects: int = 50
    counter_allegation: str = "block"
    contested: str = "restrict"
    # Outcomes whose allegations do not count; no setting, one of the variants.
    without_outcomes: tuple = ()

    @property
    def kept(self):
        """People whose allegations a list keeps."""
        return self.size + self.reserve

    def window(self, as_of):
        """First day that counts, and the first that does not any more."""
        return as_of - dt.timedelta(days=self.window_days), as_of

    def but(self, **changed):
        return dataclasses.replace(self, **changed)


class Tables:
    """The tables beside a list's job."""

    def __init__(self, job):
        self.job = job
        name = load(job).basket
        file = "basket.csv" if name == "npcc" else f"basket-{name}.csv"
        self.basket = {row["ho_code"]: row for row in read(job / file)}
        self.aliases = {
            row["recorded_code"]: row["index_code"] for row in read(job / "index/aliases.csv")
        }
        self._editions = {}

    def place(self, code):
        """The basket's row of a code; a retired code without one takes that of
        the code it is led to."""
        return self.basket.get(code) or self.basket.get(self.aliases.get(code)) or {}

    def weight(self, edition, code, title):
        """The row of an edition that weighs a crime, in thousandths of a day: that
        of its title, or else that of its code; empty when there is none."""
        if edition not in self._editions:
            rows = read(self.job / f"index/{edition}.csv")
            self._editions[edition] = {
                (row["ho_code"], bare(row.get("for_title"))): row | {"milli": milli(row["days"])}
                for row in rows
            }
        held, code = self._editions[edition], self.aliases.get(code, code)
        return held.get((code, bare(title))) or held.get((code, "")) or {}


def load(job):
    """The rules as the job's file states them."""
    stated = tomllib.loads((job / "job.toml").read_text()).get("list", {})
    return Rules(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in stated.items()}
    )


def stating(text, key, value):
    """A job's file that states a setting of the list anew."""
    kept = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
    return "\n".join([*kept, f"{key} = {json.dumps(value)}", ""])


def bare(title):
    """A title by its letters a to z and digits alone."""
    return re.sub("[^a-z0-9]", "", re.sub("[^A-Za-z0-9]", "", title or "").lower())


def milli(days):
    return int(Decimal(days) * 1000)


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
