-- Grain: one row per person with a counted allegation in the window, or with
-- one that has no weight.
-- Purpose: each person's standing, ranks and counts. The counts stand beside a
-- score and are never inside it. People in custody are ranked, and the people
-- at liberty are ranked again among themselves.
-- An age is in completed years: someone born on 29 February comes of age on
-- 1 March of a year that has no such day.
with scores as (
    select
        person_key,
        sum(harm_days) as score_days,
        coalesce(
            sum(harm_days) filter (where not is_no_further_action), 0
        ) as score_without_nfa_days,
        count(*) filter (where is_counted) as allegations,
        coalesce(sum(offence_count) filter (where is_counted), 0) as offences,
        coalesce(max(harm_days), 0) as worst_days,
        coalesce(
            max(reported_on) filter (where is_counted), max(reported_on)
        ) as latest_reported_on,
        count(*) filter (where is_counted and is_domestic_abuse)
            as domestic_abuse_allegations,
        count(*) filter (where is_counted and is_no_further_action)
            as no_further_action_allegations,
        count(*) filter (where not is_counted) as unscored_allegations,
        coalesce(
            min(committed_on) filter (where is_counted),
            min(reported_on) filter (where is_counted)
        ) as earliest_on,
    from contributions
    where is_counted or not_counted_because = 'no weight in this edition'
    group by person_key
),

in_custody as (
    select distinct person_key
    from core.custody_spells
    where starts_at < $as_of and (ends_at is null or ends_at >= $as_of)
),

ranks as (
    select
        person_key,
        row_number() over (
            order by
                score_days desc, worst_days desc, latest_reported_on desc,
                person_key
        ) as rank,
    from ranking
),

described as (
    select
        scores.*,
        ranks.rank,
        people.person_id as nominal_id,
        people.identities,
        year($as_of) - year(people.date_of_birth) - cast(
            (month($as_of), day($as_of))
            < (month(people.date_of_birth), day(people.date_of_birth))
            as integer
        ) as age,
        year(earliest_on) - year(people.date_of_birth) - cast(
            (month(earliest_on), day(earliest_on))
            < (month(people.date_of_birth), day(people.date_of_birth))
            as integer
        ) as age_at_earliest,
        in_custody.person_key is not null as is_in_custody,
        counters.person_key is not null as has_counter_allegation,
        case
            when people.deceased_on < $as_of then 'deceased'
            when people.date_of_birth > $adult_born_by then 'under_18'
            else 'ranked'
        end as standing,
    from scores
    inner join core.people as people on people.person_key = scores.person_key
    left join ranks on ranks.person_key = scores.person_key
    left join in_custody on in_custody.person_key = scores.person_key
    left join core.counter_allegations as counters
        on counters.person_key = scores.person_key
)

select
    person_key,
    nominal_id,
    standing,
    rank,
    case when rank is not null and not is_in_custody
        then row_number() over (
            partition by rank is not null, is_in_custody order by rank
        )
    end as rank_at_liberty,
    case when rank is not null and score_without_nfa_days > 0
        then row_number() over (
            partition by rank is not null
            order by
                score_without_nfa_days desc, worst_days desc,
                latest_reported_on desc, nominal_id
        )
    end as rank_without_nfa,
    score_days,
    score_without_nfa_days,
    allegations,
    offences,
    worst_days,
    latest_reported_on,
    domestic_abuse_allegations,
    unscored_allegations,
    no_further_action_allegations,
    is_in_custody,
    has_counter_allegation,
    coalesce(age_at_earliest < $minimum_age, false) as was_under_18,
    age,
    identities,
from described
