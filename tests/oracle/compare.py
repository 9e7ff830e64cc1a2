"""Holds two readings against one another, field by field.

A reading is a dict of key to dict of field to value. Days are thousandths.
"""

from decimal import Decimal

MOST_SHOWN = 20


class Comparison:
    def __init__(self):
        self.differences = []
        self.lines = []

    def table(self, title, noun, expected, found):
        """Compares, tells a line, keeps what differs."""
        before = len(self.differences)
        for key in sorted(expected.keys() | found.keys(), key=str):
            self.row(title, key, expected.get(key), found.get(key))
        differ = len(self.differences) - before
        fields = len(next(iter(expected.values()), {}))
        line = f"{title}: {len(expected):,} {noun}, {fields} fields, {differ:,} differ"
        self.lines.append(line)
        print(line, flush=True)

    def row(self, title, key, expected, found):
        if expected is None or found is None:
            side = "the program" if expected is None else "the oracle"
            self.differences.append(f"{title}: {key}: only {side} has it")
            return
        for field, value in expected.items():
            if not same(value, found.get(field)):
                told = f"oracle {shown(value)}, program {shown(found.get(field))}"
                self.differences.append(f"{title}: {key}: {field}: {told}")

    def report(self):
        for difference in self.differences[:MOST_SHOWN]:
            print(difference)
        more = len(self.differences) - MOST_SHOWN
        if more > 0:
            print(f"and {more:,} more")
        return 1 if self.differences else 0


def same(one, other):
    if isinstance(one, float) and other is not None:
        return abs(one - float(other)) < 1e-9 * max(1.0, abs(one))
    return one == other


def shown(value):
    return "nothing" if value is None else value


def milli(days):
    """Days as the program prints them, in thousandths."""
    return None if days is None else int(Decimal(str(days)) * 1000)


def date(text):
    return None if text is None else str(text)
