"""What is taken out of files before the program and the oracle see them."""

import csv
import json

DAYS_OF_TRAINING = ("renewal", "eligible_from", "eligible_until")


def minimums(job):
    """Takes the minimum out of every definition."""
    for path in job.glob("*/commitment.toml"):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("minimum_")))


def counts(landing, days):
    """Takes counts of posts out of every file, and the manifests that know of them."""
    told = [f",{day}," for day in days]
    for path in landing.glob("posts_*.csv") if days else ():
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not any(day in line for day in told)]
        path.write_text("".join(kept))
        keep_as_at(path)


def before(landing, source, column, day):
    """Takes rows of an earlier day out of every file of a source."""
    for path in landing.glob(f"{source}_[0-9]*.csv"):
        with open(path, newline="") as file:
            header, *lines = csv.reader(file)
        at = header.index(column)
        kept = [line for line in lines if len(line) != len(header) or line[at] >= str(day)]
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([header, *kept])
        keep_as_at(path)


def renewals(landing):
    """Takes all but the newest completions out of training, and the days from and
    until which a course is required."""
    for path in landing.glob("training_*.csv"):
        with open(path, newline="") as file:
            header, *lines = csv.reader(file)
        kept = [place for place, name in enumerate(header) if name not in DAYS_OF_TRAINING]
        renewal, newest = header.index("renewal"), {}
        for line in lines:
            key = tuple(line[:renewal])
            newest[key] = max(newest.get(key, line), line, key=lambda one: one[renewal:])
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows(
                [line[place] for place in kept]
                for line in (header, *newest.values())
                if len(line) == len(header)
            )
        keep_as_at(path)


def keep_as_at(path):
    """Of a changed file's manifest its moment alone."""
    manifest = path.with_name(path.name + ".manifest.json")
    as_at = json.loads(manifest.read_text())["as_at"]
    manifest.write_text(json.dumps({"as_at": as_at}))
