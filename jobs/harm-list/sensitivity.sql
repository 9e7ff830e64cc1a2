-- Grain: one row per variant of the list and person on the list or in its
-- reserve, and one without a person where nobody is.
-- Purpose: where people would stand under one other rule each: another
-- edition, window or date, without some outcomes, or with each record of a
-- merged person on its own. A variant is a row of `variants`; all other rules
-- are those of ranking.sql. A person with several records has the best rank of
-- them; one whom a variant leaves without a score has none.
-- Beside it how many of the allegations that count for the list's people a
-- variant's edition weighs: one that lacks most of them places nobody.
-- Everyone is scored, and only the people kept are placed: how many have a
-- higher score, and who of those with the same score comes first.
with in_custody as (
    select distinct
        identities.person_key,
        identities.record_key,
    from staging.custody_spells as spells
    inner join core.identities as identities
        on identities.nominal_id = spells.nominal_id
    where
        not $rank_in_custody
        and spells.starts_at < $as_of
        and (spells.ends_at is null or spells.ends_at >= $as_of)
),

-- Apart, so that the first reads no more than its dates: few crimes are
-- committed after their report.
allegations as (
    select * from core.allegations where reported_on >= $widest_from
    union all
    select * from core.allegations
    where reported_on < $widest_from and committed_on >= $widest_from
),

subjects as (
    select
        person_key as subject_key,
        false as is_record,
        *,
    from allegations
    union all by name
    select
        record_key as subject_key,
        true as is_record,
        * exclude (record_key),
    from core.record_allegations
    where reported_on >= $widest_from or committed_on >= $widest_from
),

countable as (
    select *
    from subjects
    where
        is_vawg
        and reported_on <= $window_to
        and not is_own_victim
        and suspects <= $most_suspects
        and ($count_cancelled or is_live)
        and ($count_conditional_codes or not is_conditional)
        and ($count_proactive or not is_proactive)
        and ($count_no_further_action or not is_no_further_action)
        and (
            $count_alleged_under_age
            or alleged_age is null
            or alleged_age >= $minimum_age
        )
        and ($rank_deceased or deceased_on is null or deceased_on >= $as_of)
        and (born_on is null or born_on <= $adult_born_by)
        and case when is_record
            then subject_key not in (select record_key from in_custody)
            else subject_key not in (select person_key from in_custody)
        end
),

harm as (
    select
        variants.place,
        countable.subject_key,
        countable.person_key,
        countable.reported_on,
        cast(
            harm_index.days * countable.offence_count as decimal(12, 3)
        ) as harm_days,
    from countable
    inner join variants
        on case when variants.by_record
            then countable.is_record or not countable.is_merged
            else not countable.is_record
        end
        and not list_contains(
            variants.left_out_outcomes, coalesce(countable.outcome_code, 0)
        )
        and case variants.window_by
            when 'committed' then countable.committed_on
            else countable.reported_on
        end between variants.window_from and variants.window_to
    inner join staging.harm_index as harm_index
        on harm_index.weight_key = countable.weight_key
        and harm_index.edition = variants.edition
),

scores as (
    select
        place,
        subject_key,
        any_value(person_key) as person_key,
        cast(sum(harm_days) as decimal(18, 3)) as score_days,
        max(harm_days) as worst_days,
        max(reported_on) as latest_reported_on,
    from harm
    group by place, subject_key
),

levels as (
    select
        place,
        score_days,
        count(*) as people,
    from scores
    group by place, score_days
),

heights as (
    select
        place,
        score_days,
        coalesce(
            sum(people) over (
                partition by place
                order by score_days desc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as ahead,
    from levels
),

kept as (
    select person_key from people where rank <= $kept
),

kept_scores as (
    select scores.*
    from scores
    inner join kept on kept.person_key = scores.person_key
),

-- Everyone with the very score of one of them.
tied as (
    select
        place,
        score_days,
        subject_key,
        row_number() over (
            partition by place, score_days
            order by worst_days desc, latest_reported_on desc, subject_key
        ) as nth,
    from scores
    where (place, score_days) in (
        select (kept_scores.place, kept_scores.score_days) from kept_scores
    )
),

best as (
    select
        kept_scores.place,
        kept_scores.person_key,
        min(heights.ahead + tied.nth) as rank,
        max(kept_scores.score_days) as score_days,
    from kept_scores
    inner join tied
        on tied.place = kept_scores.place
        and tied.score_days = kept_scores.score_days
        and tied.subject_key = kept_scores.subject_key
    inner join heights
        on heights.place = kept_scores.place
        and heights.score_days = kept_scores.score_days
    group by kept_scores.place, kept_scores.person_key
),

ranked as (
    select
        place,
        sum(people) as people,
    from levels
    group by place
),

listed as (
    select contributions.weight_key
    from contributions
    inner join people on people.person_key = contributions.person_key
    where people.rank <= $size and contributions.is_counted
),

weighed as (
    select
        variants.place,
        count(harm_index.weight_key) as weighed_allegations,
        count(*) as listed_allegations,
    from variants
    cross join listed
    left join staging.harm_index as harm_index
        on harm_index.weight_key = listed.weight_key
        and harm_index.edition = variants.edition
    group by variants.place
)

select
    variants.place,
    kept.person_key,
    cast(best.rank as bigint) as rank,
    best.score_days,
    cast(coalesce(ranked.people, 0) as bigint) as ranked,
    cast(
        coalesce(100 * weighed.weighed_allegations // weighed.listed_allegations, 100)
        as integer
    ) as weighed_percent,
from variants
left join kept on true
left join best
    on best.place = variants.place and best.person_key = kept.person_key
left join ranked on ranked.place = variants.place
left join weighed on weighed.place = variants.place
