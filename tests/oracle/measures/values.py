"""From the rows of a cell to its figures, by kind of measure."""

import dataclasses
import statistics

from measures import intervals


@dataclasses.dataclass
class Cell:
    numerator: float | None = None
    denominator: float | None = None
    cases: int | None = None
    value: float | None = None
    interval: tuple | None = None
    # Cases or amount on which the value rests.
    rests_on: float = 0

    def figures(self, is_told):
        low, high = self.interval or (None, None)
        told = {"value": self.value, "low": low, "high": high}
        counted = {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "cases": self.cases,
        }
        return counted | {name: value if is_told else None for name, value in told.items()}


def cell(definition, parts):
    """The cell of a month (one part) or of a year (twelve); none to be shown."""
    return KINDS[definition.kind](definition, parts)


def median(_, parts):
    cases = sorted(row["value"] for rows in parts for row in rows)
    if not cases:
        return None
    return Cell(
        cases=len(cases),
        value=float(statistics.median(cases)),
        interval=intervals.of_median(cases),
        rests_on=len(cases),
    )


def survey(_, parts):
    answers = [row for rows in parts for row in rows]
    weights = [float(row["weight"]) for row in answers]
    agreed = sum(float(row["weight"]) * row["numerator"] for row in answers)
    total = sum(weights)
    if not total:
        return Cell(cases=len(answers))
    # Kish: responses that would say as much without weights.
    effective = total**2 / sum(weight**2 for weight in weights)
    share = agreed / total
    return Cell(
        numerator=agreed,
        denominator=total,
        cases=len(answers),
        value=100 * share,
        interval=intervals.times(intervals.wilson(share, effective), 100),
        rests_on=len(answers),
    )


def gap(one, other):
    """In points; it rests on the smaller side."""
    cases = min(one.cases, other.cases)
    if one.value is None or other.value is None:
        return Cell(cases=cases)
    return Cell(
        cases=cases,
        value=one.value - other.value,
        interval=intervals.of_gap(one, other),
        rests_on=cases,
    )


def count(definition, parts):
    number = total(definition, parts, "numerator", len(parts))
    return Cell(numerator=number, value=float(number), rests_on=number)


def fraction(definition, parts):
    """Proportions, shares, rates, ratios and changes."""
    held = [rows for rows in parts if rows]
    if not held:
        return Cell()
    numerator = total(definition, held, "numerator", len(held))
    denominator = total(definition, held, "denominator", len(held))
    if denominator <= 0:
        return Cell(numerator, denominator, rests_on=denominator)
    share = numerator / denominator
    value, interval = {
        "proportion": (100 * share, intervals.of_proportion),
        "share": (100 * share, None),
        "ratio": (share, None),
        "rate": (1000 * share, intervals.of_rate),
        "change": (100 * (share - 1), intervals.of_change),
    }[definition.kind]
    return Cell(
        numerator,
        denominator,
        value=value,
        interval=interval and interval(numerator, denominator),
        rests_on=denominator,
    )


def total(definition, parts, column, over):
    """A flow's sum; a stock's mean over its month ends."""
    whole = sum(row[column] for rows in parts for row in rows)
    if definition.series == "stock" and over > 1:
        return float(whole) / over
    return int(whole) if whole == int(whole) else float(whole)


KINDS = {
    "count": count,
    "median": median,
    "survey": survey,
    "proportion": fraction,
    "share": fraction,
    "rate": fraction,
    "ratio": fraction,
    "change": fraction,
}
