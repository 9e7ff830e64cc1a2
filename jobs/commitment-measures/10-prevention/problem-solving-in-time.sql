-- Grain: one row per month in which initiatives fell due, and area.
-- Purpose: of the problem-solving initiatives opened, those closed by the day
-- on which they were due. An initiative stands in the month in which it was
-- due, when it can be judged; one with no such day is never due and is left
-- out.
with initiatives as (
    select
        cast(date_trunc('month', action_due_on) as date) as period,
        coalesce(borough, 'Not stated') as borough,
        coalesce(action_closed_on <= action_due_on, false) as is_in_time,
    from staging.engagements
    where
        kind = 'problem_solving'
        and action_due_on >= $from
        and action_due_on < least(cast($until as date), cast($as_of as date))
)

select
    period,
    case when grouping(borough) = 1 then 'Force' else borough end as area,
    'All' as "group",
    count(*) filter (where is_in_time) as numerator,
    count(*) as denominator,
from initiatives
group by grouping sets ((period), (period, borough))
