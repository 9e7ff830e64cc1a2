#!/usr/bin/env python3
"""Shows that the comparison of measures can fail: one rule of the oracle is
changed at a time, and each change must make it differ from the program.

    measures_mutants.py --daybook PATH [--suspects 1000] [--jobs FOLDER]

The program evaluates its measures once; what it says is kept and held against
every changed oracle, on the measures that the rule concerns. Ends with 1 when
the unchanged oracle differs, or a changed one does not.
"""

import argparse
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = (7, 11)
# Measures, module, what it says, what it says instead.
# fmt: off
MUTANTS = {
    "crimes count by their report": ("6.4", "c06_perpetrators", "day, counts = crime.recorded_on, True", "day, counts = crime.reported_on, True"),
    "merges are not followed": ("6.7 6.8 8.3", "world", "follow=True", "follow=False"),
    "what came after the report is known": ("2.1 2.5 5.1 6.1 6.5 7.5 9.3 10.3", "asked", "return day is not None and day < self.as_of", "return day is not None"),
    "the day of the report is over, if it is known": ("6.4 7.2 7.4 8.2", "asked", "return day is None or day < self.as_of", "return day is None or day <= self.as_of"),
    "the day of the report is over": ("2.1 2.5 5.1 6.1 6.5 7.5 9.3 10.3", "asked", "return day is not None and day < self.as_of", "return day is not None and day <= self.as_of"),
    "two crimes of one day are two": ("6.8", "c06_perpetrators", "len(told) >= 2", "len(told) >= 1"),
    "any two days make a repeat suspect": ("6.8", "c06_perpetrators", "any(len(told) >= 2 for told in days.values())", "len({day for told in days.values() for day in told}) >= 2"),
    "a year of suspects is a day shorter": ("6.7 6.8", "c06_perpetrators", "after(end, -365) <= crime.reported_on < end", "after(end, -364) <= crime.reported_on < end"),
    "a year of victims is a day longer": ("8.3", "c08_victims", "after(end, -365) <= crime.reported_on < end", "after(end, -366) <= crime.reported_on < end"),
    "the 90th day is late": ("2.1 2.5", "c02_trust", "start <= closed <= after(start, days)", "start <= closed < after(start, days)"),
    "closed before it began is in time": ("2.1 2.5", "c02_trust", "start <= closed <= after(start, days)", "closed <= after(start, days)"),
    "what came after the report, if dated, is known": ("6.4 7.2 7.4 8.2", "asked", "return day is None or day < self.as_of", "return True"),
    "cancelled crimes count": ("6.4 8.2", "world", "crime.stands = crime.status not in GONE", "crime.stands = True"),
    "transferred crimes count": ("6.4", "world", '("cancelled", "transferred")', '("cancelled",)'),
    "no victim has to be female": ("6.4", "world", "female_victim=bool(females)", "female_victim=True"),
    "one may accuse oneself": ("6.7 6.8", "world", "crime.accused = crime.suspects - crime.victims", "crime.accused = crime.suspects"),
    "the posts of the month's first day": ("1.3 4.2", "world", "later(end, -3) < day <= end", "later(end, -3) < day < end"),
    "posts of any age": ("1.3 3.3 4.2", "world", "later(end, -3) < day <= end", "day <= end"),
    "posts are counted from the first month held": ("3.1", "c03_resources", "filled(world.workforce[min(world.workforce)]", "filled(world.workforce[max(world.workforce)]"),
    "an older count of posts stands for a month": ("3.1", "c03_resources", "if month < day <= later(month, 1)", "if day <= later(month, 1)"),
    "posts are not rounded": ("1.3", "c01_police_perpetrators", "denominator=round_half_up(filled)", "denominator=filled"),
    "five months of allegations": ("1.3", "c01_police_perpetrators", "later(month, -5)", "later(month, -4)"),
    "a half year that begins before the cases": ("1.3", "c01_police_perpetrators", "start > world.first_case_in", "start >= world.first_case_in"),
    "the first month of cases is whole": ("4.2", "c04_culture", "month > world.first_case_in", "month >= world.first_case_in"),
    "cases without a flag are VAWG": ("1.1 1.2 1.4 1.5", "c01_police_perpetrators", "if case.vawg:", "if case.vawg is not False:"),
    "a category that is not stated is another source's": ("1.1 1.2", "c01_police_perpetrators", 'KINDS.get(case.category, "Other VAWG")', 'KINDS.get(case.category, "Sexual misconduct")'),
    "an outcome not stated is action": ("1.2", "c01_police_perpetrators", "if case.outcome is not None:", "if True:"),
    "cases that end in the first year": ("1.2 1.4", "c01_police_perpetrators", "later(world.first_case_in, 12)", "later(world.first_case_in, 0)"),
    "finalised before it was recorded": ("1.4", "c01_police_perpetrators", "if case.finalised_at >= case.recorded_at:", "if True:"),
    "whoever left was not dismissed": ("1.5", "c01_police_perpetrators", '"would_have_been_dismissed": "Would have been dismissed"', '"would_have": "Would have been dismissed"'),
    "each case is a person": ("1.3 1.5", "world", 'return "person", self.person(case.subject_id)', 'return "case", case.case_ref'),
    "dismissed again in the month of the last case": ("1.5", "c01_police_perpetrators", "min(first.get(person, told), told)", "max(first.get(person, told), told)"),
    "a year of stocks is their sum": ("7.1", "values", 'definition.series == "stock" and over > 1', "False"),
    "a stock knows nothing of its months": ("3.3 3.4", "values", 'definition.series == "stock" and over > 1', "False"),
    "a year of flows is their mean": ("8.1", "values", 'definition.series == "stock" and over > 1', "over > 1"),
    "a year may begin before the first month": ("1.5 4.2 10.2", "cells", "months[0] >= first", "True"),
    "years of what looks back": ("6.7 6.8", "cells", 'definition.series != "rolling" and', "True and"),
    "z is 1.96": ("8.1", "intervals", "Z = stats.norm.ppf(1 - TAIL)", "Z = 1.96"),
    "weights say as much as responses": ("2.2", "values", "total**2 / sum(weight**2 for weight in weights)", "len(weights)"),
    "answers without weight count": ("2.2 8.4", "surveys", " and answer.weight > 0", ""),
    "a quarter stands in its first month": ("2.2 4.1 8.4", "surveys", "3 * int(part[1])", "3 * int(part[1]) - 2"),
    "a half year stands in its first month": ("2.2 4.1 8.4", "surveys", "6 * int(part[1])", "6 * int(part[1]) - 5"),
    "who is neither woman nor man is left out": ("2.2 4.1", "surveys", "return [groups[answer.sex]] if answer.sex in groups else []", 'return [groups[answer.sex or "F"]] if answer.sex in (None, *groups) else []'),
    "men are satisfied too": ("8.4", "c08_victims", 'one.sex == "F" and', ""),
    "one survey of victims": ("8.4", "c08_victims", "tuple(SURVEYS)", '("uss",)'),
    "the gap is that of the others": ("2.2 4.1", "cells", "values.gap(cell, against)", "values.gap(against, cell)"),
    "the ends of a gap are crossed": ("2.2 4.1", "intervals", "math.hypot(one.value - low, other_high - other.value)", "math.hypot(high - one.value, other_high - other.value)"),
    "the lower of two middle cases": ("1.4 6.5", "values", "statistics.median(cases)", "statistics.median_low(cases)"),
    "a median's bounds lie one rank further in": ("1.4 6.5", "intervals", "float(cases[rank - 1])", "float(cases[rank])"),
    "a rate's high end is that of one event less": ("4.2", "intervals", "2 * events + 2", "2 * events + 1"),
    "a change without its logarithm": ("6.6", "intervals", "1 / now + 1 / then", "1 / now"),
    "the year before is eleven months ago": ("6.6", "c06_perpetrators", "(month, later(month, -12)))", "(month, later(month, -11)))"),
    "a month with none the year before is lost": ("6.6", "c06_perpetrators", "> first and (now or then)", "> first and then"),
    "a month is old enough a month early": ("2.1 7.2", "cells", ">= asked.until:\n        return IMMATURE", "> asked.until:\n        return IMMATURE"),
    "the minimum itself is too few": ("8.1 8.2", "cells", "cell.rests_on < definition.minimum", "cell.rests_on <= definition.minimum"),
    "months that no extract covers are told": ("7.3 9.3", "cells", "reach.until < later(month, 1)", "False"),
    "a silence is no hole": ("2.5 8.1 10.2", "cells", "(other - one).days > SILENCE", "False"),
    "a month that a table leaves out is none": ("P.2", "cells", "reach, untold=untold(told)", "reach"),
    "a year knows nothing of its months": ("8.1", "cells", 'if span == "year" or', "if"),
    "a look back knows nothing of its months": ("10.1", "cells", 'or definition.series == "rolling" else 0', "else 0"),
    "a cohort grows old in months that nobody knows": ("2.5 10.3", "cells", "range(-back, ahead + 1)", "range(-back, 1)"),
    "what was counted in a hole is told": ("8.1", "cells", "cell, state = values.Cell(), STALE", "state = STALE"),
    "the newest of the sources covers all": ("7.3", "cells", "Reach(min(until", "Reach(max(until"),
    "an arrest on the day of acceptance counts": ("6.1", "c06_perpetrators", "start < day <= end", "start <= day <= end"),
    "a rejection is an acceptance": ("6.1", "c06_perpetrators", 'one.decision == "accept" and', ""),
    "the last acceptance counts": ("6.1", "c06_perpetrators", "accepted[person] = min(", "accepted[person] = max("),
    "remand is no action": ("6.1", "c06_perpetrators", 'one.kind == "remand"', "False"),
    "any time in custody is remand": ("6.1", "c06_perpetrators", 'one.kind == "remand"', "True"),
    "any time of following is enough": ("6.1", "c06_perpetrators", "asked.shows(start) and asked.told(end)", "asked.shows(start)"),
    "London's clocks are not read": ("2.4 5.2 5.3 6.1", "asked", "moment.replace(tzinfo=dt.UTC).astimezone(LONDON).date()", "moment.date()"),
    "an acquittal is a conviction": ("6.1 6.2", "c06_perpetrators", 'one.result == "convicted"', "True"),
    "the newest list is the first": ("6.2", "c06_perpetrators", "in sorted(world.ledger.lists, reverse=True)", "in sorted(world.ledger.lists)"),
    "a charge on the day of the list counts": ("6.2", "c06_perpetrators", "for who, day in charges if who in first_list and day > first", "for who, day in charges if who in first_list and day >= first"),
    "a list stands in the month of its date": ("6.3", "c06_perpetrators", "day = after(as_of, -1)", "day = as_of"),
    "Gini over the listed": ("6.3g", "c06_perpetrators", "for one in world.ranked(as_of)]", "for one in world.listed(as_of)]"),
    "the first list of a month": ("6.3 6.3g", "c06_perpetrators", "in sorted(world.ledger.lists):", "in sorted(world.ledger.lists, reverse=True):"),
    "a charge of another offence is none": ("6.5", "c06_perpetrators", "if charge.crime_ref in world.crime_of:", 'if charge.crime_ref in world.crime_of and world.kind_of(charge.ho_code) == "rape":'),
    "the last charge of a crime": ("6.5", "c06_perpetrators", "first[charge.crime_ref] = min(", "first[charge.crime_ref] = max("),
    "charges of the first three years": ("6.5", "c06_perpetrators", "later(world.first_crime_on, 36)", "later(world.first_crime_on, 0)"),
    "cancelled rapes count": ("6.5", "c06_perpetrators", "not crime.is_vawg or not crime.stands", "not crime.is_vawg"),
    "a case of rape needs charges of rape alone": ("6.6", "c06_perpetrators", 'is_rape = any(', 'is_rape = all('),
    "a charge without a crime is no case": ("6.6", "c06_perpetrators", "if world.kind_of(charge.ho_code) in SERIOUS:", "if world.kind_of(charge.ho_code) in SERIOUS and charge.crime_ref:"),
    "each charge is a case": ("6.6", "c06_perpetrators", "charges[charge.crime_ref or charge.charge_ref]", "charges[charge.charge_ref]"),
    "the first month of charges is whole": ("6.6", "c06_perpetrators", "later(month, -12) > first and", "later(month, -12) >= first and"),
    "rapes charged before they were recorded": ("6.5", "c06_perpetrators", "max(0, (charged_on - crime.recorded_on).days)", "(charged_on - crime.recorded_on).days"),
    "crimes without a borough are nowhere": ("2.3 3.4 6.4 6.7 6.8 7.5 8.1 8.2 8.3 8.5 9.1 10.3", "world", "borough=row.borough or NOT_STATED", 'borough=row.borough or "Camden"'),
    "engagements without a borough are nowhere": ("2.5", "c02_trust", "borough = one.borough or ELSEWHERE", "borough = one.borough"),
    "a unit without an open crime is left out": ("3.3", "c03_resources", "            if number:\n", "            if number and crimes[unit]:\n"),
    "all posts investigate": ("3.3", "c03_resources", 'if post.role == "investigator":', "if True:"),
    "an outcome ends what has no day of its end": ("3.3 3.4", "world", "day_of(row.status_at or row.outcome_at)", "day_of(row.status_at)"),
    "an outcome tells the end better": ("3.3 3.4", "world", "row.status_at or row.outcome_at", "row.outcome_at or row.status_at"),
    "months of the first year": ("3.3 3.4", "c03_resources", "if month >= later(month_of(first), 12):", "if True:"),
    "a crime of any condition is VAWG": ("2.3", "c02_trust", "crime.condition not in OF_FEMALES", "False"),
    "nobody is too old": ("2.3", "c02_trust", "0 <= age <= OLDEST", "0 <= age"),
    "one is born after the report": ("2.3", "c02_trust", "0 <= age <= OLDEST", "age <= OLDEST"),
    "an ethnicity not stated is known": ("2.3", "c02_trust", "not in (None, NOT_STATED)", "is not None"),
    "outcome 15 is the victim's": ("8.2", "c08_victims", "WITHDREW = (14, 16)", "WITHDREW = (14, 15, 16)"),
    "men are repeat victims": ("8.3", "c08_victims", "filter(world.is_female, crime.victims)", "crime.victims"),
    "orders begin when they are sought": ("7.1", "c07_powers", "day_of(one.decided_at) < end", "day_of(one.applied_at or one.decided_at) < end"),
    "orders end on the day before": ("7.1", "c07_powers", "all(day >= end for day in ends)", "all(day > end for day in ends)"),
    "orders from before the crimes": ("7.1", "c07_powers", "if world.first_crime_on >= end:", "if False:"),
    "breaches of unknown orders are left out": ("7.3", "c07_powers", 'kind_of.get(one.order_ref, "Order not known")', 'kind_of.get(one.order_ref, "Restraining orders")'),
    "revoked orders stand": ("7.1", "c07_powers", "(one.expires_at, one.revoked_at) if when", "(one.expires_at,) if when"),
    "an order withdrawn was granted": ("7.2", "c07_powers", 'hit = one.decision == "granted" and', 'hit = one.decision != "refused" and'),
    "an order may protect anybody": ("7.5", "c07_powers", "(protected is None or protected in crime.victims)", "True"),
    "a charge on the 91st day": ("7.5", "c07_powers", "day is not None and day <= end", "day is not None and day <= after(end, 1)"),
    "an outcome is no charge": ("7.5", "c07_powers", "charges += [crime.outcome_on] if crime.outcome == CHARGED else []", "pass"),
    "orders of the 90th day are late": ("7.5", "c07_powers", "crime.reported_on <= day <= end and", "crime.reported_on <= day < end and"),
    "orders from before the report count": ("7.5", "c07_powers", "crime.reported_on <= day <= end and", "day <= end and"),
    "victims' own orders count": ("7.5", "c07_powers", '("SPO", "DVPN"', '("NMO", "SPO", "DVPN"'),
    "coercive control is not harm enough": ("7.5", "c07_powers", "crime.weight < floor", "crime.weight <= floor"),
    "what is done on the moment is late": ("8.1", "c08_victims", "one.done_at <= one.due_at", "one.done_at < one.due_at"),
    "duties of crimes that are no VAWG": ("8.1 8.5", "c08_victims", "crime is not None and crime.is_vawg", "crime is not None"),
    "duties of cancelled crimes are not owed": ("8.1 8.5", "c08_victims", "crime is not None and crime.is_vawg", "crime is not None and crime.is_vawg and crime.stands"),
    "an offer counts when it was due": ("8.5", "c08_victims", "        day = day_of(one.done_at)\n", "        day = day_of(one.due_at)\n"),
    "not to know is an opinion": ("8.4", "c08_victims", ' and one.response != "dont_know"', ""),
    "cells of a kilometre": ("9.1", "c09_places", "CELL_METRES = 500", "CELL_METRES = 1000"),
    "the worst cells are rounded down": ("9.1", "c09_places", "math.ceil(len(cells) * WORST)", "math.floor(len(cells) * WORST)"),
    "offences of a crime count once": ("9.1", "c09_places", "crime.weight * crime.offence_count", "crime.weight"),
    "what happened online has a place": ("9.1", "c09_places", "(crime.is_proactive or crime.is_online)", "crime.is_proactive"),
    "a long patrol makes up": ("9.2", "c09_places", "min(one.delivered_minutes or 0, one.scheduled_minutes)", "one.delivered_minutes or 0"),
    "patrols without a log are left out": ("9.2", "c09_places", "if asked.shows(day):\n            walked", "if asked.shows(day) and one.delivered_minutes is not None:\n            walked"),
    "what police found has a place": ("9.1", "c09_places", "(crime.is_proactive or crime.is_online)", "crime.is_online"),
    "29 days to answer": ("9.3", "c09_places", "ANSWER_DAYS = 28", "ANSWER_DAYS = 29"),
    "eleven months of schools": ("10.1", "c10_prevention", "later(month, -11), later(month, 1)", "later(month, -10), later(month, 1)"),
    "years of schools before the engagements": ("10.1", "c10_prevention", "if first <= start <= one.held_on < end:", "if start <= one.held_on < end:"),
    "all engagements are at schools": ("10.1", "c10_prevention", 'if one.kind == "school"]', "]"),
    "closed after it was due": ("10.2", "c10_prevention", "closed <= one.action_due_on", "closed <= after(one.action_due_on, 30)"),
    "every intervention is a programme": ("10.3", "c10_prevention", 'if one.kind.endswith("_programme"):', "if True:"),
    "a programme that is over": ("10.3", "c10_prevention", "(end is None or end >= day)", "True"),
    "a programme of the 91st day": ("10.3", "c10_prevention", "day <= start <= after(day, DAYS)", "day <= start <= after(day, DAYS + 1)"),
    "of age on the eve of a birthday": ("10.3", "c10_prevention", "age < OF_AGE", "world.age(person, after(day, 1)) < OF_AGE"),
    "of age on 28 February": ("10.3", "../people", "day.year - born.year - (", "day.year - born.year - ((day.month, day.day) != (2, 28) or born.day != 29) * ("),
    "each named crime is a young suspect": ("10.3", "c10_prevention", "key = month_of(day), area, person", "key = month_of(day), area, (person, crime.ref)"),
    "an unknown sex is a known one": ("2.3", "c02_trust", 'record.sex != "U"', "record.sex is not None"),
    "one course in date is enough": ("3.2", "training", "(month, staff, all(hits))", "(month, staff, any(hits))"),
    "a course has run out on its last day": ("3.2 4.3", "training", "one.expires_on >= day", "one.expires_on > day"),
    "a course is completed on the day after": ("3.2 4.3", "training", "one.completed_on > day", "one.completed_on >= day"),
    "the newest completion alone": ("3.2 4.3", "training", "for one in rows_of_course))", "for one in rows_of_course[-1:]))"),
    "a course is required from the day after": ("3.2 4.3", "training", "one.eligible_from > day", "one.eligible_from >= day"),
    "a course is not required on its last day": ("3.2 4.3", "training", "one.eligible_until >= day", "one.eligible_until > day"),
    "the first row says what is required": ("3.2 4.3", "training", "newest = rows_of_course[-1]", "newest = rows_of_course[0]"),
    "whoever has a row is eligible": ("3.2 4.3", "training", "return one.eligible if", "return True if"),
    "every month of an extract without days": ("3.2 4.3", "training", "if any(one.eligible_from is not None", "if any(True"),
    "an extract of any time": ("3.2 4.3", "training", "return 1000 * after <= len(completed)", "return True"),
    "what is published is of the force alone": ("P.1 P.2", "c00_published", "    if line.borough is not None:\n", "    if False:\n"),
    "wards of nowhere": ("P.1 P.2", "c00_published", 'ELSEWHERE = ("Other", "Unknown")', "ELSEWHERE = ()"),
    "both sheets count": ("P.1 P.2", "c00_published", "if line.sheet == sheet and asked.shows(day)", "if asked.shows(day)"),
    "a year runs across a break": ("6.4 8.1 P.1 P.2", "breaks", 'first < dt.date.fromisoformat(str(one["date"])) < until', "False"),
    "a look back begins with its month": ("6.3 6.7 8.3 9.1", "breaks", 'later(first, -YEAR if "list" in definition.sources else 1 - YEAR)', "first"),
    "a list looks back from the end of its month": ("6.3 6.3g", "breaks", '-YEAR if "list" in definition.sources else 1 - YEAR', "1 - YEAR"),
    "a level speaks of all its month": ("3.3 3.4", "breaks", 'if definition.series == "stock":', "if False:"),
    "a break touches what it does not name": ("7.2 9.2", "definitions", 'bool(extracts & {*one["sources"]})', "True"),
    "what is flagged is VAWG": ("P.1", "c00_published", 'NO_VAWG if line.offence_group == FLAGGED else "VAWG"', '"VAWG"'),
    "a pilot has no end of time": ("5.1", "c05_evidence", "after(pilot.ended_on, 365)", "after(pilot.ended_on, 366)"),
    "files without a row are receipts": ("5.2", "c05_evidence", "asked.shows(day) and batch.read", "asked.shows(day)"),
    "released on the day after": ("2.4", "c02_trust", "day_in_london(issued_at) <= due_on", "day_in_london(issued_at) <= after(due_on, 1)"),
    "old after 89 days": ("3.4", "c03_resources", "LONG_DAYS = 90", "LONG_DAYS = 89"),
    "crimes closed on the turn of a month are open": ("3.3 3.4", "c03_resources", "crime.ended_on >= end", "crime.ended_on >= after(end, -1)"),
    "a list's first check counts": ("5.3", "c05_evidence", "(one.at, not one.is_identical))", "(one.at, not one.is_identical), reverse=True)"),
}
# fmt: on


