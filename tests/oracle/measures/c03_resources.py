"""Commitment 3: posts, training, open investigations."""

import collections

from measures.asked import FORCE, after, last_day, later, month_of, row, share
from measures.training import in_date

PROMISED = 565
VAWG_COURSES = ("vawg_awareness", "vawg_investigation")
LONG_DAYS = 90


def measures():
    return {
        "3.1": public_protection_posts,
        "3.2": lambda world, asked: in_date(world, asked, VAWG_COURSES),
        "3.3": crimes_per_investigator,
        "3.4": open_for_long,
    }


def public_protection_posts(world, asked):
    """A month without a count of its own is not known."""
    first = filled(world.workforce[min(world.workforce)], is_public_protection)
    for month in asked.every_month():
        counted = [day for day in world.workforce if month < day <= later(month, 1)]
        if counted:
            above = filled(world.workforce[max(counted)], is_public_protection) - first
            yield row(month, numerator=above, denominator=PROMISED)


def is_public_protection(post):
    return "Public Protection" in post.unit


def filled(posts, chosen):
    return sum(post.filled_fte for post in posts if chosen(post))


def is_open(crime, end):
    """Under investigation when a month ends: until its end is on record."""
    if crime.recorded_on >= end:
        return False
    return crime.status == "open" or crime.ended_on is not None and crime.ended_on >= end


def told_months(world, asked):
    """From a year after the first crime held: older ones still open are missing."""
    first = min((crime.recorded_on for crime in world.vawg()), default=asked.until)
    for month in asked.every_month():
        if month >= later(month_of(first), 12):
            yield month


def crimes_per_investigator(world, asked):
    for month in told_months(world, asked):
        end = later(month, 1)
        crimes = collections.Counter(crime.unit for crime in world.vawg() if is_open(crime, end))
        posts = collections.Counter()
        for post in world.posts_at_end(month):
            if post.role == "investigator":
                posts[post.unit] += post.filled_fte
        if sum(posts.values()):
            yield row(month, numerator=crimes.total(), denominator=posts.total())
        for unit, number in posts.items():
            if number:
                yield row(month, group=unit, numerator=crimes[unit], denominator=number)


def open_for_long(world, asked):
    for month in told_months(world, asked):
        end, last = later(month, 1), last_day(month)
        for crime in world.vawg():
            if is_open(crime, end):
                long = crime.recorded_on < after(last, -LONG_DAYS)
                for area in (FORCE, crime.borough):
                    yield row(month, area, **share(long))
