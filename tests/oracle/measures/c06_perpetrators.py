"""Commitment 6: what becomes of the people on the list, and of their crimes."""

import collections
import fractions

from measures.asked import (
    FORCE,
    NOT_STATED,
    after,
    day_in_london,
    day_of,
    later,
    month_of,
    row,
    rows,
    share,
)
from measures.world import offence_groups

CHARGED = 1
FOLLOWED = (90, 180, 365)
SERIOUS = ("rape", "child_sexual_abuse", "other_sexual")


def measures():
    return {
        "6.1": positive_action,
        "6.2": since_listing,
        "6.3": harm_on_the_list,
        "6.3g": gini,
        "6.4": crimes_charged,
        "6.5": days_to_charge,
        "6.6": serious_sexual_charges,
        "6.7": serial_suspects,
        "6.8": repeat_suspects,
    }


def positive_action(world, asked):
    accepted = {}
    for one in world.ledger.decisions:
        day, person = day_in_london(one.at), world.person(one.nominal_id)
        if one.decision == "accept" and asked.told(day):
            accepted[person] = min(accepted.get(person, day), day)
    acted = collections.defaultdict(list)
    for person, day in positive_actions(world):
        acted[person].append(day)
    for person, start in accepted.items():
        for days in FOLLOWED:
            end = after(start, days)
            if asked.shows(start) and asked.told(end):
                hit = any(start < day <= end for day in acted[person])
                yield row(month_of(start), group=f"{days} days", **share(hit))


def positive_actions(world):
    """Arrest, charge, remand, conviction: by person and day."""
    for one in world.all("arrests"):
        yield world.person(one.nominal_id), day_of(one.arrested_at)
    for one in world.all("charges"):
        yield world.person(one.nominal_id), day_of(one.charged_at)
    for one in world.all("custody_spells"):
        if one.kind == "remand":
            yield world.person(one.nominal_id), day_of(one.starts_at)
    yield from convictions(world)


def convictions(world):
    charged = {charge.charge_ref: charge.nominal_id for charge in world.all("charges")}
    for one in world.all("court_results"):
        if one.result == "convicted" and one.charge_ref in charged:
            yield world.person(charged[one.charge_ref]), day_of(one.result_at)


def since_listing(world, asked):
    first_list = {}
    for as_of in sorted(world.ledger.lists, reverse=True):
        if as_of <= asked.as_of:
            first_list |= {world.person(one.person): as_of for one in world.listed(as_of)}
    charges = [
        (world.person(one.nominal_id), day_of(one.charged_at)) for one in world.all("charges")
    ]
    since = [(who, day) for who, day in charges if who in first_list and day > first_list[who]]
    convicted = [
        (who, day) for who, day in convictions(world) if who in first_list and day > first_list[who]
    ]
    counted = {
        "People charged": first_of_each(since),
        "Offences charged": [day for _, day in since],
        "People convicted": first_of_each(convicted),
    }
    for group, days in counted.items():
        for day in days:
            if asked.shows(day):
                yield row(month_of(day), group=group, numerator=1)


def first_of_each(events):
    first = {}
    for who, day in events:
        first[who] = min(first.get(who, day), day)
    return list(first.values())


def last_lists(world, asked):
    """The last list of each month, by the last day of its window."""
    last = {}
    for as_of in sorted(world.ledger.lists):
        day = after(as_of, -1)
        if asked.shows(day) and as_of <= asked.as_of:
            last[month_of(day)] = as_of
    return last.items()


def harm_on_the_list(world, asked):
    for month, as_of in last_lists(world, asked):
        held = sum(one.score for one in world.listed(as_of))
        every = sum(one.score for one in world.ranked(as_of))
        yield row(month, numerator=held / 1000, denominator=every / 1000)


