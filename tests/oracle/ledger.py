"""The oracle's and the program's readings of a list, brought to one form."""

import json

import pandas as pd

import counts
import ranking
from compare import milli

ENTRIES = {
    "standing": "standing",
    "rank": "rank",
    "rank_at_liberty": "rank_at_liberty",
    "rank_without_nfa": "rank_without_nfa",
    "score_days": "score",
    "score_without_nfa_days": "score_left",
    "allegations": "allegations",
    "offences": "offences",
    "victims": "victims",
    "women": "women",
    "girls": "girls",
    "worst_days": "worst",
    "worst_crime_ref": "worst_crime_ref",
    "earliest_reported_on": "earliest",
    "latest_reported_on": "latest",
    "domestic_abuse_allegations": "domestic_abuse",
    "repeat_victims": "repeat_victims",
    "unscored_allegations": "unscored",
    "no_further_action_allegations": "nfa",
    "is_in_custody": "in_custody",
    "has_counter_allegation": "countered",
    "is_blocked": "countered",
    "was_under_18": "was_under_18",
    "age": "age",
    "identities": "identities",
}
DAYS = (
    "score_days",
    "score_without_nfa_days",
    "worst_days",
    "weight_days",
    "harm_days",
    "previous_days",
)


def entries(standing):
    return {
        row["person"]: {field: plain(row[column]) for field, column in ENTRIES.items()}
        | {"is_restricted": False}
        for row in standing.entries.to_dict("records")
    }


def told_entries(daybook, list_id):
    rows = daybook.rows(
        "select * replace (array_to_string(list_sort(identities), '|') as identities) "
        f"from ledger.list_entries where list_id = {list_id}"
    )
    return {
        row["nominal_id"]: in_milli(row) | {"identities": row["identities"].split("|")}
        for row in rows
    }


def contributions(standing, tables):
    """Allegations of everyone on the list or its reserve."""
    kept = {
        row.person
        for row in standing.entries.itertuples()
        if row.rank is not None and row.rank <= standing.rules.kept
    }
    without = ranking.ranks_without(standing)
    found = {}
    for row in standing.allegations.itertuples():
        if row.person not in kept:
            continue
        weight = row.weighed
        found[row.person, row.crime_ref] = {
            "named_as": row.named_as,
            "ho_code": row.ho_code,
            "index_code": row.index_code,
            "vawg_group": tables.place(row.ho_code).get("vawg_group"),
            "weight_days": weight.get("milli"),
            "offence_count": row.offence_count,
            "harm_days": row.harm,
            "basis": weight.get("basis"),
            "source": weight.get("source"),
            "reported_on": str(row.reported_on),
            "committed_on": plain(row.committed_on),
            "status": row.status,
            "outcome_code": plain(row.outcome_code),
            "is_domestic_abuse": bool(row.domestic_abuse),
            "is_counted": row.counted,
            "not_counted_because": row.reason,
            "rank_without": without.get((row.person, row.crime_ref)),
        }
    return found


def told_contributions(daybook, list_id):
    rows = daybook.rows(f"select * from ledger.list_contributions where list_id = {list_id}")
    return {(row["nominal_id"], row["crime_ref"]): in_milli(row) for row in rows}


def figures(standing, world, tables, previous_as_of):
    found = counts.take(standing, world, tables, previous_as_of)
    return {"counts": found | {"figures told": sorted(found)}}


def told_figures(row):
    found = json.loads(row["counts"])
    return {"counts": found | {"figures told": sorted(found)}}


def in_milli(row):
    return {field: milli(value) if field in DAYS else value for field, value in row.items()}


def plain(value):
    """As JSON would tell it."""
    if isinstance(value, list):
        return value
    if value is None or pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def told_moves(daybook, list_id):
    rows = daybook.rows(f"select * from ledger.list_moves where list_id = {list_id}")
    return {
        row["nominal_id"]: in_milli(row)
        | {"causes": {cause: milli(days) for cause, days in json.loads(row["causes"]).items()}}
        for row in rows
    }


def told_variants(daybook, list_id):
    totals = daybook.rows(f"select * from ledger.list_variants where list_id = {list_id}")
    places = daybook.rows(f"select * from ledger.list_variant_ranks where list_id = {list_id}")
    return (
        {row["variant"]: row for row in totals},
        {(row["variant"], row["nominal_id"]): in_milli(row) for row in places},
    )
