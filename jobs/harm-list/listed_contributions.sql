-- Grain: one row per allegation of a person on the list or in its reserve,
-- counted or not.
-- Purpose: what `list explain` shows; frozen with the list. `rank_without` is
-- the person's rank had that allegation not counted and all else stayed: the
-- people ahead of the lower score, in the order of ranking.sql. Those ahead
-- include the person's own true place, which stands for the one place that the
-- lower score itself takes.
with kept as (
    select
        people.nominal_id,
        contributions.*,
    from contributions
    inner join people on people.person_key = contributions.person_key
    where people.rank <= $kept
),

lowered as (
    select
        kept.person_key,
        kept.crime_key,
        sum(others.harm_days) as score_days,
        max(others.harm_days) as worst_days,
        max(others.reported_on) as latest_reported_on,
    from kept
    inner join kept as others
        on others.person_key = kept.person_key
        and others.crime_key <> kept.crime_key
        and others.is_counted
    where kept.is_counted
    group by kept.person_key, kept.crime_key
),

-- Nobody below the lowest of these can be ahead of any.
ahead_of_some as (
    select
        person_key,
        null as crime_key,
        score_days,
        worst_days,
        latest_reported_on,
    from ranking
    where score_days >= (select min(lowered.score_days) from lowered)
    union all
    select
        person_key,
        crime_key,
        score_days,
        worst_days,
        latest_reported_on,
    from lowered
),

placed as (
    select
        person_key,
        crime_key,
        -- All that stand before, less the lowered scores among them.
        row_number() over (
            order by
                score_days desc, worst_days desc, latest_reported_on desc,
                person_key, crime_key nulls first
        ) - row_number() over (
            partition by crime_key is null
            order by
                score_days desc, worst_days desc, latest_reported_on desc,
                person_key, crime_key nulls first
        ) as rank_without,
    from ahead_of_some
)

select
    kept.nominal_id,
    kept.named_as,
    crimes.crime_ref,
    crimes.ho_code,
    crimes.index_code,
    -- Never the crime's own title: it is free text, which can name somebody.
    coalesce(harm_index.title, basket.title, 'code ' || crimes.ho_code)
        as offence,
    crimes.vawg_group,
    kept.weight_days,
    kept.offence_count,
    kept.harm_days,
    harm_index.basis,
    harm_index.source,
    kept.reported_on,
    kept.committed_on,
    kept.status,
    kept.outcome_code,
    kept.is_domestic_abuse,
    kept.is_counted,
    kept.not_counted_because,
    placed.rank_without,
from kept
inner join core.crimes as crimes on crimes.crime_key = kept.crime_key
left join placed
    on placed.person_key = kept.person_key
    and placed.crime_key = kept.crime_key
left join staging.harm_index as harm_index
    on harm_index.weight_key = kept.weight_key
    and harm_index.edition = $edition
left join staging.basket as basket on basket.ho_code = crimes.ho_code
order by kept.nominal_id, kept.harm_days desc, crimes.crime_ref
