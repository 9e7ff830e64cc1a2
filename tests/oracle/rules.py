"""The rules of a list: `[list]` of its job, the weights, the basket.

Weights are whole thousandths of a day, so that every sum is exact.
"""

import csv
import dataclasses
import datetime as dt
import json
import tomllib
from decimal import Decimal

NO_FURTHER_ACTION = (14, 15, 16, 18)


@dataclasses.dataclass(frozen=True)
class Rules:
    edition: str = "starter-2026"
    compare_editions: tuple = ()
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
        self.basket = {row["ho_code"]: row for row in read(job / "basket.csv")}
        self.aliases = {
            row["recorded_code"]: row["index_code"] for row in read(job / "index/aliases.csv")
        }
        self._editions = {}

    def place(self, code):
        """The basket's row of a code; a retired code without one takes that of
        the code it is led to."""
        return self.basket.get(code) or self.basket.get(self.aliases.get(code)) or {}

    def edition(self, name):
        """Rows of an edition by code, the weight in thousandths of a day."""
        if name not in self._editions:
            rows = read(self.job / f"index/{name}.csv")
            self._editions[name] = {
                row["ho_code"]: row | {"milli": milli(row["days"])} for row in rows
            }
        return self._editions[name]


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


def milli(days):
    return int(Decimal(days) * 1000)


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
