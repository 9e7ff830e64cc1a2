"""Rows that lie on the edges of the definitions, as one more delivery: the last
second of a month, the day on which something is late, people merged or unknown,
things without a place or a name.
"""

import datetime as dt
import random

import deliveries
import extracts
from measures.asked import after, later

SECOND = dt.timedelta(seconds=1)
NOBODY = "N9999999"
# What may lie ahead.
AHEAD = ("expires_at", "expires_on", "action_due_on", "due_at", "ends_at", "date_of_birth")


def deliver(landing, seen, contracts, plan, sources, parts):
    """Writes a file for each source that still delivers on the last morning."""
    files = extracts.delivered(seen)
    able = [one for one in sources if one not in (*plan.never, *plan.ends_early, "posts")]
    edges = Edges(extracts.read_world(contracts, files, able), plan)
    for part in parts:
        part(edges)
    for source, rows in edges.rows.items():
        path = landing / f"{source}_{plan.last:%Y%m%d}.jsonl"
        deliveries.write_json_lines(path, rows.values())
        deliveries.stamp(path, dt.datetime.combine(plan.last, dt.time.min))


def midnights(days):
    """Columns with the moment at which their day begins."""
    return {column: dt.datetime.combine(day, dt.time.min) for column, day in days.items()}


class Edges:
    def __init__(self, tables, plan):
        self.plan, self.dice = plan, random.Random(f"edges {plan.seed}")
        self.held = {source: table.to_dict("records") for source, table in tables.items()}
        self.keys = {source: rows and list(rows[0])[0] for source, rows in self.held.items()}
        self.rows = {source: {} for source in tables}
        self.number = 0

    def some(self, source, number, chosen=lambda row: True):
        """Rows as they stand now, with what was changed here."""
        rows = [self.now(source, row) for row in self.held.get(source, [])]
        rows = [row for row in rows if chosen(row)]
        return self.dice.sample(rows, min(number, len(rows)))

    def now(self, source, row):
        return self.rows[source].get(self.key(source, row), row)

    def key(self, source, row):
        count = {"parties": 3, "order_breaches": 2, "custody_spells": 2, "training": 3}
        return tuple(list(row.values())[: count.get(source, 1)])

    def put(self, source, row, **changed):
        if source in self.rows and not any(map(self.is_to_come, changed.items())):
            row = row | changed
            self.rows[source][self.key(source, row)] = row

    def is_to_come(self, cell):
        """Whether something would have happened after the last morning."""
        column, value = cell
        if column in AHEAD or not isinstance(value, dt.date):
            return False
        return (value.date() if isinstance(value, dt.datetime) else value) >= self.plan.last

    def add(self, source, **changed):
        """A row like another, under a key of its own."""
        for like in self.some(source, 1):
            self.number += 1
            self.put(source, like | {self.keys[source]: f"EDGE{self.number:05}"}, **changed)

    def month(self):
        """The first moment of a month that is shown."""
        first = later(self.plan.last.replace(day=1), -self.dice.randint(1, 22))
        return dt.datetime.combine(first, dt.time.min)

    def reports(self):
        """Days of the reports and those before them, and a day of the last full month."""
        for as_of in (*self.plan.as_defined, *self.plan.with_few):
            begun = after(as_of.replace(day=1), -self.dice.randint(1, 20))
            for day in (after(as_of, -1), as_of):
                yield day, begun

    def turns(self):
        """Moments around the turn of a month."""
        turn = self.month()
        return turn - SECOND, turn, turn + SECOND

    def victims_of(self, crime_ref):
        return [
            row["nominal_id"]
            for row in self.held["parties"]
            if row["crime_ref"] == crime_ref and row["role"] == "victim"
        ]

    def suspects_of(self, crime_ref):
        return [
            row["nominal_id"]
            for row in self.held["parties"]
            if row["crime_ref"] == crime_ref and row["role"] == "suspect"
        ]
