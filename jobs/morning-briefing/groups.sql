-- Grain: one row per day and group of VAWG crimes recorded, from $from on.
-- Purpose: the groups of the basket as a reader sees them.
select
    recorded_on,
    coalesce(groups.title, 'Other') as title,
    count(*) as crimes,
    count(*) filter (where is_domestic_abuse) as domestic_abuse,
from core.crimes as crimes
left join core.offence_groups as groups
    on groups.vawg_group = crimes.vawg_group
where is_vawg and recorded_on >= $from and recorded_on < $as_of
group by all
order by recorded_on, 2
