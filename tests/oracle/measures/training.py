"""Staff in date on courses, as the newest extract has them."""

import collections

from measures.asked import last_day, rows, share


def in_date(world, asked, courses):
    """Staff in date on every one of some courses for which they are eligible."""
    eligible = collections.defaultdict(list)
    for one in world.all("training"):
        if one.course in courses and one.eligible:
            eligible[one.staff_id].append(one)
    for month in asked.every_month():
        last = last_day(month)
        for trained in eligible.values():
            roles = sorted({one.role.capitalize() for one in trained})
            hit = share(all(is_in_date(one, last) for one in trained))
            yield from rows(month, groups=roles, **hit)


def is_in_date(one, day):
    if one.completed_on is None or one.completed_on > day:
        return False
    return one.expires_on is None or one.expires_on >= day
