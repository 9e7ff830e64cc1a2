"""Who came, stayed and left since the list before, and by which days.

Choices where the rules leave one:

- The causes of a person add up to the change of the score that is told. Where
  records were merged since, rank, score and harm before are therefore all those
  of one record, the one that stood first, and what the others bring is `merge`.
- A correction of the code changes the weight too; that is `crime corrected`.
  `index edition` is a weight that differs under the same code. While the list
  names the same editions, only another title can do that: `crime corrected`.
- A crime that is no longer held names nobody: `no longer named`.
- Of someone whose allegations the list before did not keep, only what cannot
  have counted then is known: `new allegation`, `merge` and `rule changed`. All
  else is `below the reserve before`.
- A crime that a longer window brings in is `rule changed`.
- A person without a row on the list before has no other identity there:
  nothing of theirs is a merge.
- Who was not ranked before for their age or for custody comes for that reason.
- Earlier lists count by the last word of each date.
"""

import dataclasses

import people
from ranking import UNSCORED

TIMES_OVER = 12
OUTCOME = "no_further_action"


@dataclasses.dataclass
class Past:
    """An earlier list, as far as movement asks of it."""

    list_id: int
    as_of: object
    window_from: object
    edition: str
    editions: tuple
    size: int
    people: dict
    kept: dict


def past(standing, list_id):
    """What a list leaves behind for later ones."""
    entries = {row.person: row for row in standing.entries.itertuples()}
    kept = {
        one: {}
        for one, row in entries.items()
        if row.rank is not None and row.rank <= standing.rules.kept
    }
    for row in standing.allegations.itertuples():
        if row.person in kept:
            kept[row.person][row.crime_ref] = row
    rules = standing.rules
    return Past(
        list_id,
        standing.as_of,
        rules.window(standing.as_of)[0],
        rules.edition,
        editions(rules),
        rules.size,
        entries,
        kept,
    )


def editions(rules):
    return (rules.edition, *rules.compare_editions)


def moves(standing, world, history):
    """By person: everyone on this list or on the one before."""
    if not history:
        return {}
    previous = history[-1]
    into = dict(zip(world["nominals"]["nominal_id"], world["nominals"]["merged_into"]))
    crimes = {row.crime_ref: row for row in world["crimes"].itertuples()}
    now_of = (
        (lambda one: people.end_of(one, into))
        if standing.rules.follow_merges
        else (lambda one: one)
    )
    before = {}
    for one, row in previous.people.items():
        before.setdefault(now_of(one), []).append(row)
    entries = {row.person: row for row in standing.entries.itertuples()}
    present = {}
    for row in standing.allegations.itertuples():
        present.setdefault(row.person, {})[row.crime_ref] = row
    listed = {one for one, row in entries.items() if on(row, standing.rules.size)}
    was = {one for one, rows in before.items() if any(on(row, previous.size) for row in rows)}
    earlier = [
        {now_of(one) for one, row in past.people.items() if on(row, past.size)} for past in history
    ]
    found = {}
    for one in listed | was:
        rows = before.get(one, [])
        held_by = [past.list_id for past, held in zip(history[:-1], earlier) if one in held]
        movement = movement_of(one in listed, one in was, held_by)
        why = causes(present.get(one, {}), rows, standing, crimes, previous)
        entry = entries.get(one)
        first = followed(rows)
        found[one] = {
            "movement": movement,
            "previous_rank": first.rank if first else None,
            "rank": entry.rank if entry else None,
            "previous_days": first.score if first else None,
            "score_days": entry.score if entry else None,
            "reason": reason(movement, entry, first, why),
            "causes": why,
            "last_list": held_by[-1] if held_by else None,
            "times_listed": sum(one in held for held in earlier[-TIMES_OVER:]),
            "previous_decision": None,
        }
    return found


def on(row, size):
    return row.rank is not None and row.rank <= size


def movement_of(is_listed, was_listed, held_by):
    if is_listed:
        return "stayed" if was_listed else "returned" if held_by else "new"
    return "left"


def causes(present, rows, standing, crimes, previous):
    """Days of change by cause, in thousandths."""
    row = followed(rows)
    now = {crime: one.harm for crime, one in present.items()}
    score = sum(now.values())
    own = set(row.identities) if row else None
    if row and row.person not in previous.kept:
        found = known_to_be_new(present, own, standing.rules, previous)
        rest = score - row.score - sum(found.values())
        return without_zero(found | {"below the reserve before": rest})
    before = previous.kept[row.person] if row else {}
    found = {}
    for crime in before.keys() | present.keys():
        old, new = before.get(crime), present.get(crime)
        change = (new.harm if new else 0) - (old.harm if old else 0)
        if change:
            why = cause(crime, old, new, own, crimes, standing, previous)
            found[why] = found.get(why, 0) + change
    return without_zero(found)


