-- Grain: one row per month of entry and group of the VAWG basket.
-- Purpose: arrests by kind within $horizon days of entry. An arrest names one
-- crime, so the kinds add up to the arrests for VAWG.
select
    date_trunc('month', entries.entered_on) as month,
    events.vawg_group,
    count(*) as arrests,
from events
inner join entries on entries.person_key = events.person_key
where
    events.kind = 'arrest'
    and events.is_vawg
    and ($horizon is null or events.days_after <= $horizon)
group by all
order by month, vawg_group
