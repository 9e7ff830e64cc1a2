"""What happens between two lists, beside what synthetic London brings: crimes
cancelled and corrected, people merged, named, unnamed, born and dead, and the
edges of every rule.
"""

import datetime as dt
import random

CODES = {
    "another": ("019/08", "008/06", "017/15", "195/94", "008/77"),
    "retired": ("005/81", "005/82", "005/06", "004/02"),
    "outside": ("004/04", "004/10"),
    "unknown": ("999/99", "049/10"),
}


class Month:
    """The rows of one delivery, by source; later ones replace earlier ones."""

    def __init__(self, world, standing, tables, as_of, seed):
        self.dice = random.Random(f"{seed} {as_of}")
        self.world, self.as_of = world, as_of
        self.midnight = dt.datetime.combine(as_of, dt.time.min)
        self.rows = {source: {} for source in world}
        self.crimes = {row["crime_ref"]: row for row in world["crimes"].to_dict("records")}
        self.people = {row["nominal_id"]: row for row in world["nominals"].to_dict("records")}
        self.basket = tables.basket
        ranked = standing.entries[standing.entries["rank"].notna()].sort_values("rank")
        size = standing.rules.size
        self.high = list(ranked["person"][:size])
        self.near = list(ranked["person"][size : 3 * size])
        self.low = list(ranked["person"][3 * size :])
        self.counted = standing.allegations[standing.allegations["counted"]]
        self.number = 0

    def crime(self, crime_ref, **changed):
        before = self.rows["crimes"].get((crime_ref,)) or self.crimes[crime_ref]
        self.rows["crimes"][(crime_ref,)] = {"op": "U"} | before | changed

    def nominal(self, nominal_id, **changed):
        before = self.rows["nominals"].get((nominal_id,)) or self.people[nominal_id]
        self.rows["nominals"][(nominal_id,)] = before | changed

    def party(self, crime_ref, nominal_id, role, op="I"):
        row = {"crime_ref": crime_ref, "nominal_id": nominal_id, "role": role, "relationship": None}
        self.rows["parties"][crime_ref, nominal_id, role] = row | {"named_by": "officer", "op": op}

    def spell(self, nominal_id, starts_at, ends_at):
        row = {
            "nominal_id": nominal_id,
            "starts_at": starts_at,
            "kind": "remand",
            "ends_at": ends_at,
        }
        self.rows["custody_spells"][nominal_id, starts_at] = row

    def some_crimes(self, number, among=None):
        mine = self.counted[self.counted["person"].isin(among or self.high + self.near)]
        found = sorted(set(mine["crime_ref"]))
        return self.dice.sample(found, min(number, len(found)))

    def some(self, people, number):
        able = [one for one in people if one in self.people]
        return self.dice.sample(able, min(number, len(able)))

    def suspect_in(self, crime_ref):
        parties = self.world["parties"]
        of_crime = parties[(parties["crime_ref"] == crime_ref) & (parties["role"] == "suspect")]
        return sorted(of_crime["nominal_id"])[0]

    def new_crime(self, like, reported_at, **changed):
        self.number += 1
        crime_ref = f"X{self.as_of:%Y%m}-{self.number:04}"
        fresh = {
            "recorded_at": self.midnight - dt.timedelta(hours=1),
            "status": "open",
            "status_at": None,
        }
        fresh |= {
            "op": "I",
            "crime_ref": crime_ref,
            "reported_at": reported_at,
            "outcome_code": None,
            "outcome_at": None,
        }
        self.rows["crimes"][(crime_ref,)] = self.crimes[like] | fresh | changed
        return crime_ref


def happen(month, previous):
    """Everything that happens in a month."""
    for part in (leaving, corrected, unnamed, named, merged, dated, held, edges, crowded):
        part(month, previous)


def leaving(month, _):
    when = month.midnight - dt.timedelta(days=2)
    for status, number in (("cancelled", 6), ("transferred", 4)):
        for crime_ref in month.some_crimes(number):
            month.crime(crime_ref, status=status, status_at=when)
    for crime_ref in month.some_crimes(10):
        month.crime(
            crime_ref,
            status="closed",
            outcome_code=month.dice.choice((14, 15, 16, 18)),
            outcome_at=when,
        )
    gone = month.world["crimes"]
    gone = sorted(gone.loc[gone["status"] == "cancelled", "crime_ref"])
    for crime_ref in month.dice.sample(gone, min(8, len(gone))):
        month.crime(crime_ref, status="open", status_at=when)
    for crime_ref in month.some_crimes(2):
        month.crime(crime_ref, op="D")


