"""What the extracts hold, as things with names: crimes with their people and
their harm, people with what is known of them, and every other row as it is.

Choices where the definitions leave one:

- A VAWG crime is one in the basket whose condition holds, whatever its status;
  a victim is female by the sex on the record that the crime names.
- Of a person the record at the end of the merges speaks. Births and deaths that
  it leaves empty come from the records merged into it (see `people`).
"""

import collections
import dataclasses
import functools
import types

import people
import ranking
import rules
from measures.asked import NOT_STATED, day_of, later, month_of

SOURCES = (
    "arrests",
    "charges",
    "conduct_cases",
    "court_results",
    "crimes",
    "custody_spells",
    "disclosures",
    "engagements",
    "interventions",
    "nominals",
    "order_breaches",
    "orders",
    "panel_reviews",
    "parties",
    "patrols",
    "pilots",
    "place_reports",
    "posts",
    "surveys",
    "training",
    "victim_services",
)
GONE = ("cancelled", "transferred")
GROUPS = {
    "rape": "Rape",
    "homicide_attempt": "Homicide and attempts",
    "controlling_coercive": "Controlling or coercive behaviour",
    "stalking_harassment": "Stalking and harassment",
    "strangulation_suffocation": "Strangulation",
    "threats_to_kill": "Threats to kill",
    "violence_with_injury": "Violence with injury",
    "violence_without_injury": "Violence without injury",
    "breach_protective_order": "Breaches of protective orders",
    "other_sexual": "Other sexual offences",
    "child_sexual_abuse": "Other sexual offences",
    "exposure_voyeurism": "Other sexual offences",
    "image_based_abuse": "Other sexual offences",
    "child_indecent_images": "Other sexual offences",
    "extreme_pornography": "Other sexual offences",
    "sexual_exploitation_prostitution": "Other sexual offences",
    "spiking_poisoning": "Violence with injury",
    "fgm": "Violence with injury",
}


@dataclasses.dataclass
class Ledger:
    """What daybook itself was told or did; moments are in UTC, as it keeps them."""

    # Dates of the lists.
    lists: list = dataclasses.field(default_factory=list)
    # Nominal, decision, moment.
    decisions: list = dataclasses.field(default_factory=list)
    # List, whether it came out identical, moment.
    verifications: list = dataclasses.field(default_factory=list)
    # Day due, moment issued or nothing.
    releases: list = dataclasses.field(default_factory=list)
    # Source, moment received, rows read, rows that passed.
    batches: list = dataclasses.field(default_factory=list)


class World:
    def __init__(self, tables, job, ledger, published):
        self.tables, self.ledger, self.published = tables, ledger, published
        self.rules, self.index = rules.load(job), rules.Tables(job)
        nominals = tables["nominals"]
        self.person_of = people.identities(nominals, follow=True)
        self.born = people.births(nominals, self.person_of)
        self.record = {row.nominal_id: row for row in self.all("nominals")}
        self.parties = collections.defaultdict(list)
        for party in self.all("parties"):
            self.parties[party.crime_ref].append(party)
        self.crimes = [self.crime(row) for row in self.all("crimes")]
        self.crime_of = {crime.ref: crime for crime in self.crimes}

    @functools.cache
    def all(self, source):
        """Every row of a source."""
        return [types.SimpleNamespace(**row) for row in self.tables[source].to_dict("records")]

    def person(self, nominal_id):
        return self.person_of.get(nominal_id, nominal_id)

    def is_female(self, person):
        return person in self.record and self.record[person].sex == "F"

    def age(self, person, day):
        return people.age_on(day, self.born.get(person))

    def crime(self, row):
        named = self.parties[row.crime_ref]
        victims = [party.nominal_id for party in named if party.role == "victim"]
        females = [one for one in victims if one in self.record and self.record[one].sex == "F"]
        place = self.index.place(row.ho_code)
        crime = types.SimpleNamespace(
            ref=row.crime_ref,
            recorded_on=day_of(row.recorded_at),
            reported_on=day_of(row.reported_at),
            status=row.status,
            ended_on=None if row.status == "open" else day_of(row.status_at or row.outcome_at),
            outcome=row.outcome_code,
            outcome_on=day_of(row.outcome_at),
            borough=row.borough or NOT_STATED,
            unit=row.unit or NOT_STATED,
            is_online=row.location_type == "online",
            is_proactive=bool(row.proactive),
            easting=row.easting,
            northing=row.northing,
            offence_count=row.offence_count,
            domestic_abuse=bool(row.domestic_abuse),
            is_stalking=is_stalking(place),
            condition=place.get("condition"),
            kind=place.get("vawg_group"),
            female_victim=bool(females),
            weight=self.weight(row.ho_code, row.offence_title),
            victims={self.person(one) for one in victims},
            suspects={self.person(party.nominal_id) for party in named if party.role == "suspect"},
        )
        crime.is_vawg = ranking.condition_met(crime)
        crime.stands = crime.status not in GONE
        # Nobody accuses themselves.
        crime.accused = crime.suspects - crime.victims
        return crime

    def weight(self, code, title=""):
        """Thousandths of a day in the list's edition; none when it has none."""
        return self.index.weight(self.rules.edition, code, title).get("milli")

    def kind_of(self, code):
        return self.index.place(code).get("vawg_group")

    @functools.cached_property
    def first_crime_on(self):
        return min(crime.recorded_on for crime in self.crimes)

    def covers(self, day):
        """Whether crimes are held from a day on, so that one may look back to it."""
        return self.first_crime_on <= day

    def vawg(self):
        return [crime for crime in self.crimes if crime.is_vawg]

    @functools.cache
    def ranked(self, as_of):
        """(person, identities, score, rank) of everyone ranked on a list."""
        made = ranking.make(self.tables, self.index, self.rules, as_of)
        entries = made.entries[made.entries["rank"].notna()]
        columns = ("person", "identities", "score", "rank")
        return [types.SimpleNamespace(**row) for row in entries[list(columns)].to_dict("records")]

    def listed(self, as_of):
        return [one for one in self.ranked(as_of) if one.rank <= self.rules.size]

    @functools.cached_property
    def workforce(self):
        """Posts by the day of their count."""
        found = collections.defaultdict(list)
        for post in self.all("posts"):
            found[post.as_at_date].append(post)
        return dict(found)

    def posts_at_end(self, month):
        """The newest count up to the morning after a month, a quarter old at most."""
        end = later(month, 1)
        days = [day for day in self.workforce if later(end, -3) < day <= end]
        return self.workforce[max(days)] if days else []

    def person_of_case(self, case):
        """Whom a conduct case names; one that names nobody is somebody of its own."""
        if case.subject_id is None:
            return "case", case.case_ref
        return "person", self.person(case.subject_id)

    @functools.cached_property
    def first_case_in(self):
        """Month of the first conduct case held."""
        return month_of(min(day_of(case.recorded_at) for case in self.all("conduct_cases")))


def is_stalking(place):
    title = place.get("title", "").lower()
    return place.get("vawg_group") == "stalking_harassment" and "stalking" in title


def offence_groups(crime):
    """Groups by kind of offence, and domestic abuse beside them."""
    yield GROUPS.get(crime.kind, "Other")
    if crime.domestic_abuse:
        yield "Domestic abuse"
