"""95% intervals, in the unit of the figure: Wilson for shares, Garwood's exact
one for rates, the logarithm for a ratio of two counts, order statistics for
medians, Newcombe's for a gap of two weighted shares.
"""

import math

from scipy import stats

TAIL = 0.025
Z = stats.norm.ppf(1 - TAIL)


def wilson(share, cases):
    """Wilson's score interval of a share of so many cases."""
    spread = Z * math.sqrt(share * (1 - share) / cases + Z**2 / (4 * cases**2))
    middle, scale = share + Z**2 / (2 * cases), 1 + Z**2 / cases
    return (middle - spread) / scale, (middle + spread) / scale


def times(interval, factor):
    return tuple(factor * end for end in interval)


def of_proportion(numerator, denominator):
    return times(wilson(numerator / denominator, denominator), 100)


def of_rate(events, exposed):
    """Garwood 1936: points of chi-square on 2k and 2k + 2 degrees of freedom."""
    low = stats.chi2.ppf(TAIL, 2 * events) / 2 if events else 0.0
    high = stats.chi2.ppf(1 - TAIL, 2 * events + 2) / 2
    return times((low, high), 1000 / exposed)


def of_change(now, then):
    """The logarithm of the ratio has variance 1/x + 1/y; none without either."""
    if not now or not then:
        return None
    spread = Z * math.sqrt(1 / now + 1 / then)
    return tuple(100 * (now / then * math.exp(side * spread) - 1) for side in (-1, 1))


def of_median(cases):
    """The innermost ranks outside which a fair coin leaves 2.5% a side at most."""
    ranks = [
        rank
        for rank in range(1, len(cases) // 2 + 1)
        if stats.binom.cdf(rank - 1, len(cases), 0.5) <= TAIL
    ]
    if not ranks:
        return None
    rank = max(ranks)
    return float(cases[rank - 1]), float(cases[-rank])


def of_gap(one, other):
    """Newcombe 1998, method 10, of the two weighted shares."""
    value = one.value - other.value
    (low, high), (other_low, other_high) = one.interval, other.interval
    below = math.hypot(one.value - low, other_high - other.value)
    above = math.hypot(high - one.value, other.value - other_low)
    return value - below, value + above
