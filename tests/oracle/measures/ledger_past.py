"""A past for the ledger: what the program stamps with the present moment
(decisions, checks, receipts of files) is spread over the months before, and
public releases are written, since the present would give one month only.
"""

import datetime as dt
import types

import extracts
from measures.asked import after, later


class Past:
    """The ledger of a deployment, and the record of what it holds then."""

    def __init__(self, deployment, ledger):
        self.ledger, self.record = ledger, deployment.ledger
        self.plan, self.dice = deployment.plan, deployment.dice
        self.folder, self.seen = deployment.folder, deployment.seen

    def spread(self):
        self.spread_decisions()
        self.spread_verifications()
        self.spread_batches()
        self.write_releases()

    def spread_decisions(self):
        """Up to 40 days after the list, some an hour before midnight in UTC; or so
        many days before something happened to the person."""
        happened = self.happened()
        rows = self.ledger.sql(
            "select decision_id, as_of, nominal_id, decision from ledger.list_decisions "
            "join ledger.lists using (list_id) order by decision_id"
        ).fetchall()
        for decision_id, as_of, nominal_id, decision in rows:
            day = after(as_of, self.dice.randint(0, 40))
            if nominal_id in happened and self.dice.random() < 0.4:
                days = self.dice.choice((0, 1, 89, 90, 91, 180, 181, 365, 366))
                day = after(self.dice.choice(happened[nominal_id]), -days)
            at = self.moment(day)
            self.update("list_decisions", "decided_at", "decision_id", decision_id, at)
            self.record.decisions.append(
                types.SimpleNamespace(nominal_id=nominal_id, decision=decision, at=at)
            )

    def happened(self):
        """Days of arrests, charges and spells in custody by record."""
        contracts, found = self.folder / "jobs/nightly-ingest/sources", {}
        columns = {"arrests": "arrested_at", "charges": "charged_at", "custody_spells": "starts_at"}
        for source, column in columns.items():
            table = extracts.read_source(source, contracts, extracts.delivered(self.seen))
            for row in table.to_dict("records"):
                found.setdefault(row["nominal_id"], []).append(row[column].date())
        return found

    def moment(self, day):
        time = self.dice.choice((dt.time(9, 30), dt.time(22, 59, 59), dt.time(23, 30)))
        return dt.datetime.combine(day, time)

    def late_evenings(self):
        """Moments around 23:00 UTC, when in summer London's next day begins: on last
        days of months, and on the eves and the days on which the clocks change."""
        first = self.plan.last.replace(day=1)
        days = [after(later(first, -back), -1) for back in range(23)]
        for year in range(first.year - 2, first.year + 1):
            for month in (3, 10):
                sunday = last_sunday(year, month)
                days += [after(sunday, -1), sunday]
        days = sorted(day for day in days if day < self.plan.last)
        times = (dt.time(22, 59, 59), dt.time(23), dt.time(23, 59, 59))
        return [dt.datetime.combine(day, time) for day in days for time in times]

    def spread_verifications(self):
        rows = self.ledger.sql(
            "select distinct list_id from ledger.list_verifications order by list_id"
        ).fetchall()
        self.ledger.execute(
            "create temp table one as select * from ledger.list_verifications limit 1"
        )
        self.ledger.execute("delete from ledger.list_verifications")
        for (list_id,) in rows:
            days = [after(self.plan.last, -self.dice.randint(0, 700)) for _ in range(4)]
            evenings = self.dice.sample(self.late_evenings(), 12)
            for at in [*map(self.moment, days), *evenings]:
                is_identical = self.dice.random() < 0.8
                self.ledger.execute(
                    "insert into ledger.list_verifications by name select one.* replace "
                    "(? as list_id, ? as is_identical, ? as verified_at) from one",
                    [list_id, is_identical, at],
                )
                self.record.verifications.append(
                    types.SimpleNamespace(list_id=list_id, is_identical=is_identical, at=at)
                )

    def spread_batches(self):
        rows = self.ledger.sql(
            "select batch_id, source, file_name from ledger.batches order by batch_id"
        ).fetchall()
        contracts = self.folder / "jobs/nightly-ingest/sources"
        evenings = self.late_evenings()
        for batch_id, source, name in rows:
            at = self.moment(after(self.plan.last, -self.dice.randint(0, 700)))
            if batch_id % 2 == 0:
                at = self.dice.choice(evenings)
            self.update("batches", "received_at", "batch_id", batch_id, at)
            judged = extracts.taken_in(self.seen / name, contracts / f"{source}.toml")
            self.record.batches.append(
                types.SimpleNamespace(
                    source=source,
                    received_at=at,
                    read=judged.read,
                    passed=len(judged.taken),
                )
            )

    def write_releases(self):
        """Due on any day; issued before, on it, after it or not at all; and issued
        late on the evening of the day."""
        for _ in range(60):
            due_on = after(self.plan.last, self.dice.randint(-760, 20))
            late = self.dice.choice((-3, 0, 0, 1, None))
            issued_at = None if late is None else self.moment(after(due_on, late))
            self.record.releases.append((due_on, issued_at))
        self.record.releases += [(at.date(), at) for at in self.late_evenings()]
        for number, (due_on, issued_at) in enumerate(self.record.releases, 1):
            self.ledger.execute(
                "insert into ledger.releases values (?, ?, ?, ?)",
                [number, f"Release {number}", due_on, issued_at],
            )

    def update(self, table, column, key, value, at):
        self.ledger.execute(f"update ledger.{table} set {column} = ? where {key} = ?", [at, value])


def last_sunday(year, month):
    last = after(later(dt.date(year, month, 1), 1), -1)
    return after(last, -(last.isoweekday() % 7))
