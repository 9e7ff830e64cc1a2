-- Grain: one row per month in which posts were counted.
-- Purpose: how much of the promise of 565 further posts is kept (published:
-- Met, VAWG action plan summary).
-- The month's end is the newest count dated after the month's first day, up to
-- the day after its last. The promise counts from July 2023, before the first
-- count that may be held: growth before that count is not seen, and a force
-- that knows its figure of July 2023 puts it in place of `first_count`. Posts
-- filled are full-time equivalents of every role in a unit of public
-- protection; fewer than at the first count is a number below zero.
with counts as (
    select
        as_at_date,
        sum(filled_fte) as filled_posts,
    from staging.posts
    where unit like '%Public Protection%' and as_at_date <= $until
    group by as_at_date
),

first_count as (
    select
        arg_min(filled_posts, as_at_date) as filled_posts,
    from counts
),

months as (
    select
        cast(date_trunc('month', as_at_date - 1) as date) as period,
        arg_max(filled_posts, as_at_date) as filled_posts,
    from counts
    group by period
)

select
    months.period,
    'Force' as area,
    'All' as "group",
    months.filled_posts - first_count.filled_posts as numerator,
    565 as denominator,
from months
cross join first_count
where months.period >= $from
