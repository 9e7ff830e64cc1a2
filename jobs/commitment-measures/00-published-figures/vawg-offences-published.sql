-- Grain: one row per month, area and group: the force, boroughs, and wards as
-- "Borough: Ward".
-- Purpose: offences of the Met's published VAWG tables. The series is whole,
-- so that it adds up to the published total, which is the group All. What the
-- publisher itself puts outside VAWG and counts by a flag stands apart from VAWG,
-- for the force: the table of places does not say which these are.
-- Offences whose ward is not stated are in their borough and in no ward. What the
-- publisher calls Other and Unknown are areas too, with no wards.
-- The published file stacks two sheets that each hold every offence once; areas
-- are read from the one by location.
with published as (
    select
        cast(month as date) as period,
        case area when 'London' then 'Force' else area end as area,
        offences,
        vawg,
        non_vawg,
    from core.published_vawg
    where month < $until
),

wards as (
    select
        cast(recorded_month as date) as period,
        borough || ': ' || ward as area,
        cast(sum(offences) as bigint) as offences,
    from staging.met_vawg_offences
    where
        sheet = 'Offence count location'
        and borough not in ('Other', 'Unknown')
        and ward is not null
        and recorded_month >= $from
        and recorded_month < $until
    group by all
),

figures as (
    select period, area, 'All' as "group", offences from published
    union all
    select period, area, 'All' as "group", offences from wards
    union all
    select period, area, 'VAWG' as "group", vawg as offences
    from published
    where vawg is not null
    union all
    select
        period,
        area,
        'Non-VaWG Classification' as "group",
        non_vawg as offences,
    from published
    where non_vawg is not null
)

select
    period,
    area,
    "group",
    offences as numerator,
from figures
