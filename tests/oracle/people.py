"""Who a record is: merged identities, age, death, custody, accusers accused.

Choices where the rules of the list leave one:

- The record at the end of the merge chain speaks for the person. What it leaves
  empty, the merged records may fill: nobody is ranked as an adult or as living
  because the note of a birth or a death was left on the older record. Where
  those differ, the latest birth and the earliest death hold.
- A chain that runs in a circle ends nowhere; its records stay apart. One that runs
  into a record that is not held ends at the last that is.
- A death before the person's birth, or more than 365 days before the last offence
  that the person is alleged to have committed and that is not cancelled, is none.
- A counter-allegation needs a crime each way that is not cancelled, of any kind
  and date.
"""

import datetime as dt


def identities(nominals, follow):
    """Person id by nominal id, for every record that is held."""
    into = dict(zip(nominals["nominal_id"], nominals["merged_into"]))
    return {one: end_of(one, into) if follow else one for one in into}


def end_of(one, into):
    seen = [one]
    while into.get(seen[-1]) in into:
        after = into[seen[-1]]
        if after in seen:
            return one
        seen.append(after)
    return seen[-1]


def births(nominals, person_of):
    return of_the_person(nominals, person_of, "date_of_birth", max)


def deaths(nominals, person_of, born, named):
    alive = named[named["status"] != "cancelled"]
    last = {}
    for row in alive.itertuples():
        day = row.committed_on or row.reported_on
        last[row.person] = max(day, last.get(row.person, day))

    def possible(record, day):
        person = person_of[record]
        if day is None or (born.get(person) and day < born[person]):
            return None
        if person in last and day < last[person] - dt.timedelta(days=365):
            return None
        return day

    told = nominals.assign(
        deceased_on=[possible(*pair) for pair in zip(nominals["nominal_id"], nominals["deceased_on"])]
    )
    return of_the_person(told, person_of, "deceased_on", min)


def of_the_person(nominals, person_of, column, choose):
    own, merged = {}, {}
    for record, value in zip(nominals["nominal_id"], nominals[column]):
        if value is None:
            continue
        if person_of[record] == record:
            own[record] = value
        else:
            merged.setdefault(person_of[record], []).append(value)
    return {person: choose(values) for person, values in merged.items()} | own


def age_on(day, born):
    """Completed years; born on 29 February, one comes of age on 1 March."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def in_custody(spells, person_of, as_of):
    """People held at midnight, when the list date begins."""
    midnight = dt.datetime.combine(as_of, dt.time.min)
    return {
        person_of.get(spell.nominal_id, spell.nominal_id)
        for spell in spells.itertuples()
        if spell.starts_at < midnight and (spell.ends_at is None or spell.ends_at >= midnight)
    }


def accused_by_their_accused(crimes, suspects, victims):
    """People who are suspect of someone who is suspect of them."""
    alive = set(crimes.loc[crimes["status"] != "cancelled", "crime_ref"])
    pairs = set()
    named = suspects.loc[suspects["crime_ref"].isin(alive), ["crime_ref", "person"]]
    harmed = victims[["crime_ref", "person"]].rename(columns={"person": "victim"})
    for row in named.merge(harmed, on="crime_ref").itertuples():
        if row.person != row.victim:
            pairs.add((row.person, row.victim))
    return {one for one, other in pairs if (other, one) in pairs}