def without_zero(found):
    return {cause: change for cause, change in sorted(found.items()) if change}


def known_to_be_new(present, own, rules, previous):
    found = {}
    for row in present.values():
        why = first_counted(row, None, own, rules, previous)
        if row.counted and why in ("new allegation", "merge", "rule changed"):
            found[why] = found.get(why, 0) + row.harm
    return found


def cause(crime, old, new, own, crimes, standing, previous):
    if old is None or not old.counted:
        return first_counted(new, old, own, standing.rules, previous)
    if new is None:
        return outside(crimes.get(crime), standing, previous)
    if not new.counted:
        return lost(old, new, standing.rules, previous)
    is_edition = is_reweighed(old, new, standing.rules, previous)
    return "index edition" if is_edition else "crime corrected"


def outside(crime, standing, previous):
    """Why a person's crime is not among those of the window any more."""
    if crime is None:
        return "no longer named"
    start, end = standing.rules.window(standing.as_of)
    committed = crime.committed_from or crime.committed_to
    moment = crime.reported_at if standing.rules.window_by == "reported" else committed
    inside = moment is not None and start <= moment.date() < end
    if inside:
        return "no longer named"
    # A window of the length before would still hold it.
    same_length = previous.window_from + (standing.as_of - previous.as_of)
    if moment is not None and moment.date() >= same_length:
        return "rule changed"
    return "window passed"


def lost(old, new, rules, previous):
    """Why an allegation that counted does not count any more."""
    if new.reason in ("crime_cancelled", "crime_transferred"):
        return new.reason.replace("_", " ")
    if new.reason == OUTCOME:
        return "outcome"
    if new.reason == UNSCORED and is_reweighed(old, new, rules, previous):
        return "index edition"
    if new.reason in BY_RULE and old.ho_code == new.ho_code:
        return "rule changed"
    return "crime corrected"


def is_reweighed(old, new, rules, previous):
    is_same = old.ho_code == new.ho_code and previous.editions == editions(rules)
    return old.ho_code == new.ho_code and old.weight != new.weight and not is_same


def deciding_date(row, rules):
    return row.reported_on if rules.window_by == "reported" else row.committed_on


def first_counted(new, old, own, rules, previous):
    """Why an allegation counts that did not."""
    if new.reported_on >= previous.as_of:
        return "new allegation"
    if old is not None:
        if old.reason == OUTCOME:
            return "outcome"
        if old.reason == UNSCORED and is_reweighed(old, new, rules, previous):
            return "index edition"
        by_rule = old.reason in BY_RULE and old.ho_code == new.ho_code
        return "rule changed" if by_rule else "crime corrected"
    if deciding_date(new, rules) < previous.window_from:
        return "rule changed"
    if own is None:
        # Nothing was kept of somebody who had no allegation that counts.
        return "counts now"
    return "merge" if new.named_as not in own else "named later"


def followed(rows):
    """Of the records that one person had before, the one that stood first."""
    return min(
        rows,
        key=lambda row: (row.rank is None, row.rank or 0, -row.score, row.person),
        default=None,
    )


def reason(movement, entry, first, why):
    """The one cause that is told first."""
    ordered = sorted(why.items())
    if movement == "left":
        if entry is not None and entry.standing in STANDINGS:
            return STANDINGS[entry.standing]
        worst = min(ordered, key=lambda pair: pair[1], default=None)
        return worst[0] if worst and worst[1] < 0 else "others score higher"
    if movement == "stayed":
        return max(ordered, key=lambda pair: abs(pair[1]), default=(None,))[0]
    if first is not None and first.standing in RETURNS:
        return RETURNS[first.standing]
    best = max(ordered, key=lambda pair: pair[1], default=None)
    return best[0] if best and best[1] > 0 else "others left"


BY_RULE = (
    "outside_basket",
    "not_in_basket_table",
    "conditional_code",
    "under_age",
)
RETURNS = {
    "under_18": "came of age",
    "in_custody": "released",
    "deceased": "death withdrawn",
}
STANDINGS = {"deceased": "death", "under_18": "under 18", "in_custody": "custody"}