SERIOUS = (
    "Assault with Injury - Malicious wounding: wounding or inflicting grievous bodily harm "
    "(Serious wound or equivalent)"
)
MINOR = SERIOUS.replace("Serious", "Minor")


def retitled(month):
    """One code, weighed by its title, which forces write in many ways."""
    ways = (SERIOUS, SERIOUS.upper(), SERIOUS.replace(" - ", "\u2013").replace(" ", "  "), MINOR, "")
    held = month.counted.loc[month.counted["ho_code"] == "008/01", "crime_ref"]
    held = month.dice.sample(sorted(set(held)), min(6, held.nunique()))
    for crime_ref in held:
        month.crime(crime_ref, offence_title=month.dice.choice(ways) or None)
    for crime_ref in month.some_crimes(6):
        month.crime(crime_ref, ho_code="008/01", offence_title=month.dice.choice(ways) or None)


def corrected(month, _):
    for kind, codes in CODES.items():
        for crime_ref in month.some_crimes(3):
            month.crime(crime_ref, ho_code=month.dice.choice(codes))
    retitled(month)
    unscored = [
        code
        for code, row in month.basket.items()
        if row["condition"] == "female_victim" and code.endswith("/99")
    ]
    for crime_ref in month.some_crimes(2):
        month.crime(crime_ref, ho_code=month.dice.choice(unscored or ["997/01"]))
    for crime_ref in month.some_crimes(6):
        month.crime(crime_ref, offence_count=month.dice.randint(1, 5))
    for crime_ref in month.some_crimes(6):
        month.crime(crime_ref, domestic_abuse=not month.crimes[crime_ref]["domestic_abuse"])
    conditional = [
        code
        for code, row in month.basket.items()
        if row["condition"] == "domestic_abuse_or_female_victim"
    ]
    for crime_ref in month.some_crimes(4):
        month.crime(
            crime_ref,
            ho_code=month.dice.choice(conditional),
            domestic_abuse=month.dice.random() < 0.5,
        )
    for crime_ref in month.some_crimes(2):
        month.crime(crime_ref, proactive=True)
    for crime_ref in month.some_crimes(3):
        moved = month.crimes[crime_ref]["reported_at"] - dt.timedelta(days=300)
        month.crime(crime_ref, reported_at=moved)
    for crime_ref in month.some_crimes(3):
        month.crime(crime_ref, committed_from=None, committed_to=None)
    parties = month.world["parties"]
    victims = parties[
        (parties["role"] == "victim") & parties["crime_ref"].isin(month.some_crimes(12))
    ]
    for nominal_id in sorted(set(victims["nominal_id"])):
        if nominal_id in month.people:
            month.nominal(nominal_id, sex=month.dice.choice("FMXU"))


def unnamed(month, _):
    for crime_ref in month.some_crimes(5):
        month.party(crime_ref, month.suspect_in(crime_ref), "suspect", op="D")


def named(month, previous):
    """New names in old crimes, in late ones, and in both directions."""
    for crime_ref, one in zip(month.some_crimes(8), month.some(month.near + month.low, 8)):
        month.party(crime_ref, one, "suspect")
    for crime_ref in month.some_crimes(2):
        month.party(crime_ref, month.suspect_in(crime_ref), "victim")
    long_ago = dt.datetime.combine(previous, dt.time(12)) - dt.timedelta(days=40)
    for like, one in zip(month.some_crimes(6), month.some(month.near, 6)):
        late = month.new_crime(like, long_ago)
        month.party(late, one, "suspect")
        month.party(late, month.some(month.low, 1)[0], "victim")
    parties = month.world["parties"]
    for crime_ref in month.some_crimes(5):
        accused = month.suspect_in(crime_ref)
        harmed = sorted(
            parties.loc[
                (parties["crime_ref"] == crime_ref) & (parties["role"] == "victim"), "nominal_id"
            ]
        )
        if harmed:
            answer = month.new_crime(
                crime_ref, long_ago, status=month.dice.choice(("open", "open", "cancelled"))
            )
            month.party(answer, harmed[0], "suspect")
            month.party(answer, accused, "victim")


