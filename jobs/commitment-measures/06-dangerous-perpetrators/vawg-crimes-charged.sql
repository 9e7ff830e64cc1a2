-- Grain: one row per month, area and group; groups for the force only.
-- Purpose: VAWG crimes whose outcome is a charge or summons. On the basis
-- `recorded` by the month in which a crime was recorded, charged by the
-- report's date, of all recorded; on the basis `closed` by the month in which
-- an outcome was given, of all given one.
-- Outcome 1 is a charge or summons (Home Office outcomes framework). Groups
-- are those of the VAWG basket (jobs/harm-list/basket.csv); "Domestic abuse" is
-- a flag and lies across them.
with counts as (
    select
        date_trunc(
            'month',
            case $basis when 'closed' then outcome_on else recorded_on end
        ) as month,
        coalesce(borough, 'Not stated') as borough,
        case
            when vawg_group = 'homicide_attempt' then 'Homicide and attempts'
            when vawg_group = 'rape' then 'Rape'
            when vawg_group in (
                'child_sexual_abuse', 'other_sexual', 'exposure_voyeurism',
                'image_based_abuse', 'child_indecent_images',
                'extreme_pornography', 'sexual_exploitation_prostitution'
            ) then 'Other sexual offences'
            when vawg_group = 'strangulation_suffocation' then 'Strangulation'
            when vawg_group in (
                'violence_with_injury', 'spiking_poisoning', 'fgm'
            ) then 'Violence with injury'
            when vawg_group = 'violence_without_injury'
                then 'Violence without injury'
            when vawg_group = 'stalking_harassment'
                then 'Stalking and harassment'
            when vawg_group = 'controlling_coercive'
                then 'Controlling or coercive behaviour'
            when vawg_group = 'threats_to_kill' then 'Threats to kill'
            when vawg_group = 'breach_protective_order'
                then 'Breaches of protective orders'
            else 'Other'
        end as offences,
        is_domestic_abuse,
        count(*) filter (
            where outcome_code = 1 and coalesce(outcome_on < $as_of, true)
        ) as charged,
        count(*) as crimes,
    from core.crimes
    where
        is_vawg
        and status not in ('cancelled', 'transferred')
        and case $basis
            when 'closed'
                then outcome_code is not null
                and outcome_on >= $from and outcome_on < $until
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
    cast(sum(charged) as bigint) as numerator,
    cast(sum(crimes) as bigint) as denominator,
from spread
group by period, area, "group"
