"""The list: every allegation in the window with its harm or the reason why it
counts for nothing, and every person with score and rank.

Written from the rules of the list, not from its statements. Choices where they
leave one:

- A crime that names one person under several identities is one allegation; the
  first identity in order of the alphabet stands for it.
- A person's identities are every record that was merged into theirs, named in
  the window or not.
- Suspects are counted as people, after merges.
- A female victim is told by the sex on the record that the crime names.
- Every figure of a person is over what counts. Only the latest report and the
  worst crime of someone with nothing but unscored allegations are those' own;
  who was under age is not told of such a person.
- Of several worst allegations the one reported last stands for them, then the
  first by reference.
- The order without no further action is that of the list, over what is left:
  score, worst and latest report of what is left.
- A victim is a girl when she was under 18 at the first report that counts; one
  whose date of birth is not known is a woman. 18 is the law's age, whatever the
  list's setting.
"""

import bisect
import dataclasses

import pandas as pd

import people
import society
from rules import NO_FURTHER_ACTION
from society import objects

OF_AGE = 18
OWN_VICTIM = "own_victim"
CROWD = "crowd"
UNSCORED = "no_weight"


@dataclasses.dataclass
class Standing:
    """A list as it stands: allegations, entries, and what they rest on."""

    as_of: object
    rules: object
    allegations: pd.DataFrame
    entries: pd.DataFrame
    known: society.Society


def make(world, tables, rules, as_of):
    known = society.of(world, rules.follow_merges)
    allegations = judged(known, tables, rules, as_of)
    entries = ranked(allegations, known, world, rules, as_of)
    return Standing(as_of, rules, allegations, entries, known)


def judged(known, tables, rules, as_of):
    """Every allegation in the window, with its harm and its reason."""
    found = known.named
    start, end = rules.window(as_of)
    decides = found["reported_on"] if rules.window_by == "reported" else found["committed_on"]
    # By the date of the offence, too, a list knows no later report.
    found = found[
        [
            day is not None and start <= day < end and reported < end
            for day, reported in zip(decides, found["reported_on"])
        ]
    ].copy()
    found["index_code"] = [tables.aliases.get(code, code) for code in found["ho_code"]]
    found["weighed"] = objects(
        tables.weight(rules.edition, row.ho_code, row.offence_title) for row in found.itertuples()
    )
    found["weight"] = objects(row.get("milli") for row in found["weighed"])
    found["condition"] = objects(
        tables.place(code).get("condition") for code in found["ho_code"]
    )
    found["female_victim"] = found["crime_ref"].isin(known.female_crimes)
    found["suspects"] = found["crime_ref"].map(known.suspects_of)
    found["own_victim"] = [
        pair in known.harmed for pair in zip(found["crime_ref"], found["person"])
    ]
    found["age_then"] = objects(
        people.age_on(row.committed_on or row.reported_on, known.born.get(row.person))
        for row in found.itertuples()
    )
    found["reason"] = objects(reason(row, rules) for row in found.itertuples())
    found["counted"] = [why is None for why in found["reason"]]
    found["harm"] = [
        int(row.weight * row.offence_count) if row.counted else 0 for row in found.itertuples()
    ]
    found["nfa"] = found["outcome_code"].isin(NO_FURTHER_ACTION)
    return found.reset_index(drop=True)


def reason(row, rules):
    """Why an allegation counts for nothing: the first that applies."""
    reasons = [
        ("crime_cancelled", not rules.count_cancelled and row.status == "cancelled"),
        ("crime_transferred", not rules.count_cancelled and row.status == "transferred"),
        (OWN_VICTIM, row.own_victim),
        (CROWD, row.suspects > rules.most_suspects),
        ("outside_basket", row.condition == "never"),
        ("not_in_basket_table", row.condition is None),
        (
            "conditional_code",
            is_conditional(row.condition) and not rules.count_conditional_codes,
        ),
        ("no_female_victim", not condition_met(row)),
        (
            "proactive",
            bool(row.proactive) and not rules.count_proactive,
        ),
        (UNSCORED, row.weight is None),
        (
            "no_further_action",
            not rules.count_no_further_action
            and row.outcome_code in NO_FURTHER_ACTION
            or row.outcome_code in rules.without_outcomes,
        ),
        (
            "under_age",
            not rules.count_alleged_under_age
            and row.age_then is not None
            and row.age_then < rules.minimum_age,
        ),
    ]
    return next((code for code, applies in reasons if applies), None)


def is_conditional(condition):
    return condition in ("domestic_abuse", "domestic_abuse_or_female_victim")


def condition_met(row):
    return {
        "female_victim": row.female_victim,
        "domestic_abuse": bool(row.domestic_abuse),
        "domestic_abuse_or_female_victim": bool(row.domestic_abuse) or row.female_victim,
        "always": True,
    }.get(row.condition, False)


