"""Commitment 8: duties to victims, and what victims say."""

import collections

from measures.asked import FORCE, after, day_of, later, month_of, row, rows, share
from measures.surveys import answers
from measures.world import offence_groups

DUTIES = {
    "acknowledgement": "Acknowledgement",
    "needs_assessment": "Needs assessment",
    "referral": "Referral to support",
    "update": "Update on the case",
    "vps_offer": "Offer of a personal statement",
    "release_notice": "Notice of release",
}
WITHDREW = (14, 16)
ETHNICITIES = {
    "white": "White",
    "black": "Black",
    "asian": "Asian",
    "mixed": "Mixed",
    "other": "Other ethnic group",
    "not_stated": "Ethnicity not stated",
}
SURVEYS = {"uss": "User satisfaction survey", "da_victim": "Domestic abuse survey"}


def measures():
    return {
        "8.1": duties_in_time,
        "8.2": victim_withdrew,
        "8.3": repeat_victims,
        "8.4": satisfied,
        "8.5": referrals_accepted,
    }


def services(world):
    """Services of VAWG crimes, with the crime."""
    for one in world.all("victim_services"):
        crime = world.crime_of.get(one.crime_ref)
        if crime is not None and crime.is_vawg:
            yield one, crime


def duties_in_time(world, asked):
    for one, crime in services(world):
        day = day_of(one.due_at)
        if asked.shows(day):
            hit = share(one.done_at is not None and one.done_at <= one.due_at)
            yield from rows(month_of(day), crime.borough, [DUTIES[one.kind]], **hit)


def victim_withdrew(world, asked):
    for crime in world.vawg():
        day = crime.recorded_on if asked.basis == "recorded" else crime.outcome_on
        if crime.stands and crime.outcome is not None and asked.so_far(crime.outcome_on):
            if asked.shows(day):
                hit = share(crime.outcome in WITHDREW)
                yield from rows(month_of(day), crime.borough, offence_groups(crime), **hit)


def repeat_victims(world, asked):
    """A victim is female as the record says in which merges end."""
    crimes = [crime for crime in world.vawg() if crime.domestic_abuse and crime.stands]
    for month in asked.every_month():
        end = later(month, 1)
        if not world.covers(after(end, -365)):
            continue
        times = collections.Counter()
        for crime in crimes:
            if after(end, -365) <= crime.reported_on < end:
                for victim in filter(world.is_female, crime.victims):
                    for area in (FORCE, crime.borough):
                        times[area, victim] += 1
        for (area, _), number in times.items():
            yield row(month, area, **share(number >= 2))


def satisfied(world, asked):
    yield from answers(
        world,
        asked,
        tuple(SURVEYS),
        "satisfied",
        lambda one: [ETHNICITIES[one.ethnicity or "not_stated"], SURVEYS[one.survey]],
        lambda one: one.sex == "F" and one.response != "dont_know",
    )


def referrals_accepted(world, asked):
    for one, crime in services(world):
        day = day_of(one.done_at)
        if one.kind == "referral" and asked.shows(day):
            yield from rows(month_of(day), crime.borough, **share(bool(one.accepted)))
