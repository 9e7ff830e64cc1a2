-- Grain: one row per month in which a pilot ended.
-- Purpose: whether what was tried is told, whatever it found.
-- Every pilot has the same 365 days from its end, so that an early cohort has
-- no more time than a late one; one published before its end counts. A result
-- published later than that never counts here, nor one published after the
-- report's date. A pilot without an end is still running and is not counted.
-- They are few: read the year, and the pilots.
with ended as (
    select
        cast(date_trunc('month', ended_on) as date) as period,
        coalesce(
            published_on <= ended_on + 365 and published_on < $as_of, false
        ) as is_published,
    from staging.pilots
    where ended_on >= $from and ended_on < $until
)

select
    period,
    'Force' as area,
    'All' as "group",
    count(*) filter (is_published) as numerator,
    count(*) as denominator,
from ended
group by period
