#!/usr/bin/env python3
"""Works out XmR limits and signals of series made by hand, and of drawn ones.

    python3 tests/oracle/xmr.py

Reads crates/statistics/src/series/fixtures/series.toml, compares the signals worked
out by hand with its own, and writes expected.json beside it, which the tests of
crates/statistics/src/series/xmr.rs hold the program to. Everything is reckoned in
fractions, so that "exactly on the limit" is exact.

The rules are those of NHS England's Making Data Count as documented with
NHSRplotthedots (vignettes; issues 143, 153, 156 and 194), read window by window
as that documentation has it: a point is special cause where any window of seven
or three that it stands in fulfils the rule.
"""

import json
import pathlib
import random
import sys
import tomllib
from fractions import Fraction

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "crates/statistics/src/series/fixtures"
FACTOR = Fraction(266, 100)
ORDER = ["run", "two_of_three", "trend", "outside"]


def main():
    text = (FOLDER / "series.toml").read_text(encoding="utf-8")
    made = tomllib.loads(text, parse_float=number)["series"]
    cases = []
    for one in made:
        case = worked(one["name"], [number(v) for v in one["values"]],
                      one.get("steps", []))
        found = [told(signal) for signal in case["signals"]]
        if found != one["signals"]:
            sys.exit(f"{one['name']}: by hand {one['signals']}, by rule {found}")
        cases.append(case)
    cases.extend(drawn(random.Random(20261121), 150))
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (FOLDER / "expected.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(made)} series made by hand agree; {len(cases)} in all")


def number(value):
    """A TOML number as a fraction; a month without a figure is None."""
    return None if value in ("nan", None) else Fraction(value)


def drawn(source, how_many):
    """Coarse numbers, so that ties and months on a line are common."""
    for at in range(how_many):
        length = source.randint(5, 40)
        width = source.choice([2, 4, 8, 30, 200])
        values = [Fraction(source.randint(0, width)) for _ in range(length)]
        if at % 3 == 0:
            climb = slice(first := source.randint(0, length - 1), first + 9)
            values[climb] = sorted(values[climb], reverse=source.random() < 0.5)
        if at % 2 == 0:
            values = [None if source.random() < 0.08 else v for v in values]
        steps = sorted(source.sample(range(length), 1)) if at % 5 == 0 else []
        yield worked(f"drawn {at}", values, steps)


def worked(name, values, steps):
    segments, signals = [], []
    marked = [False] * len(values)
    edges = sorted({0, len(values), *(step for step in steps if step < len(values))})
    for start, end in zip(edges, edges[1:]):
        months = values[start:end]
        limits = limits_of(months)
        segments.append({"from": start, "to": end - 1, "limits": limits and shown(limits)})
        if limits is None:
            continue
        for rule, is_high, points in windows(months, limits):
            for point in points:
                marked[start + point] = True
            signals.append((rule, is_high, start + min(points), start + max(points)))
    return {
        "name": name,
        "values": [None if v is None else float(v) for v in values],
        "steps": steps,
        "segments": segments,
        "signals": sorted(joined(signals), key=lambda s: (s[3], ORDER.index(s[0]), s[2], s[1])),
        "marked": [at for at, is_marked in enumerate(marked) if is_marked],
    }


def limits_of(months):
    known = [v for v in months if v is not None]
    ranges = [abs(b - a) for a, b in zip(months, months[1:]) if a is not None and b is not None]
    if len(ranges) < 4:
        return None
    mean = sum(known) / len(known)
    reach = FACTOR * sum(ranges) / len(ranges)
    return {"centre": mean, "lower": mean - reach, "upper": mean + reach,
            "points": len(known), "is_trial": len(known) < 12}


def shown(limits):
    return {k: float(v) if isinstance(v, Fraction) else v for k, v in limits.items()}


def windows(months, limits):
    """Every window that fulfils a rule, with the points that it marks."""
    centre = limits["centre"]
    for is_high, sign in ((True, 1), (False, -1)):
        reach = limits["upper"] - centre
        above = [v is not None and sign * (v - centre) > 0 for v in months]
        near = [v is not None and sign * (v - centre) > reach * 2 / 3 for v in months]
        far = [v is not None and sign * (v - centre) > reach for v in months]
        for at, is_far in enumerate(far):
            if is_far:
                yield "outside", is_high, [at]
        for at in range(len(months) - 6):
            seven = list(range(at, at + 7))
            if all(above[i] for i in seven):
                yield "run", is_high, seven
            pairs = [(months[i], months[i + 1]) for i in seven[:-1]]
            if all(None not in pair and sign * (pair[1] - pair[0]) > 0 for pair in pairs):
                yield "trend", is_high, seven
        for at in range(len(months) - 2):
            three = list(range(at, at + 3))
            beyond = [i for i in three if near[i]]
            if all(above[i] for i in three) and len(beyond) >= 2:
                yield "two_of_three", is_high, beyond


def joined(signals):
    """Windows of one rule and side that share a point are one signal."""
    done = []
    for rule, is_high, first, last in sorted(signals):
        if done and done[-1][:2] == [rule, is_high] and first <= done[-1][3]:
            done[-1][3] = max(last, done[-1][3])
        else:
            done.append([rule, is_high, first, last])
    return done


def told(signal):
    rule, is_high, first, last = signal
    return f"{rule} {'high' if is_high else 'low'} {first}-{last}"


if __name__ == "__main__":
    main()
