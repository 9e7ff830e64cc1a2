"""The same list under one changed rule, and where its people stand there.

An edition that weighs less than half of the allegations that count for the
list's people ranks nobody.

Choices: a merged person stands where the best of their identities stands, with
that identity's score; someone who is not ranked there has no rank and no score.
"""

import ranking


def variants(rules):
    """The changed rules by variant, in the order of the settings."""
    found = {f"edition:{name}": rules.but(edition=name) for name in rules.compare_editions}
    found |= {f"window:{days}": rules.but(window_days=days) for days in rules.compare_windows}
    other = "committed" if rules.window_by == "reported" else "reported"
    found[f"by:{other}"] = rules.but(window_by=other)
    found["without:14,15,16"] = rules.but(without_outcomes=(14, 15, 16))
    found["identity:nominal"] = rules.but(follow_merges=False)
    return found


def compare(standing, world, tables):
    """Totals by variant; ranks by variant and person."""
    base = ranks_of(standing)
    kept = {one for one, (rank, _) in base.items() if rank <= standing.rules.kept}
    totals, places = {}, {}
    for variant, rules in variants(standing.rules).items():
        other = ranking.make(world, tables, rules, standing.as_of)
        there = by_person(ranks_of(other), standing)
        size = standing.rules.size
        listed = {one for one, (rank, _) in base.items() if rank <= size}
        totals[variant] = {
            "ranked": int(other.entries["rank"].notna().sum()),
            "overlap": sum(one in there and there[one][0] <= size for one in listed),
        }
        if weighed(standing, listed, tables, rules.edition) < 50:
            continue
        for one in kept:
            rank, score = there.get(one, (None, 0))
            places[variant, one] = {"rank": rank, "score_days": score}
    return totals, places


def weighed(standing, listed, tables, edition):
    """Whole per cent of the list's allegations that an edition weighs."""
    rows = standing.allegations
    rows = rows[rows["counted"] & rows["person"].isin(listed)]
    known = [bool(tables.weight(edition, row.ho_code, row.offence_title)) for row in rows.itertuples()]
    return 100 * sum(known) // len(known) if known else 100


def ranks_of(standing):
    entries = standing.entries
    return {
        row.person: (row.rank, row.score) for row in entries.itertuples() if row.rank is not None
    }


def by_person(ranks, standing):
    """The best place of a person's identities."""
    found = {}
    for one, place in ranks.items():
        person = standing.known.person_of.get(one, one)
        found[person] = min(place, found.get(person, place))
    return found
