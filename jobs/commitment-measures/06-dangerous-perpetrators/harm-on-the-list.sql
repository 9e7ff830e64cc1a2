-- Grain: one row per month with a list: the last list whose window ends in it.
-- Purpose: how much of the harm that all ranked suspects are accused of falls
-- to the people on the list. Harm is that of the list's own window, edition
-- and rules, as it was known when the list was made.
-- Only totals of a list are read here, never a person.
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

totals as (
    select
        period,
        'Force' as area,
        'All' as "group",
        cast(counts ->> '$.listed_harm_days' as decimal(18, 3)) as numerator,
        cast(counts ->> '$.all_harm_days' as decimal(18, 3)) as denominator,
    from lists
)

select * from totals where denominator > 0
