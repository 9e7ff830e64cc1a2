-- Grain: one row per person of the ranking, for the ledger.
-- Purpose: the ranking with the counts that are shown beside a score and are
-- never inside it.
with victims as (
    select
        contributions.person_key,
        victims.person_key as victim_key,
        count(*) as times,
    from contributions
    inner join core.victims as victims
        on victims.crime_key = contributions.crime_key
    where contributions.is_counted
    group by contributions.person_key, victims.person_key
),

victim_counts as (
    select
        person_key,
        count(*) as victims,
        count(*) filter (where times > 1) as repeat_victims,
    from victims
    group by person_key
),

worst as (
    select
        contributions.person_key,
        first(
            crimes.crime_ref
            order by
                contributions.harm_days desc,
                contributions.reported_on desc,
                crimes.crime_ref
        ) as crime_ref,
    from contributions
    inner join core.crimes as crimes
        on crimes.crime_key = contributions.crime_key
    where
        contributions.is_counted
        or contributions.not_counted_because = 'no weight in this edition'
    group by contributions.person_key
)

select
    ranking.nominal_id,
    ranking.standing,
    ranking.rank,
    ranking.rank_at_liberty,
    ranking.rank_without_nfa,
    ranking.score_days,
    ranking.score_without_nfa_days,
    ranking.allegations,
    ranking.offences,
    coalesce(victim_counts.victims, 0) as victims,
    ranking.worst_days,
    worst.crime_ref as worst_crime_ref,
    ranking.latest_reported_on,
    ranking.domestic_abuse_allegations,
    coalesce(victim_counts.repeat_victims, 0) as repeat_victims,
    ranking.unscored_allegations,
    ranking.no_further_action_allegations,
    ranking.is_in_custody,
    ranking.has_counter_allegation,
    ranking.was_under_18,
    ranking.age,
    ranking.identities,
from ranking
left join victim_counts on victim_counts.person_key = ranking.person_key
inner join worst on worst.person_key = ranking.person_key
order by ranking.rank nulls last, ranking.nominal_id
