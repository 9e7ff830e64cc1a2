-- Grain: one row per month: the newest count of posts on or before the day
-- after the month ended.
-- The promise of 565 further posts is published (Met, VAWG action plan, 2024).
with counts as (
    select as_at_date, sum(filled_fte) as filled
    from staging.posts
    where unit like '%Public Protection%' and as_at_date <= $until
    group by as_at_date
),

months as (
    select cast(unnest(generate_series(
        cast($from as timestamp),
        cast($until as timestamp) - interval 1 month,
        interval 1 month
    )) as date) as period
),

latest as (
    select months.period, max(counts.as_at_date) as as_at_date
    from months
    inner join counts
        on counts.as_at_date <= months.period + interval 1 month
        and counts.as_at_date > months.period
    group by months.period
),

baseline as (
    select arg_min(filled, as_at_date) as filled from counts
)

select
    latest.period,
    'Force' as area,
    'All' as "group",
    counts.filled - baseline.filled as numerator,
    565 as denominator,
from latest
inner join counts on counts.as_at_date = latest.as_at_date
cross join baseline
