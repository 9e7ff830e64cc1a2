"""Who is named in which crime, once as people and once as records: what every
list of one day rests on, whatever its other rules.
"""

import pandas as pd

import people


def of(world, follow):
    """Made once for each way of reading the merges."""
    key = "people" if follow else "records"
    if key not in world:
        world[key] = Society(world, follow)
    return world[key]


class Society:
    def __init__(self, world, follow):
        nominals = world["nominals"]
        self.person_of = people.identities(nominals, follow)
        self.names_of = {}
        for name, person in self.person_of.items():
            self.names_of.setdefault(person, []).append(name)
        self.born = people.births(nominals, self.person_of)
        self.suspects, self.victims = self.parties(world)
        self.suspects_of = self.suspects.groupby("crime_ref")["person"].nunique()
        is_female = self.victims["sex"] == "F"
        self.female = set(self.victims.loc[is_female, "person"])
        self.female_crimes = set(self.victims.loc[is_female, "crime_ref"])
        self.harmed = set(zip(self.victims["crime_ref"], self.victims["person"]))
        self.countered = people.accused_by_their_accused(
            world["crimes"], self.suspects, self.victims
        )
        self.named = self.allegations(world["crimes"])
        self.dead = people.deaths(nominals, self.person_of, self.born, self.named)

    def parties(self, world):
        """Suspects and victims, each with person and sex."""
        sexes = dict(zip(world["nominals"]["nominal_id"], world["nominals"]["sex"]))
        parties = world["parties"].copy()
        parties["person"] = [self.person_of.get(one, one) for one in parties["nominal_id"]]
        parties["sex"] = [sexes.get(one) for one in parties["nominal_id"]]
        return (parties[parties["role"] == role] for role in ("suspect", "victim"))

    def allegations(self, crimes):
        """One row per crime and person suspected of it."""
        pairs = self.suspects.groupby(["crime_ref", "person"], as_index=False)
        found = pairs.agg(named_as=("nominal_id", "min")).merge(crimes, on="crime_ref")
        found["reported_on"] = objects(moment.date() for moment in found["reported_at"])
        found["committed_on"] = objects(
            (first or last).date() if first or last else None
            for first, last in zip(found["committed_from"], found["committed_to"])
        )
        return found


def objects(values):
    """A column that keeps None, which pandas would make a number or a text."""
    return pd.array(list(values), dtype=object)