def main():
    told = arguments()
    if told.replay:
        return replay(told.replay, told.measures.split())
    with tempfile.TemporaryDirectory(prefix="daybook-mutants-") as folder:
        record(pathlib.Path(folder), told)
        return judge(pathlib.Path(folder))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daybook", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--suspects", type=int, default=1000)
    parser.add_argument("--jobs", type=pathlib.Path)
    parser.add_argument("--replay", type=pathlib.Path)
    parser.add_argument("--measures", default="")
    return parser.parse_args()


def record(folder, told):
    """Has the program evaluate its measures, and keeps what it was given and says."""
    runner = load_runner()
    for place, seed in enumerate(SEEDS):
        deployment = runner.make(told, folder, seed, place)
        (folder / f"{place}.pickle").write_bytes(pickle.dumps(deployment))


def load_runner():
    """measures.py, whose name the package beside it has too."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("measures_runner", HERE / "measures.py")
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    return runner


def judge(folder):
    concerned = sorted({id for measures, *_ in MUTANTS.values() for id in measures.split()})
    where = differs(folder, HERE, concerned)
    if where:
        print(f"the oracle as it is differs from the program ({where}): mutants prove nothing")
        return 1
    missed = 0
    for title, (measures, module, words, others) in MUTANTS.items():
        with tempfile.TemporaryDirectory() as changed:
            copy = pathlib.Path(changed) / "oracle"
            shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
            path = copy / "measures" / f"{module}.py"
            text = path.read_text()
            if text.count(words) != 1:
                raise SystemExit(f"{module} does not say once: {words}")
            path.write_text(text.replace(words, others))
            unnoticed = set(measures.split()) - differs(folder, copy, measures.split())
        missed += bool(unnoticed)
        told = f"MISSED in {', '.join(sorted(unnoticed))}" if unnoticed else "caught"
        print(f"{told}: {title}", flush=True)
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} mutants caught in all that they concern")
    return 1 if missed else 0


def differs(folder, oracle, measures):
    """The measures in which an oracle differs from the program."""
    command = [sys.executable, oracle / "measures_mutants.py", "--replay", folder]
    done = subprocess.run(
        [*command, "--measures", " ".join(measures)], capture_output=True, text=True
    )
    if done.returncode == 0:
        return set()
    told = re.findall(r" differ in ([P\d]+\.\w+)", done.stdout)
    if not told:
        print(done.stderr[-600:], file=sys.stderr)
    return set(told)


def replay(folder, measures):
    """Holds the oracle beside this file against what was kept, until every measure
    differs."""
    from compare import Comparison

    runner, comparison = load_runner(), Comparison()
    for place in range(len(SEEDS)):
        deployment = pickle.loads((folder / f"{place}.pickle").read_bytes())
        noticed = {field.split(",")[0] for field in comparison.tally}
        left = [id for id in measures if id not in noticed]
        if left:
            runner.hold(comparison, deployment, left)
    return comparison.report()


if __name__ == "__main__":
    sys.exit(main())
