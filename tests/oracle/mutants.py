#!/usr/bin/env python3
"""Shows that the comparison can fail: one rule of the oracle is changed at a
time, and each change must make it differ from the program.

    mutants.py --daybook PATH [--suspects 1500] [--seed 7]

The program makes its lists once; what it says is kept and held against every
changed oracle. Ends with 1 when the unchanged oracle differs, or a changed one
does not.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Module, what it says, what it says instead.
MUTANTS = {
    "the list date is in the window": ("ranking.py", "start <= day < end and reported < end", "start <= day <= end and reported <= end"),
    "the first day is not": ("ranking.py", "start <= day < end and", "start < day < end and"),
    "a window is a day shorter": ("rules.py", "dt.timedelta(days=self.window_days)", "dt.timedelta(days=self.window_days - 1)"),
    "harm is not times the count": ("ranking.py", "row.weight * row.offence_count", "row.weight"),
    "titles have no weight": ("rules.py", "held.get((code, bare(title))) or ", ""),
    "titles are compared letter by letter": ("rules.py", 're.sub("[^a-z0-9]", "", re.sub("[^A-Za-z0-9]", "", title or "").lower())', 'title or ""'),
    "a title is the code's whole weight": ("rules.py", 'held.get((code, "")) or {}', "{}"),
    "a corrected title is another edition": ("movement.py", " and not is_same", ""),
    "aliases are not followed": ("rules.py", "self.aliases.get(code, code)", "code"),
    "cancelled crimes count": ("ranking.py", 'row.status == "cancelled")', "False)"),
    "transferred crimes count": ("ranking.py", 'row.status == "transferred")', "False)"),
    "one's own victim counts": ("ranking.py", "(OWN_VICTIM, row.own_victim)", "(OWN_VICTIM, False)"),
    "fifty suspects are too many": ("ranking.py", "row.suspects > rules.most_suspects", "row.suspects >= rules.most_suspects"),
    "no victim has to be female": ("ranking.py", '"female_victim": row.female_victim,', '"female_victim": True,'),
    "police activity counts": ("ranking.py", "bool(row.proactive) and not rules", "False and not rules"),
    "a child is ranked": ("ranking.py", 'return "under_18"', 'return "ranked"'),
    "a birthday comes a day late": ("people.py", "(day.month, day.day) < (born", "(day.month, day.day) <= (born"),
    "the dead are ranked": ("ranking.py", 'return "deceased"', 'return "ranked"'),
    "who dies on the list date is dead": ("ranking.py", "dead[row.person] < as_of", "dead[row.person] <= as_of"),
    "custody from midnight counts": ("people.py", "spell.starts_at < midnight", "spell.starts_at <= midnight"),
    "custody to midnight does not": ("people.py", "spell.ends_at >= midnight", "spell.ends_at > midnight"),
    "merges are not followed": ("people.py", "end_of(one, into) if follow", "one if follow"),
    "merges are followed one step": ("people.py", "        seen.append(after)", "        return after"),
    "births and deaths on merged records are lost": ("people.py", "in merged.items()", "in ()"),
    "a retired code has no place in the basket": ("rules.py", "or self.basket.get(self.aliases.get(code)) or", "or"),
    "ties fall by the first report": ("ranking.py", "-worst, -latest.toordinal()", "-worst, latest.toordinal()"),
    "ties do not ask for the worst": ("ranking.py", "(-score, -worst, -latest", "(-score, -latest"),
    "ties fall by the last identifier": ("ranking.py", "sorted((order_key(*rest), index)", "sorted((order_key(*rest)[:3], -index)"),
    "outcome 18 is not no further action": ("rules.py", "(14, 15, 16, 18)", "(14, 15, 16)"),
    "a cancelled crime is a counter-allegation": ("people.py", 'crimes["status"] != "cancelled"', 'crimes["status"] != "lost"'),
    "the oldest file wins": ("extracts.py", "key=lambda path: (as_at(path), path.name)", "key=lambda path: (-as_at(path).timestamp(), path.name)"),
    "manifests are not read": ("extracts.py", "if manifest.exists():", "if False:"),
    "rows are never deleted": ("extracts.py", 'if row["op"] == "D":', "if False:"),
    "wrong rows are accepted": ("extracts.py", "if \"values\" in column and cell not in column[\"values\"]:", "if False:"),
    "of conflicting rows the first is taken": ("extracts.py", "spoilt.add(key)", "pass"),
    "the same rank is left": ("ranking.py", "ahead + 1 - (keys[person] < key)", "ahead + 1"),
    "the window's end is no cause": ("movement.py", 'return "window passed"', 'return "no longer named"'),
    "a report on the last list's date is old": ("movement.py", "new.reported_on >= previous.as_of", "new.reported_on > previous.as_of"),
    "who left is new": ("movement.py", '"returned" if held_by else "new"', '"new"'),
    "times over two lists": ("movement.py", "TIMES_OVER = 12", "TIMES_OVER = 2"),
    "the worst cause comes first": ("movement.py", "best = max(ordered", "best = min(ordered"),
    "deaths give no reason": ("movement.py", '"deceased": "death", ', ""),
    "places are the worst of the identities": ("sensitivity.py", "min(place, found", "max(place, found"),
    "overlap is over the reserve too": ("sensitivity.py", "there[one][0] <= size for", "there[one][0] <= standing.rules.kept for"),
    "an edition ranks whatever it weighs": ("sensitivity.py", "tables, rules.edition) < 50", "tables, rules.edition) < 0"),
    "windows are compared by the other date": ("sensitivity.py", "rules.but(window_days=days)", 'rules.but(window_days=days, window_by="committed")'),
    "victims of two people count twice": ("counts.py", '"person"].nunique()', '"person"].size'),
}


def main():
    told = arguments()
    if told.replay:
        return replay(told.replay)
    with tempfile.TemporaryDirectory(prefix="daybook-mutants-") as folder:
        record(pathlib.Path(folder), told)
        return judge(folder)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daybook", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--suspects", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--replay", type=pathlib.Path)
    return parser.parse_args()


def record(folder, told):
    """Has the program make its lists, and keeps what it was given and says."""
    import compare
    import london

    deployments = []
    dates = london.run(told.daybook, folder, told.seed, 0, told.suspects, compare.Comparison(), deployments.append)
    (deployment,) = deployments
    kept = {
        "seed": told.seed,
        "folder": str(deployment.daybook.folder),
        "dates": [str(date) for date in dates],
        "files": deployment.delivered,
        "answers": deployment.daybook.answers,
    }
    (folder / "record.json").write_text(json.dumps(kept))


def judge(folder):
    if differs(folder, HERE):
        print("the oracle as it is differs from the program: mutants prove nothing")
        return 1
    missed = 0
    for title, (module, words, others) in MUTANTS.items():
        with tempfile.TemporaryDirectory() as changed:
            copy = pathlib.Path(changed) / "oracle"
            shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
            text = (copy / module).read_text()
            if text.count(words) != 1:
                raise SystemExit(f"{module} does not say once: {words}")
            (copy / module).write_text(text.replace(words, others))
            where = differs(folder, copy)
        missed += not where
        print(f"{'caught' if where else 'MISSED'}: {title}{where and f' ({where})'}", flush=True)
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} mutants caught")
    return 1 if missed else 0


def differs(folder, oracle):
    """What differs, in a word; nothing when all agrees."""
    command = [sys.executable, oracle / "mutants.py", "--replay", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    told = [line for line in done.stdout.splitlines() if " differ in " in line]
    return told[0] if told else done.stderr.strip().splitlines()[-1]


def replay(folder):
    """Holds the oracle beside this file against what was kept."""
    import compare
    import london

    kept = json.loads((folder / "record.json").read_text())
    return london.again(kept, compare.Comparison())


if __name__ == "__main__":
    sys.exit(main())
