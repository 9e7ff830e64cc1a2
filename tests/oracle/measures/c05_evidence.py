"""Commitment 5: pilots, extracts, past lists."""

from measures.asked import after, day_in_london, month_of, row, rows, share


def measures():
    return {
        "5.1": pilots_published,
        "5.2": rows_passing,
        "5.3": lists_reproduced,
    }


def pilots_published(world, asked):
    for pilot in world.all("pilots"):
        if asked.shows(pilot.ended_on):
            told = asked.told(pilot.published_on)
            hit = share(told and pilot.published_on <= after(pilot.ended_on, 365))
            yield row(month_of(pilot.ended_on), **hit)


def rows_passing(world, asked):
    for batch in world.ledger.batches:
        day = day_in_london(batch.received_at)
        if asked.shows(day) and batch.read:
            figures = {"numerator": batch.passed, "denominator": batch.read}
            source = batch.source.replace("_", " ").capitalize()
            yield from rows(month_of(day), groups=[source], **figures)


def lists_reproduced(world, asked):
    newest = {}
    for one in sorted(world.ledger.verifications, key=lambda one: (one.at, not one.is_identical)):
        newest[month_of(day_in_london(one.at)), one.list_id] = one.is_identical
    for (month, _), is_identical in newest.items():
        if asked.shows(month):
            yield row(month, **share(is_identical))
