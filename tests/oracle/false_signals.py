#!/usr/bin/env python3
"""Counts the XmR signals of series that hold nothing but chance.

    VENV/bin/python tests/oracle/false_signals.py

Draws a million series of independent normal months for each length, from a
fixed seed, and writes crates/statistics/src/series/fixtures/false_signals.csv: in how
many the newest month carries a signal, and in how many any month does. The
table in crates/statistics/src/series/false_signals.rs is held to that file, and the
program's own rules to the table, on series of its own drawing.

    VENV/bin/python tests/oracle/false_signals.py --other

prints the same shares for series of 24 months that are not independent normal
noise: small counts, months that follow on one another, rolling years.
"""

import pathlib
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

OUTPUT = (pathlib.Path(__file__).resolve().parents[2]
          / "crates/statistics/src/series/fixtures/false_signals.csv")
LENGTHS = [*range(5, 25), 30, 36, 48, 60, 90, 120]
SERIES = 1_000_000
BLOCK = 25_000


def main():
    random = np.random.default_rng(20261121)
    if "--other" in sys.argv:
        return other(random)
    lines = ["points,series,newest,any"]
    for length in LENGTHS:
        newest, anywhere = counted(lambda: random.standard_normal((BLOCK, length)))
        lines.append(f"{length},{SERIES},{newest},{anywhere}")
        print(lines[-1], flush=True)
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def counted(draw):
    newest = anywhere = 0
    for _ in range(SERIES // BLOCK):
        marked = marks(draw())
        newest += int(marked[:, -1].sum())
        anywhere += int(marked.any(axis=1).sum())
    return newest, anywhere


def marks(values):
    """Which months of which series (a row each) carry a signal."""
    from_mean = values - values.mean(axis=1, keepdims=True)
    reach = 2.66 * np.abs(np.diff(values, axis=1)).mean(axis=1, keepdims=True)
    marked = np.abs(from_mean) > reach
    for sign in (1, -1):
        above = sign * from_mean > 0
        near = sign * from_mean > reach * 2 / 3
        if values.shape[1] >= 7:
            marked |= spread(every(above, 7), 7)
            marked |= spread(every(sign * np.diff(values, axis=1) > 0, 6), 7)
        two = sliding_window_view(near, 3, axis=1).sum(axis=2) >= 2
        marked |= spread(every(above, 3) & two, 3) & near
    return marked


def every(holds, width):
    return sliding_window_view(holds, width, axis=1).all(axis=2)


def spread(windows, width):
    """From windows that fulfil a rule to the months that stand in them."""
    months = np.zeros((windows.shape[0], windows.shape[1] + width - 1), dtype=bool)
    for at in range(width):
        months[:, at:at + windows.shape[1]] |= windows
    return months


def other(random):
    months = 24
    kinds = {f"Poisson counts, mean {mean}": lambda mean=mean: random.poisson(mean, (BLOCK, months)).astype(float)
             for mean in (1, 3, 10, 50)}
    for share in (0.2, 0.5, 0.9):
        kinds[f"months that keep {share} of the last one"] = lambda share=share: following(random, share, months)
    for height in (0.5, 1.0):
        kinds[f"a season {height} deviations high"] = lambda height=height: seasonal(random, height, months)
    kinds["rolling 12 months"] = lambda: sliding_window_view(
        random.standard_normal((BLOCK, months + 11)), 12, axis=1).sum(axis=2)
    for name, draw in kinds.items():
        newest, anywhere = counted(draw)
        print(f"{name}: newest {newest / SERIES:.4f}, any {anywhere / SERIES:.4f}", flush=True)


def following(random, share, months):
    noise = random.standard_normal((BLOCK, months + 60))
    for at in range(1, noise.shape[1]):
        noise[:, at] += share * noise[:, at - 1]
    return noise[:, 60:]


def seasonal(random, height, months):
    """A yearly wave; the newest month may be any of the twelve."""
    month = random.integers(0, 12, (BLOCK, 1)) + np.arange(months)
    return random.standard_normal((BLOCK, months)) + height * np.sin(month * np.pi / 6)


if __name__ == "__main__":
    main()
