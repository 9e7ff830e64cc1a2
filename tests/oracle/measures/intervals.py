"""95% intervals, in the unit of the figure."""

import math

from scipy import stats

Z = stats.norm.ppf(0.975)


def wilson(share, cases):
    """Wilson's score interval of a share of so many cases."""
    if cases <= 0 or not 0 <= share <= 1:
        return None
    spread = Z * math.sqrt(share * (1 - share) / cases + Z**2 / (4 * cases**2))
    middle, scale = share + Z**2 / (2 * cases), 1 + Z**2 / cases
    return (middle - spread) / scale, (middle + spread) / scale


def times(interval, factor):
    return interval and tuple(factor * end for end in interval)


def of_proportion(numerator, denominator):
    return times(wilson(numerator / denominator, denominator), 100)


def of_rate(numerator, denominator):
    return None


def of_change(numerator, denominator):
    return None


def of_median(cases):
    return None


def of_gap(one, other):
    return None
