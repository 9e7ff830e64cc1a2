-- Grain: one row per month in which engagements were held, for the force, by
-- borough and by kind.
-- Purpose: whether what the public asks for is done.
-- Only engagements that led to an action are counted, those with a date by
-- which it is due or was closed: a visit that asked for nothing is no failure.
-- The clock runs 90 days from the engagement, whatever the due date. An action
-- that is not closed by the report's date, or is said to be closed before the
-- engagement, was not closed in time.
with engagements as (
    select
        cast(date_trunc('month', held_on) as date) as period,
        coalesce(borough, 'Not stated') as borough,
        upper(left(kind, 1)) || replace(substr(kind, 2), '_', ' ') as kind,
        coalesce(
            action_closed_on between held_on and held_on + 90
            and action_closed_on < $as_of,
            false
        ) as is_closed_in_time,
    from staging.engagements
    where
        held_on >= $from
        and held_on < $until
        and coalesce(action_due_on, action_closed_on) is not null
)

select
    period,
    case when grouping(borough) = 1 then 'Force' else borough end as area,
    case when grouping(kind) = 1 then 'All' else kind end as "group",
    count(*) filter (is_closed_in_time) as numerator,
    count(*) as denominator,
from engagements
group by grouping sets ((period), (period, kind), (period, borough))