def merged(month, _):
    apart = [one for one, row in month.people.items() if not row["merged_into"]]
    high, near, low = (
        [one for one in group if one in apart] for group in (month.high, month.near, month.low)
    )
    pairs = [
        *zip(month.some(high, 2), month.some(low, 2)),
        *zip(month.some(near, 3), month.some(near, 3)),
        *zip(month.some(low, 3), month.some(high, 3)),
        *zip(month.some(high, 1), month.some(near, 1)),
    ]
    ended = set()
    for old, new in pairs:
        if old != new and not {old, new} & ended:
            month.nominal(old, merged_into=new)
            ended |= {old, new}
    left_behind(month, [one for one in high + near if one not in ended], ended)
    joined = sorted(one for one, row in month.people.items() if row["merged_into"])
    for one in month.dice.sample(joined, min(1, len(joined))):
        month.nominal(one, merged_into=None)
    for one in month.dice.sample(joined, min(2, len(joined))):
        if month.people[one]["merged_into"]:
            month.nominal(one, date_of_birth=dt.date(1970, 5, 5))


def left_behind(month, able, ended):
    """Births and deaths that only a merged record tells."""
    alone = [one for one in month.low if one in month.people and one not in ended]
    alone = [one for one in alone if not month.people[one]["merged_into"]]
    child = month.as_of.replace(year=month.as_of.year - 16, day=2)
    told = ({"date_of_birth": child}, {"deceased_on": month.as_of - dt.timedelta(days=3)})
    for new, old, fact in zip(month.some(able, 2), month.some(alone, 2), told):
        month.nominal(new, date_of_birth=None, deceased_on=None, merged_into=None)
        month.nominal(old, merged_into=new, **fact)


def dated(month, _):
    """Deaths, and birthdays around the list date."""
    for one, days in zip(month.some(month.high, 3), (1, 0, 30)):
        month.nominal(one, deceased_on=month.as_of - dt.timedelta(days=days))
    year, first = month.as_of.year - 18, month.as_of
    births = [
        first.replace(year=year),
        first.replace(year=year) + dt.timedelta(days=1),
        dt.date(2008, 2, 29),
        None,
    ]
    for one, born in zip(month.some(month.high + month.near, 4), births):
        month.nominal(one, date_of_birth=born)
    for one in month.some(month.high, 1):
        month.nominal(one, date_of_birth=first.replace(year=year + 1))
    young = [
        one
        for one, row in month.people.items()
        if row["date_of_birth"] and row["date_of_birth"].year >= year
    ]
    for one in month.some(young, 6):
        month.nominal(one, date_of_birth=dt.date(year - 3, 1, 1))
    dead = [one for one, row in month.people.items() if row["deceased_on"]]
    for one in month.some(dead, 3):
        month.nominal(one, deceased_on=None)


def held(month, _):
    second, midnight = dt.timedelta(seconds=1), month.midnight
    earlier = midnight - dt.timedelta(days=20)
    spells = [
        (midnight, None),
        (midnight - second, None),
        (earlier, midnight),
        (earlier, midnight - second),
        (earlier, None),
    ]
    for one, (starts_at, ends_at) in zip(month.some(month.high, 5), spells):
        month.spell(one, starts_at, ends_at)


def edges(month, _):
    """Reports in the first and last second of the window, and one beyond."""
    second = dt.timedelta(seconds=1)
    start = month.midnight - dt.timedelta(days=365)
    for reported_at in (
        month.midnight - second,
        month.midnight,
        start,
        start - second,
        start + second,
    ):
        like = month.some_crimes(1)[0]
        crime_ref = month.new_crime(like, reported_at)
        month.party(crime_ref, month.some(month.near, 1)[0], "suspect")
        parties = month.world["parties"]
        harmed = parties[(parties["crime_ref"] == like) & (parties["role"] == "victim")]
        month.party(
            crime_ref, sorted(harmed["nominal_id"])[0] if len(harmed) else month.low[0], "victim"
        )


def crowded(month, _):
    """Fifty suspects count, fifty-one do not."""
    for crime_ref, suspects in zip(month.some_crimes(2, month.low), (50, 51)):
        named_now = {month.suspect_in(crime_ref)}
        for one in month.some(month.low, 60):
            if len(named_now) < suspects and one not in named_now:
                month.party(crime_ref, one, "suspect")
                named_now.add(one)
