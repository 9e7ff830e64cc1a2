-- Grain: one row per month and area: the force, boroughs, and wards as
-- "Borough: Ward".
-- Purpose: VAWG offences as the Met publishes them. The series is whole,
-- so that it adds up to the published total. Offences whose ward is not stated are in their
-- borough and in no ward. What the publisher calls Other and Unknown are areas
-- too, with no wards.
-- The published file stacks two sheets that each hold every offence once; only
-- the one by location is read.
with boroughs as (
    select
        cast(month as date) as period,
        case area when 'London' then 'Force' else area end as area,
        offences,
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

areas as (
    select period, area, offences from boroughs
    union all
    select period, area, offences from wards
)

select
    period,
    area,
    'All' as "group",
    offences as numerator,
from areas
