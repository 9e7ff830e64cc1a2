"""Staff in date on courses at the ends of months.

The row of the newest completion says who has to hold a course, since when and
until which day. Where no row of the extract says since when, it holds today's
staff and newest completions alone: then one month can be told, the last.
"""

import collections

from measures.asked import last_day, later, rows, share


def in_date(world, asked, courses):
    """Staff in date on every one of some courses that they have to hold."""
    completions = collections.defaultdict(list)
    for one in sorted(world.all("training"), key=lambda one: one.renewal):
        if one.course in courses:
            completions[one.staff_id, one.course].append(one)
    role_of, told = {}, []
    for month, is_dated in told_months(world, asked):
        end, held = last_day(month), collections.defaultdict(list)
        for (staff, _), rows_of_course in completions.items():
            newest = rows_of_course[-1]
            if has_to_hold(newest, end, is_dated):
                held[staff].append(any(is_in_date(one, end) for one in rows_of_course))
                role_of[staff] = max(role_of.get(staff, ""), newest.role)
        told += [(month, staff, all(hits)) for staff, hits in held.items()]
    for month, staff, hit in told:
        yield from rows(month, groups=[role_of[staff].capitalize()], **share(hit))


def told_months(world, asked):
    if any(one.eligible_from is not None for one in world.all("training")):
        yield from ((month, True) for month in asked.every_month())
    elif of_the_time(world, asked):
        yield later(asked.until, -1), False


def of_the_time(world, asked):
    """No more than one completion in a thousand is of a month or more later."""
    completed = [one.completed_on for one in world.all("training") if one.completed_on]
    after = sum(day >= later(asked.until, 1) for day in completed)
    return 1000 * after <= len(completed)


def has_to_hold(one, day, is_dated):
    if is_dated and one.eligible_from is not None and one.eligible_from > day:
        return False
    return one.eligible if one.eligible_until is None else one.eligible_until >= day


def is_in_date(one, day):
    if one.completed_on is None or one.completed_on > day:
        return False
    return one.expires_on is None or one.expires_on >= day
