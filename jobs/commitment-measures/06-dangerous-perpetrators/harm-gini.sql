-- Grain: one row per month with a list: the last list whose window ends in it.
-- Purpose: how unevenly harm is spread over everyone ranked: 0 if all were
-- accused of the same, towards 1 if one person were accused of all of it. The
-- list works the coefficient out over every score when it is made
-- (jobs/harm-list/counts.sql); here it stands over 1.
with lists as (
    select
        cast(date_trunc('month', window_to) as date) as period,
        arg_max(counts, (as_of, list_id)) as counts,
    from ledger.lists
    where
        window_to >= $from
        and window_to < $until
        and as_of <= $as_of
    group by period
),

coefficients as (
    select
        period,
        'Force' as area,
        'All' as "group",
        cast(counts ->> '$.gini' as double) as numerator,
        1 as denominator,
    from lists
)

select * from coefficients where numerator is not null
