"""Commitment 2: panels, surveys, releases, engagement."""

from measures.asked import NOT_STATED as ELSEWHERE
from measures.asked import after, day_in_london, month_of, row, rows, share
from measures.surveys import SEXES, answers

KINDS = {
    "walk_and_talk": "Walk and talk",
    "school": "School",
    "problem_solving": "Problem solving",
    "safe_space": "Safe space",
    "event": "Event",
}
NOT_STATED = "NS"
OLDEST = 120
OF_FEMALES = ("female_victim", "domestic_abuse_or_female_victim")


def measures():
    return {
        "2.1": recommendations_closed,
        "2.2": fair_treatment,
        "2.3": victims_described,
        "2.4": releases_on_time,
        "2.5": actions_closed,
    }


def recommendations_closed(world, asked):
    for one in world.all("panel_reviews"):
        if asked.shows(one.held_on):
            hit = share(closed_within(asked, one.held_on, one.closed_on, 90))
            yield from rows(month_of(one.held_on), groups=[one.panel], **hit)


def closed_within(asked, start, closed, days):
    return asked.told(closed) and start <= closed <= after(start, days)


def fair_treatment(world, asked):
    yield from answers(world, asked, ("pas",), "fair_treatment", SEXES)


def victims_described(world, asked):
    """A victim of unknown sex counts where one known to be female would."""
    for crime in world.crimes:
        if not crime.stands or not asked.shows(crime.recorded_on):
            continue
        month = month_of(crime.recorded_on)
        for victim in crime.victims:
            known = described(world, victim, crime.reported_on)
            if not crime.is_vawg and (known["Sex recorded"] or crime.condition not in OF_FEMALES):
                continue
            yield from rows(month, crime.borough, **share(all(known.values())))
            for group, is_known in known.items():
                yield row(month, group=group, **share(is_known))


def described(world, person, day):
    record, age = world.record.get(person), world.age(person, day)
    return {
        "Sex recorded": record is not None and record.sex != "U",
        "Age recorded": age is not None and 0 <= age <= OLDEST,
        "Ethnicity recorded": record is not None and record.ethnicity not in (None, NOT_STATED),
    }


def releases_on_time(world, asked):
    for due_on, issued_at in world.ledger.releases:
        if asked.shows(due_on):
            hit = share(issued_at is not None and day_in_london(issued_at) <= due_on)
            yield row(month_of(due_on), **hit)


def actions_closed(world, asked):
    for one in world.all("engagements"):
        has_action = one.action_due_on is not None or one.action_closed_on is not None
        if asked.shows(one.held_on) and has_action:
            hit = share(closed_within(asked, one.held_on, one.action_closed_on, 90))
            borough = one.borough or ELSEWHERE
            yield from rows(month_of(one.held_on), borough, [KINDS[one.kind]], **hit)
