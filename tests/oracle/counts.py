"""The figures of a whole list, in the words of `ledger.lists.counts`.

Choices: people, not rows, are counted of the people listed; a victim of two of
them counts once; crimes cancelled since the list before are told by the date of
their status, are inside the basket, and count once however many are suspected;
a list with room left has no cut; the median is cut to thousandths.
"""

import statistics

from ranking import CROWD, OWN_VICTIM, UNSCORED, condition_met
from society import objects


def take(standing, world, tables, previous_as_of):
    entries, allegations, rules = standing.entries, standing.allegations, standing.rules
    ranked = entries[entries["rank"].notna()].sort_values("rank")
    listed = ranked[ranked["rank"] <= rules.size]
    after = ranked[ranked["rank"] == rules.size + 1]
    last_on = int(listed["score"].iloc[-1]) if len(listed) == rules.size else None
    first_off = int(after["score"].iloc[0]) if len(after) else None
    scores = [int(score) for score in ranked["score"]]
    left_out = allegations.loc[~allegations["counted"], "reason"].value_counts()
    reasons = {reason: int(number) for reason, number in left_out.items()}
    unscored = allegations[allegations["reason"] == UNSCORED]
    return {
        "ranked": len(ranked),
        "listed": len(listed),
        "listed_allegations": int(listed["allegations"].sum()),
        "listed_victims": distinct_victims(standing, listed),
        "listed_harm_days": days(int(listed["score"].sum())),
        "all_harm_days": days(sum(scores)),
        "median_days": days(int(statistics.median(scores))) if scores else None,
        "gini": gini(scores),
        "last_on_days": days(last_on),
        "first_off_days": days(first_off),
        "margin_days": days(last_on - first_off) if first_off is not None else None,
        "tied_at_cut": scores.count(last_on),
        "under_18_not_ranked": int((entries["standing"] == "under_18").sum()),
        "deceased_removed": int((entries["standing"] == "deceased").sum()),
        "in_custody": int(listed["in_custody"].sum()),
        "custody_not_ranked": int((entries["standing"] == "in_custody").sum()),
        "counter_allegation": int(listed["countered"].sum()),
        "blocked": int(listed["countered"].sum()) if rules.counter_allegation == "block" else 0,
        "restricted": 0,
        "merged": sum(len(names) > 1 for names in listed["identities"]),
        "alleged_when_under_18": int(listed["was_under_18"].sum()),
        "no_further_action": int(listed["nfa"].sum()),
        "unscored_allegations": len(unscored),
        "unscored_codes": sorted(set(unscored["index_code"])),
        "proactive_left_out": reasons.get(
            "proactive", 0
        ),
        "cancelled_since_previous": cancelled(world, tables, standing, previous_as_of),
        "refused_crimes": refused(allegations, rules),
        "not_counted": dict(sorted(reasons.items())),
    }


def days(milli):
    return None if milli is None else milli / 1000


def refused(allegations, rules):
    """Crimes that count for nobody until someone corrects them."""
    reasons = (OWN_VICTIM, CROWD)
    return sorted(set(allegations.loc[allegations["reason"].isin(reasons), "crime_ref"]))


def distinct_victims(standing, listed):
    counted = standing.allegations[standing.allegations["counted"]]
    crimes = set(counted.loc[counted["person"].isin(set(listed["person"])), "crime_ref"])
    victims = standing.known.victims
    return victims.loc[victims["crime_ref"].isin(crimes), "person"].nunique()


def gini(scores):
    """Half the mean difference of two people, as a share of the mean."""
    if not scores:
        return None
    ordered, number = sorted(scores), len(scores)
    weighted = sum((2 * place - number - 1) * score for place, score in enumerate(ordered, 1))
    return weighted / (number * sum(ordered))


def cancelled(world, tables, standing, previous_as_of):
    """Basket crimes with a suspect that left since the list before."""
    if previous_as_of is None:
        return 0
    gone = world["crimes"][world["crimes"]["status"].isin(("cancelled", "transferred"))].copy()
    gone["female_victim"] = gone["crime_ref"].isin(standing.known.female_crimes)
    gone["condition"] = objects(
        tables.place(code).get("condition") for code in gone["ho_code"]
    )
    suspected = set(standing.known.suspects["crime_ref"])
    return sum(
        row.status_at is not None
        and previous_as_of <= row.status_at.date() < standing.as_of
        and row.crime_ref in suspected
        and condition_met(row)
        for row in gone.itertuples()
    )
