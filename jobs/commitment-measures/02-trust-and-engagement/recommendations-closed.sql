-- Grain: one row per month in which panels met, for all and by panel.
-- Purpose: whether what outsiders recommend is acted on in time.
-- The clock runs 90 days from the meeting for every recommendation, whatever
-- due date was agreed, so that a later date does not improve the figure. One
-- that is not closed by the report's date, or is said to be closed before it
-- was made, was not closed in time.
with recommendations as (
    select
        cast(date_trunc('month', held_on) as date) as period,
        coalesce(panel, 'Other') as panel,
        coalesce(
            closed_on between held_on and held_on + 90 and closed_on < $as_of,
            false
        ) as is_closed_in_time,
    from staging.panel_reviews
    where held_on >= $from and held_on < $until
)

select
    period,
    'Force' as area,
    case when grouping(panel) = 1 then 'All' else panel end as "group",
    count(*) filter (is_closed_in_time) as numerator,
    count(*) as denominator,
from recommendations
group by grouping sets ((period), (period, panel))
