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
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = (7, 11)
# Measures, module, what it says, what it says instead.
MUTANTS = {
    "crimes count by their report": ("6.4", "c06_perpetrators", "day, counts = crime.recorded_on, True", "day, counts = crime.reported_on, True"),
    "merges are not followed": ("6.7 8.3", "world", "follow=True", "follow=False"),
    "a year of suspects is a day shorter": ("6.7", "c06_perpetrators", "after(end, -365) <= crime.reported_on < end", "after(end, -364) <= crime.reported_on < end"),
    "a year of victims is a day longer": ("8.3", "c08_victims", "after(end, -365) <= crime.reported_on < end", "after(end, -366) <= crime.reported_on < end"),
    "the 90th day is late": ("2.1 2.5", "c02_trust", "start <= closed <= after(start, days)", "start <= closed < after(start, days)"),
    "closed before it began is in time": ("2.1 2.5", "c02_trust", "start <= closed <= after(start, days)", "closed <= after(start, days)"),
    "what came after the report is known": ("6.4 8.2", "asked", "return day is None or day < self.as_of", "return True"),
    "cancelled crimes count": ("6.4 8.2", "world", "crime.stands = crime.status not in GONE", "crime.stands = True"),
    "transferred crimes count": ("6.4", "world", '("cancelled", "transferred")', '("cancelled",)'),
    "no victim has to be female": ("6.4", "world", "female_victim=bool(females)", "female_victim=True"),
    "one may accuse oneself": ("6.7", "world", "crime.accused = crime.suspects - crime.victims", "crime.accused = crime.suspects"),
    "the posts of the month's first day": ("1.3 4.2", "world", "later(end, -3) < day <= end", "later(end, -3) < day < end"),
    "posts are not rounded": ("1.3", "c01_police_perpetrators", "denominator=round_half_up(filled)", "denominator=filled"),
    "five months of allegations": ("1.3", "c01_police_perpetrators", "later(month, -5)", "later(month, -4)"),
    "each case is a person": ("1.3 1.5", "world", 'return "person", self.person(case.subject_id)', 'return "case", case.case_ref'),
    "dismissed again in the month of the last case": ("1.5", "c01_police_perpetrators", "min(first.get(person, told), told)", "max(first.get(person, told), told)"),
    "a year of stocks is their sum": ("7.1", "values", 'definition.series == "stock" and over > 1', "False"),
    "a year of flows is their mean": ("8.1", "values", 'definition.series == "stock" and over > 1', "over > 1"),
    "a year may begin before the first month": ("4.2 9.1 10.2", "cells", "months[0] >= first", "True"),
    "years of what looks back": ("6.7", "cells", 'definition.series != "rolling" and', "True and"),
    "z is 1.96": ("8.1", "intervals", "Z = stats.norm.ppf(1 - TAIL)", "Z = 1.96"),
    "weights say as much as responses": ("2.2", "values", "total**2 / sum(weight**2 for weight in weights)", "len(weights)"),
    "answers without weight count": ("2.2 8.4", "surveys", " and answer.weight > 0", ""),
    "a wave stands in its first month": ("2.2", "surveys", "3 * int(part[1])", "3 * int(part[1]) - 2"),
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
    "months that no extract covers are told": ("7.3 9.3", "cells", "reach < following", "False"),
    "the newest of the sources covers all": ("7.3", "cells", "return min(days", "return max(days"),
    "an arrest on the day of acceptance counts": ("6.1", "c06_perpetrators", "start < day <= end", "start <= day <= end"),
    "any time of following is enough": ("6.1", "c06_perpetrators", "asked.shows(start) and asked.told(end)", "asked.shows(start)"),
    "London's clocks are not read": ("2.4 5.3 6.1", "asked", "moment.replace(tzinfo=dt.UTC).astimezone(LONDON).date()", "moment.date()"),
    "an acquittal is a conviction": ("6.2", "c06_perpetrators", 'one.result == "convicted"', "True"),
    "a charge on the day of the list counts": ("6.2", "c06_perpetrators", "for who, day in charges if who in first_list and day > first", "for who, day in charges if who in first_list and day >= first"),
    "a list stands in the month of its date": ("6.3", "c06_perpetrators", "day = after(as_of, -1)", "day = as_of"),
    "Gini over the listed": ("6.3g", "c06_perpetrators", "for one in world.ranked(as_of)]", "for one in world.listed(as_of)]"),
    "rapes charged before they were recorded": ("6.5", "c06_perpetrators", "max(0, (charged_on - crime.recorded_on).days)", "(charged_on - crime.recorded_on).days"),
    "outcome 15 is the victim's": ("8.2", "c08_victims", "WITHDREW = (14, 16)", "WITHDREW = (14, 15, 16)"),
    "men are repeat victims": ("8.3", "c08_victims", "filter(world.is_female, crime.victims)", "crime.victims"),
    "revoked orders stand": ("7.1", "c07_powers", "(one.expires_at, one.revoked_at) if when", "(one.expires_at,) if when"),
    "an order withdrawn was granted": ("7.2", "c07_powers", 'hit = one.decision == "granted" and', 'hit = one.decision != "refused" and'),
    "an order may protect anybody": ("7.5", "c07_powers", "(protected is None or protected in crime.victims)", "True"),
    "orders from before the report count": ("7.5", "c07_powers", "crime.reported_on <= day <= end and", "day <= end and"),
    "victims' own orders count": ("7.5", "c07_powers", '("SPO", "DVPN"', '("NMO", "SPO", "DVPN"'),
    "coercive control is not harm enough": ("7.5", "c07_powers", "crime.weight < floor", "crime.weight <= floor"),
    "what is done on the moment is late": ("8.1", "c08_victims", "one.done_at <= one.due_at", "one.done_at < one.due_at"),
    "not to know is an opinion": ("8.4", "c08_victims", ' and one.response != "dont_know"', ""),
    "cells of a kilometre": ("9.1", "c09_places", "CELL_METRES = 500", "CELL_METRES = 1000"),
    "the worst cells are rounded down": ("9.1", "c09_places", "math.ceil(len(cells) * WORST)", "math.floor(len(cells) * WORST)"),
    "offences of a crime count once": ("9.1", "c09_places", "crime.weight * crime.offence_count", "crime.weight"),
    "what happened online has a place": ("9.1", "c09_places", "(crime.is_proactive or crime.is_online)", "crime.is_proactive"),
    "a long patrol makes up": ("9.2", "c09_places", "min(one.delivered_minutes or 0, one.scheduled_minutes)", "one.delivered_minutes or 0"),
    "29 days to answer": ("9.3", "c09_places", "ANSWER_DAYS = 28", "ANSWER_DAYS = 29"),
    "eleven months of schools": ("10.1", "c10_prevention", "later(month, -11), later(month, 1)", "later(month, -10), later(month, 1)"),
    "closed after it was due": ("10.2", "c10_prevention", "closed <= one.action_due_on", "closed <= after(one.action_due_on, 30)"),
    "of age on the eve of a birthday": ("10.3", "c10_prevention", "age < OF_AGE", "world.age(person, after(day, 1)) < OF_AGE"),
    "of age on 28 February": ("10.3", "../people", "day.year - born.year - (", "day.year - born.year - ((day.month, day.day) != (2, 28) or born.day != 29) * ("),
    "each named crime is a young suspect": ("10.3", "c10_prevention", "key = month_of(day), area, person", "key = month_of(day), area, (person, crime.ref)"),
    "an unknown sex is a known one": ("2.3", "c02_trust", 'record.sex != "U"', "record.sex is not None"),
    "one course in date is enough": ("3.2", "training", "share(all(is_in_date", "share(any(is_in_date"),
    "a course has run out on its last day": ("3.2 4.3", "training", "one.expires_on >= day", "one.expires_on > day"),
    "old after 89 days": ("3.4", "c03_resources", "LONG_DAYS = 90", "LONG_DAYS = 89"),
    "crimes closed on the turn of a month are open": ("3.3 3.4", "c03_resources", "crime.ended_on >= end", "crime.ended_on >= after(end, -1)"),
    "a list's first check counts": ("5.3", "c05_evidence", "(one.at, not one.is_identical))", "(one.at, not one.is_identical), reverse=True)"),
}


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
            where = differs(folder, copy, measures.split())
        missed += not where
        print(f"{'caught' if where else 'MISSED'}: {title}{where and f' ({where})'}", flush=True)
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} mutants caught")
    return 1 if missed else 0


def differs(folder, oracle, measures):
    """What differs, in a word; nothing when all agrees."""
    command = [sys.executable, oracle / "measures_mutants.py", "--replay", folder]
    done = subprocess.run(
        [*command, "--measures", " ".join(measures)], capture_output=True, text=True
    )
    if done.returncode == 0:
        return ""
    told = [line for line in done.stdout.splitlines() if " differ in " in line]
    return told[0] if told else done.stderr.strip().splitlines()[-1]


def replay(folder, measures):
    """Holds the oracle beside this file against what was kept."""
    from compare import Comparison

    runner, comparison = load_runner(), Comparison()
    for place in range(len(SEEDS)):
        deployment = pickle.loads((folder / f"{place}.pickle").read_bytes())
        runner.hold(comparison, deployment, measures)
        if comparison.tally:
            break
    return comparison.report()


if __name__ == "__main__":
    sys.exit(main())
