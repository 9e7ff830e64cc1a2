"""Staff in date on courses, by every completion that the extract has.

The newest row of somebody's course says whether, since when and until when it is
required; where no row of the extract says since when, it holds the newest
completion and today's eligibility alone, and tells the last full month.
"""

import collections

from measures.asked import last_day, later, rows, share


def in_date(world, asked, courses):
    """Staff in date at a month's end on every one of some courses for which they
    are eligible then."""
    staff = collections.defaultdict(lambda: collections.defaultdict(list))
    for one in world.all("training"):
        if one.course in courses:
            staff[one.staff_id][one.course].append(one)
    dated = any(one.eligible_from is not None for one in world.all("training"))
    for month in months(world, asked, dated):
        for held in staff.values():
            yield from counted(held.values(), month, dated)


def counted(held, month, dated):
    end = last_day(month)
    wanted = [course for course in held if is_eligible(newest(course), end, dated)]
    if wanted:
        role = max(newest(course).role for course in wanted).capitalize()
        hit = share(all(any(is_in_date(one, end) for one in course) for course in wanted))
        yield from rows(month, groups=[role], **hit)


def months(world, asked, dated):
    if dated:
        yield from asked.every_month()
    elif of_the_time(world, asked):
        yield later(asked.until, -1)


def newest(course):
    return max(course, key=lambda one: one.renewal)


def is_eligible(one, day, dated):
    if dated and one.eligible_from is not None and one.eligible_from > day:
        return False
    if one.eligible_until is not None:
        return one.eligible_until >= day
    return one.eligible


def of_the_time(world, asked):
    """No more than one completion in a thousand is of a month or more later."""
    completed = [one.completed_on for one in world.all("training") if one.completed_on]
    after = sum(day >= later(asked.until, 1) for day in completed)
    return 1000 * after <= len(completed)


def is_in_date(one, day):
    if one.completed_on is None or one.completed_on > day:
        return False
    return one.expires_on is None or one.expires_on >= day