def gini(world, asked):
    for month, as_of in last_lists(world, asked):
        scores = [int(one.score) for one in world.ranked(as_of)]
        apart = sum(abs(one - other) for one in scores for other in scores)
        twice = 2 * len(scores) * sum(scores)
        yield row(month, numerator=float(fractions.Fraction(apart, twice)), denominator=1)


def crimes_charged(world, asked):
    for crime in world.vawg():
        charged = crime.outcome == CHARGED and asked.so_far(crime.outcome_on)
        if asked.basis == "recorded":
            day, counts = crime.recorded_on, True
        else:
            day, counts = crime.outcome_on, crime.outcome is not None
        if counts and crime.stands and asked.shows(day):
            groups = offence_groups(crime)
            yield from rows(month_of(day), crime.borough, groups, **share(charged))


def first_charges(world):
    """Day of the first charge of each crime held, of whatever offence."""
    first = {}
    for charge in world.all("charges"):
        if charge.crime_ref in world.crime_of:
            day = day_of(charge.charged_at)
            first[charge.crime_ref] = min(first.get(charge.crime_ref, day), day)
    return first


def days_to_charge(world, asked):
    start = later(world.first_crime_on, 36)
    for ref, charged_on in first_charges(world).items():
        crime = world.crime_of[ref]
        if not crime.is_vawg or not crime.stands or crime.kind != "rape":
            continue
        day = crime.recorded_on if asked.basis == "recorded" else charged_on
        is_told = asked.basis == "recorded" or month_of(day) >= start
        if is_told and asked.shows(day) and asked.told(charged_on):
            days = max(0, (charged_on - crime.recorded_on).days)
            yield from rows(month_of(day), crime.borough, value=days)


def serious_sexual_charges(world, asked):
    """A crime with any charge of rape is one of rape; a charge without a crime is
    a case of its own. The first month of charges may be held in part."""
    charges = collections.defaultdict(list)
    for charge in world.all("charges"):
        if world.kind_of(charge.ho_code) in SERIOUS:
            charges[charge.crime_ref or charge.charge_ref].append(charge)
    counts = collections.Counter()
    for ref, brought in charges.items():
        is_rape = any(world.kind_of(charge.ho_code) == "rape" for charge in brought)
        group = "Rape" if is_rape else "Other serious sexual offences"
        crime = world.crime_of.get(ref)
        borough = crime.borough if crime else NOT_STATED
        day = min(day_of(charge.charged_at) for charge in brought)
        for one in rows(month_of(day), borough, [group]):
            counts[one["area"], one["group"], one["period"]] += 1
    first = min(month_of(day_of(charge.charged_at)) for charge in world.all("charges"))
    for area, group in {key[:2] for key in counts}:
        for month in asked.every_month():
            now, then = (counts[area, group, when] for when in (month, later(month, -12)))
            if later(month, -12) > first and (now or then):
                yield row(month, area, group, numerator=now, denominator=then)


def serial_suspects(world, asked):
    """Two victims or more, whichever crimes they are of."""
    for month, area, days in suspects_and_victims(world, asked):
        yield row(month, area, **share(len(days) >= 2))


def repeat_suspects(world, asked):
    """One victim, and reports of two days or more."""
    for month, area, days in suspects_and_victims(world, asked):
        yield row(month, area, **share(any(len(told) >= 2 for told in days.values())))


def suspects_and_victims(world, asked):
    """Each suspect of a year by month and area, with the days of report by victim."""
    crimes = [crime for crime in world.vawg() if crime.stands]
    for month in asked.every_month():
        end = later(month, 1)
        if not world.covers(after(end, -365)):
            continue
        harmed = collections.defaultdict(lambda: collections.defaultdict(set))
        for crime in crimes:
            if after(end, -365) <= crime.reported_on < end:
                for suspect in crime.accused:
                    for area in (FORCE, crime.borough):
                        days = harmed[area, suspect]
                        for victim in crime.victims:
                            days[victim].add(crime.reported_on)
        for (area, _), days in harmed.items():
            yield month, area, days
