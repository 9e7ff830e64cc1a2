-- Grain: one row per person, for the ledger.
-- Purpose: standing, ranks and counts, with the victims and the worst crime
-- beside them. A victim is a girl when she was under 18 at her first report in
-- the window; without a date of birth she is counted as a woman.
with victims as (
    select
        contributions.person_key,
        victims.person_key as victim_key,
        count(*) as times,
        any_value(victims.sex) as sex,
        min(victims.age) as age,
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
        count(*) filter (where sex = 'F' and coalesce(age >= 18, true))
            as women,
        count(*) filter (where sex = 'F' and age < 18) as girls,
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
        or contributions.not_counted_because = 'no_weight'
    group by contributions.person_key
)

select
    people.nominal_id,
    people.standing,
    people.rank,
    people.rank_at_liberty,
    people.rank_without_nfa,
    people.score_days,
    people.score_without_nfa_days,
    people.allegations,
    people.offences,
    coalesce(victim_counts.victims, 0) as victims,
    coalesce(victim_counts.women, 0) as women,
    coalesce(victim_counts.girls, 0) as girls,
    people.worst_days,
    worst.crime_ref as worst_crime_ref,
    people.earliest_reported_on,
    people.latest_reported_on,
    people.domestic_abuse_allegations,
    coalesce(victim_counts.repeat_victims, 0) as repeat_victims,
    people.unscored_allegations,
    people.no_further_action_allegations,
    people.is_in_custody,
    people.has_counter_allegation,
    people.is_blocked,
    people.is_restricted,
    people.was_under_18,
    people.age,
    people.identities,
from people
left join victim_counts on victim_counts.person_key = people.person_key
inner join worst on worst.person_key = people.person_key
order by people.rank nulls last, people.nominal_id
