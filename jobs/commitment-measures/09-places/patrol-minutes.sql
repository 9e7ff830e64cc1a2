-- Grain: one row per month in which patrols began.
-- Purpose: of the minutes ordered for patrols of the places where harm gathers,
-- those walked. A patrol counts up to its ordered minutes, so that a long one
-- does not make up for one that was missed; one whose log is not in counts as
-- not walked, hence the lag. The extract knows no borough of a patrol.
select
    cast(date_trunc('month', starts_at) as date) as period,
    'Force' as area,
    'All' as "group",
    cast(
        sum(least(coalesce(delivered_minutes, 0), scheduled_minutes)) as bigint
    ) as numerator,
    cast(sum(scheduled_minutes) as bigint) as denominator,
from staging.patrols
where starts_at >= $from and starts_at < $until
group by period
having sum(scheduled_minutes) > 0
