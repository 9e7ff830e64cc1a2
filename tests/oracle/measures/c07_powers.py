"""Commitment 7: orders, breaches, disclosures."""

import collections

from measures.asked import after, day_of, later, month_of, row, rows, share
from measures.c06_perpetrators import CHARGED, first_charges

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
        if world.first_crime_on >= end:
            continue
        for one in orders:
            ends = [day_of(when) for when in (one.expires_at, one.revoked_at) if when]
            if day_of(one.decided_at) < end and all(day >= end for day in ends):
                yield from rows(month, groups=[KINDS[one.kind]], numerator=1)


def granted(world, asked):
    for one in world.all("orders"):
        day = day_of(one.applied_at)
        if asked.shows(day):
            hit = one.decision == "granted" and asked.so_far(day_of(one.decided_at))
            yield row(month_of(day), group=KINDS[one.kind], **share(hit))


def breaches_charged(world, asked):
    kind_of = {one.order_ref: KINDS[one.kind] for one in world.all("orders")}
    for one in world.all("order_breaches"):
        day = day_of(one.breached_at)
        if asked.shows(day):
            groups = [kind_of.get(one.order_ref, "Order not known")]
            yield from rows(month_of(day), groups=groups, **share(one.charged))


def disclosures_made(world, asked):
    for one in world.all("disclosures"):
        day = day_of(one.applied_at)
        if asked.shows(day):
            hit = bool(one.disclosed) and asked.so_far(day_of(one.decided_at))
            yield from rows(month_of(day), groups=[ROUTES[one.route]], **share(hit))


def uncharged_with_an_order(world, asked):
    """An order counts when it was decided from the crime's report on and protects
    a victim of it, or names nobody whom it protects."""
    floor = world.weight(COERCIVE_CONTROL)
    charged_on = first_charges(world)
    decided = decisions(world)
    for crime in world.vawg():
        groups, end = abuse_groups(crime), after(crime.recorded_on, DAYS)
        if not (groups and crime.accused and crime.stands and asked.shows(crime.recorded_on)):
            continue
        if crime.weight is None or crime.weight < floor or not asked.told(end):
            continue
        charges = [charged_on.get(crime.ref)]
        charges += [crime.outcome_on] if crime.outcome == CHARGED else []
        if any(day is not None and day <= end for day in charges):
            continue
        hit = any(
            crime.reported_on <= day <= end and (protected is None or protected in crime.victims)
            for who in crime.accused
            for day, protected in decided[who]
        )
        yield from rows(month_of(crime.recorded_on), crime.borough, groups, **share(hit))


def decisions(world):
    """Day of the decision and whom the order protects, by its subject."""
    found = collections.defaultdict(list)
    for one in world.all("orders"):
        is_decided = one.decision in ("granted", "refused") and one.decided_at is not None
        if one.kind in SOUGHT_BY_POLICE and is_decided:
            protected = one.protected_id and world.person(one.protected_id)
            found[world.person(one.subject_id)].append((day_of(one.decided_at), protected))
    return found


def abuse_groups(crime):
    groups = ["Stalking"] if crime.is_stalking else []
    return groups + (["Domestic abuse"] if crime.domestic_abuse else [])
