-- Grain: one row per month, area and group; groups for the force only.
-- Purpose: of VAWG crimes closed with an outcome, those closed because the
-- victim did not support action. On the basis `closed` by the month of the
-- outcome; on the basis `recorded` by the month in which the crime was
-- recorded, of those closed by the report's date.
-- Outcome 14 is that without a suspect identified, 16 that with one (Home
-- Office outcomes framework). "Domestic abuse" is a flag and lies across the
-- groups.
with counts as (
    select
        date_trunc(
            'month',
            case $basis when 'closed' then outcome_on else recorded_on end
        ) as month,
        coalesce(borough, 'Not stated') as borough,
        coalesce(groups.title, 'Other') as offences,
        is_domestic_abuse,
        count(*) filter (where outcome_code in (14, 16)) as withdrawn,
        count(*) as closed,
    from core.crimes as crimes
    left join core.offence_groups as groups
        on groups.vawg_group = crimes.vawg_group
    where
        is_vawg
        and status not in ('cancelled', 'transferred')
        and outcome_code is not null
        and coalesce(outcome_on < $as_of, true)
        and case $basis
            when 'closed' then outcome_on >= $from and outcome_on < $until
            else recorded_on >= $from and recorded_on < $until
        end
    group by all
),

spread as (
    select *, 'Force' as area, 'All' as "group" from counts
    union all
    select *, borough as area, 'All' as "group" from counts
    union all
    select *, 'Force' as area, offences as "group" from counts
    union all
    select *, 'Force' as area, 'Domestic abuse' as "group"
    from counts
    where is_domestic_abuse
)

select
    cast(month as date) as period,
    area,
    "group",
    cast(sum(withdrawn) as bigint) as numerator,
    cast(sum(closed) as bigint) as denominator,
from spread
group by period, area, "group"
