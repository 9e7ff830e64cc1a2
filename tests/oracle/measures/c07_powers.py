"""Commitment 7: orders, breaches, disclosures."""

import collections

from measures.asked import after, day_of, later, month_of, row, rows, share

KINDS = {
    "SPO": "Stalking protection orders",
    "DVPN": "Domestic violence protection notices",
    "DVPO": "Domestic violence protection orders",
    "DAPN": "Domestic abuse protection notices",
    "DAPO": "Domestic abuse protection orders",
    "NMO": "Non-molestation orders",
    "SHPO": "Sexual harm prevention orders",
    "SRO": "Sexual risk orders",
    "RO": "Restraining orders",
}
ROUTES = {"ask": "Right to ask", "know": "Right to know"}
# A restraining order is a court's, a non-molestation order the victim's.
SOUGHT_BY_POLICE = ("SPO", "DVPN", "DVPO", "DAPN", "DAPO", "SHPO", "SRO")
COERCIVE_CONTROL = "008/67"
DAYS = 90


def measures():
    return {
        "7.1": in_force,
        "7.2": granted,
        "7.3": breaches_charged,
        "7.4": disclosures_made,
        "7.5": uncharged_with_an_order,
    }


def in_force(world, asked):
    orders = [one for one in world.all("orders") if one.decision == "granted" and one.decided_at]
    for month in asked.every_month():
        end = later(month, 1)
        for one in orders:
            ends = [day_of(when) for when in (one.expires_at, one.revoked_at) if when]
            if day_of(one.decided_at) < end and all(day >= end for day in ends):
                yield from rows(month, groups=[KINDS[one.kind]], numerator=1)


def granted(world, asked):
    for one in world.all("orders"):
        day = day_of(one.applied_at)
        if asked.shows(day):
            hit = one.decision == "granted" and asked.told(day_of(one.decided_at))
            yield row(month_of(day), group=KINDS[one.kind], **share(hit))


def breaches_charged(world, asked):
    kind_of = {one.order_ref: KINDS[one.kind] for one in world.all("orders")}
    for one in world.all("order_breaches"):
        day = day_of(one.breached_at)
        if asked.shows(day):
            groups = [kind_of[one.order_ref]] if one.order_ref in kind_of else []
            yield from rows(month_of(day), groups=groups, **share(one.charged))


def disclosures_made(world, asked):
    for one in world.all("disclosures"):
        day = day_of(one.applied_at)
        if asked.shows(day):
            hit = bool(one.disclosed) and asked.told(day_of(one.decided_at))
            yield from rows(month_of(day), groups=[ROUTES[one.route]], **share(hit))


def uncharged_with_an_order(world, asked):
    floor = world.weight(COERCIVE_CONTROL)
    charged_on = {}
    for charge in world.all("charges"):
        day = day_of(charge.charged_at)
        charged_on[charge.crime_ref] = min(charged_on.get(charge.crime_ref, day), day)
    decided = collections.defaultdict(list)
    for one in world.all("orders"):
        if one.kind in SOUGHT_BY_POLICE and one.decision in ("granted", "refused"):
            if one.decided_at is not None:
                decided[world.person(one.subject_id)].append(day_of(one.decided_at))
    for crime in world.vawg():
        groups = abuse_groups(crime)
        if not groups or not crime.suspects or not asked.shows(crime.recorded_on):
            continue
        if crime.weight is None or crime.weight < floor:
            continue
        start, end = crime.recorded_on, after(crime.recorded_on, DAYS)
        charged = charged_on.get(crime.ref)
        if charged is not None and charged <= end:
            continue
        hit = any(start <= day <= end for who in crime.suspects for day in decided[who])
        yield from rows(month_of(start), crime.borough, groups, **share(hit))


def abuse_groups(crime):
    groups = ["Stalking"] if crime.is_stalking else []
    return groups + (["Domestic abuse"] if crime.domestic_abuse else [])
