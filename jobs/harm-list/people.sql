-- Grain: one row per person with a counted allegation in the window, or with
-- one that has no weight.
-- Purpose: each person's standing, ranks and counts. The counts stand beside a
-- score and are never inside it. People in custody are ranked unless the
-- settings say otherwise, and the people at liberty are ranked again among
-- themselves.
-- An age is in completed years: someone born on 29 February comes of age on
-- 1 March of a year that has no such day.
-- A contested record is restricted until it is settled (Data Protection Act
-- 2018 s.47(3)); a counter-allegation blocks until a review covers every crime
-- of it, on both sides.
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
        max(harm_days) filter (where not is_no_further_action)
            as worst_without_nfa_days,
        max(reported_on) filter (where is_counted and not is_no_further_action)
            as latest_without_nfa_on,
        min(reported_on) filter (where is_counted) as earliest_reported_on,
        coalesce(
            max(reported_on) filter (where is_counted), max(reported_on)
        ) as latest_reported_on,
        count(*) filter (where is_counted and is_domestic_abuse)
            as domestic_abuse_allegations,
        count(*) filter (where is_counted and is_no_further_action)
            as no_further_action_allegations,
        count(*) filter (where not is_counted) as unscored_allegations,
        coalesce(
            bool_or(alleged_age < $minimum_age) filter (where is_counted), false
        ) as was_under_18,
    from contributions
    where is_counted or not_counted_because = 'no_weight'
    group by person_key
),

in_custody as (
    select distinct person_key
    from core.custody_spells
    where starts_at < $as_of and (ends_at is null or ends_at >= $as_of)
),

-- The newest word on each record: a contest is settled on that record alone,
-- so that a merge never hides one.
record_marks as (
    select
        identities.person_key,
        marks.nominal_id,
        arg_max(marks.mark, marks.mark_id)
            filter (where marks.mark in ('contested', 'settled'))
            as accuracy,
        arg_max(marks.mark, marks.mark_id)
            filter (where marks.mark in ('restricted', 'unrestricted'))
            as disclosure,
        flatten(
            list(marks.covers) filter (where marks.mark = 'counter_reviewed')
        ) as covers,
    from ledger.person_marks as marks
    inner join core.identities as identities
        on identities.nominal_id = marks.nominal_id
    where marks.mark_id <= $marks_known_at
    group by identities.person_key, marks.nominal_id
),

marks as (
    select
        person_key,
        coalesce(bool_or(accuracy = 'contested'), false) as is_contested,
        coalesce(bool_or(disclosure = 'restricted'), false) as is_restricted,
        coalesce(
            flatten(list(covers) filter (where covers is not null)), []
        ) as reviewed_crimes,
    from record_marks
    group by person_key
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

-- Ranked apart from all that is told of a person, since a sort carries along
-- every column it is given.
ranks_at_liberty as (
    select
        person_key,
        row_number() over (order by rank) as rank,
    from ranks
    where person_key not in (select in_custody.person_key from in_custody)
),

ranks_without_nfa as (
    select
        scores.person_key,
        row_number() over (
            order by
                scores.score_without_nfa_days desc,
                scores.worst_without_nfa_days desc,
                scores.latest_without_nfa_on desc,
                scores.person_key
        ) as rank,
    from scores
    inner join ranks on ranks.person_key = scores.person_key
    where scores.score_without_nfa_days > 0
),

described as (
    select
        scores.*,
        ranks.rank,
        ranks_at_liberty.rank as rank_at_liberty,
        ranks_without_nfa.rank as rank_without_nfa,
        people.person_id as nominal_id,
        people.identities,
        year($as_of) - year(people.date_of_birth) - cast(
            (month($as_of), day($as_of))
            < (month(people.date_of_birth), day(people.date_of_birth))
            as integer
        ) as age,
        in_custody.person_key is not null as is_in_custody,
        counters.person_key is not null as has_counter_allegation,
        counters.person_key is not null
        and $counter_allegation = 'block'
        and not coalesce(
            list_has_all(marks.reviewed_crimes, counters.crime_refs), false
        ) as is_blocked,
        coalesce(
            marks.is_restricted
            or ($contested = 'restrict' and marks.is_contested),
            false
        ) as is_restricted,
        case
            when people.deceased_on < $as_of and not $rank_deceased
                then 'deceased'
            when people.date_of_birth > $adult_born_by then 'under_18'
            when in_custody.person_key is not null and not $rank_in_custody
                then 'in_custody'
            else 'ranked'
        end as standing,
    from scores
    inner join core.people as people on people.person_key = scores.person_key
    left join ranks on ranks.person_key = scores.person_key
    left join ranks_at_liberty
        on ranks_at_liberty.person_key = scores.person_key
    left join ranks_without_nfa
        on ranks_without_nfa.person_key = scores.person_key
    left join in_custody on in_custody.person_key = scores.person_key
    left join marks on marks.person_key = scores.person_key
    left join core.counter_allegations as counters
        on counters.person_key = scores.person_key
)

select
    person_key,
    nominal_id,
    standing,
    rank,
    rank_at_liberty,
    rank_without_nfa,
    score_days,
    score_without_nfa_days,
    allegations,
    offences,
    worst_days,
    earliest_reported_on,
    latest_reported_on,
    domestic_abuse_allegations,
    unscored_allegations,
    no_further_action_allegations,
    is_in_custody,
    has_counter_allegation,
    is_blocked,
    is_restricted,
    was_under_18,
    age,
    identities,
from described
