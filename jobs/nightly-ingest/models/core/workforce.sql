-- Grain: one row per month, unit and role in which posts were counted.
-- Purpose: the posts filled at a month's end, in full-time equivalents:
-- headcounts are not in the extract. They are those of the newest count, all of
-- one date, up to the day after the month's end, used for a quarter at most.
with counts as (
    select distinct as_at_date from staging.posts
),

months as (
    select unnest(generate_series(
        date_trunc('month', min(as_at_date)) - interval 1 month,
        date_trunc('month', max(as_at_date)) + interval 2 month,
        interval 1 month
    )) as month,
    from counts
),

newest as (
    select
        months.month,
        max(counts.as_at_date) as counted_on,
    from months
    inner join counts
        on counts.as_at_date <= months.month + interval 1 month
        and counts.as_at_date > months.month - interval 2 month
    group by months.month
)

select
    cast(newest.month as date) as month,
    posts.unit,
    posts.role,
    posts.filled_fte,
from newest
inner join staging.posts as posts on posts.as_at_date = newest.counted_on
