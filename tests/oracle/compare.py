"""Holds two readings against one another, field by field.

A reading is a dict of key to dict of field to value. Days are thousandths.
"""

from collections import Counter
from decimal import Decimal

MOST_SHOWN = 20


class Comparison:
    def __init__(self):
        self.tally = Counter()
        self.first = {}

    def table(self, title, noun, expected, found):
        """Compares, tells a line, keeps what differs."""
        before = self.tally.total()
        for key in sorted(expected.keys() | found.keys(), key=str):
            self.row(title, noun, key, expected.get(key), found.get(key))
        differ = self.tally.total() - before
        fields = len(next(iter(expected.values()), {}))
        print(f"{title}: {len(expected):,} {noun}, {fields} fields, {differ:,} differ", flush=True)

    def row(self, title, noun, key, expected, found):
        if expected is None or found is None:
            side = "the program" if expected is None else "the oracle"
            self.differ(f"{noun}, whole rows", f"{title}: {key}: only {side} has it")
            return
        for field, value in expected.items():
            if not same(value, found.get(field)):
                told = f"oracle {shown(value)}, program {shown(found.get(field))}"
                self.differ(f"{noun}, {field}", f"{title}: {key}: {told}")

    def differ(self, field, told):
        self.tally[field] += 1
        self.first.setdefault(field, []).append(told)

    def report(self):
        """What differs by field, and the first differences, turn about."""
        for field, number in self.tally.most_common():
            print(f"{number:,} differ in {field}")
        share = max(1, MOST_SHOWN // max(1, len(self.first)))
        for field, told in self.first.items():
            for line in told[:share]:
                print(f"{field}: {line}")
        return 1 if self.tally else 0


def same(one, other):
    if isinstance(one, float) and other is not None:
        return abs(one - float(other)) < 1e-9 * max(1.0, abs(one))
    return one == other


def shown(value):
    return "nothing" if value is None else value


def milli(days):
    """Days as the program prints them, in thousandths."""
    return None if days is None else int(Decimal(str(days)) * 1000)
