"""Staff in date on courses, as the newest extract has them."""

import collections

from measures.asked import last_day, later, rows, share


def in_date(world, asked, courses):
    """Staff in date on every one of some courses for which they are eligible, in
    the last full month, if the extract is of its time."""
    eligible = collections.defaultdict(list)
    for one in world.all("training"):
        if one.course in courses and one.eligible:
            eligible[one.staff_id].append(one)
    month = later(asked.until, -1)
    if of_the_time(world, asked):
        for trained in eligible.values():
            role = max(one.role for one in trained).capitalize()
            hit = share(all(is_in_date(one, last_day(month)) for one in trained))
            yield from rows(month, groups=[role], **hit)


def of_the_time(world, asked):
    """No more than one completion in a thousand is of a month or more later."""
    completed = [one.completed_on for one in world.all("training") if one.completed_on]
    after = sum(day >= later(asked.until, 1) for day in completed)
    return 1000 * after <= len(completed)


def is_in_date(one, day):
    if one.completed_on is None or one.completed_on > day:
        return False
    return one.expires_on is None or one.expires_on >= day