def ranked(allegations, known, world, rules, as_of):
    """One row per person on the ledger."""
    ledger = allegations[allegations["counted"] | (allegations["reason"] == UNSCORED)]
    rows_of = {}
    for row in ledger.itertuples():
        rows_of.setdefault(row.person, []).append(row)
    entries = pd.DataFrame(
        [
            figures(person, rows, known.names_of.get(person, []))
            for person, rows in sorted(rows_of.items())
        ],
        dtype=object,
    )
    if entries.empty:
        return entries
    held = people.in_custody(world["custody_spells"], known.person_of, as_of)
    entries["age"] = objects(people.age_on(as_of, known.born.get(one)) for one in entries["person"])
    entries["in_custody"] = entries["person"].isin(held)
    entries["countered"] = entries["person"].isin(known.countered)
    entries["was_under_18"] = [
        row.allegations > 0
        and young(people.age_on(row.earliest_act, known.born.get(row.person)), rules)
        for row in entries.itertuples()
    ]
    entries["standing"] = [standing(row, known.dead, rules, as_of) for row in entries.itertuples()]
    victims_of(entries, ledger, known)
    give_ranks(entries)
    return entries


def young(age, rules):
    return age is not None and age < rules.minimum_age


def standing(row, dead, rules, as_of):
    """Whether a person can be ranked, or why not."""
    if not rules.rank_deceased and row.person in dead and dead[row.person] < as_of:
        return "deceased"
    if young(row.age, rules):
        return "under_18"
    if row.in_custody and not rules.rank_in_custody:
        return "in_custody"
    return "ranked"


def figures(person, rows, names):
    counted = [row for row in rows if row.counted]
    left = [row for row in counted if not row.nfa]
    basis = counted or rows
    worst = min(basis, key=lambda row: (-row.harm, -row.reported_on.toordinal(), row.crime_ref))
    return {
        "person": person,
        "score": sum(row.harm for row in counted),
        "score_left": sum(row.harm for row in left),
        "worst": worst.harm,
        "worst_left": max((row.harm for row in left), default=0),
        "worst_crime_ref": worst.crime_ref,
        "latest": max(row.reported_on for row in basis),
        "latest_left": max((row.reported_on for row in left), default=None),
        "earliest": min((row.reported_on for row in counted), default=None),
        "earliest_act": min((row.committed_on or row.reported_on for row in counted), default=None),
        "allegations": len(counted),
        "offences": sum(row.offence_count for row in counted),
        "unscored": len(rows) - len(counted),
        "nfa": sum(row.nfa for row in counted),
        "domestic_abuse": sum(bool(row.domestic_abuse) for row in counted),
        "identities": sorted({person, *names}),
    }


def victims_of(entries, ledger, known):
    """Distinct victims of what counts: women, girls, repeated ones."""
    counted = ledger.loc[ledger["counted"], ["crime_ref", "person", "reported_on"]]
    harmed = known.victims[["crime_ref", "person", "sex"]].rename(columns={"person": "victim"})
    pairs = counted.merge(harmed, on="crime_ref").drop_duplicates(["crime_ref", "person", "victim"])
    times = {}
    for row in pairs.itertuples():
        age = people.age_on(row.reported_on, known.born.get(row.victim))
        is_girl = row.victim in known.female and age is not None and age < OF_AGE
        times.setdefault(row.person, {}).setdefault(row.victim, []).append(is_girl)
    mine = [times.get(person, {}) for person in entries["person"]]
    entries["victims"] = [len(victims) for victims in mine]
    entries["girls"] = [sum(any(told) for told in victims.values()) for victims in mine]
    entries["women"] = [
        sum(one in known.female and not any(told) for one, told in victims.items())
        for victims in mine
    ]
    entries["repeat_victims"] = [
        sum(len(told) > 1 for told in victims.values()) for victims in mine
    ]


def give_ranks(entries):
    able = entries["standing"] == "ranked"
    entries["rank"] = ranks(entries[able & (entries["score"] > 0)])
    free = entries[able & (entries["score"] > 0) & ~entries["in_custody"]]
    entries["rank_at_liberty"] = ranks(free)
    left = entries[able & (entries["score_left"] > 0)]
    entries["rank_without_nfa"] = ranks(left, ("score_left", "worst_left", "latest_left"))
    for column in ("rank", "rank_at_liberty", "rank_without_nfa"):
        entries[column] = objects(
            None if pd.isna(value) else int(value) for value in entries[column]
        )


def ranks(rows, columns=("score", "worst", "latest")):
    """Places by score, worst allegation, latest report, person."""
    values = zip(*(rows[column] for column in (*columns, "person")), rows.index)
    keys = sorted((order_key(*rest), index) for *rest, index in values)
    return pd.Series({index: place for place, (_, index) in enumerate(keys, 1)}, dtype=float)


def order_key(score, worst, latest, person):
    return (-score, -worst, -latest.toordinal(), person)


def ranks_without(standing):
    """By person and crime: the rank with that one allegation not counted."""
    entries = standing.entries
    field = entries[entries["rank"].notna()]
    keys = {
        row.person: order_key(row.score, row.worst, row.latest, row.person)
        for row in field.itertuples()
    }
    order = sorted(keys.values())
    kept = field[field["rank"] <= standing.rules.kept]
    counted = standing.allegations[standing.allegations["counted"]]
    mine = counted[counted["person"].isin(set(kept["person"]))]
    found = {}
    for person, rows in mine.groupby("person"):
        for crime in rows["crime_ref"]:
            rest = rows[rows["crime_ref"] != crime]
            if rest["harm"].sum() > 0:
                key = order_key(
                    rest["harm"].sum(), rest["harm"].max(), rest["reported_on"].max(), person
                )
                ahead = bisect.bisect_left(order, key)
                found[person, crime] = ahead + 1 - (keys[person] < key)
    return found
