-- Grain: one row per month and area: the force, boroughs, and wards as
-- "Borough: Ward".
-- Purpose: victims of VAWG as the Met publishes them. A victim of two offences
-- counts twice: these are no people. The series is whole, so that it adds up to the
-- published total. Victims whose ward is not stated are in their borough and in no
-- ward. What the publisher calls Other and Unknown are areas too, with no
-- wards.
-- The published file stacks three sheets that each hold every victim once; only
-- the one by location is read.
with boroughs as (
    select
        cast(month as date) as period,
        case area when 'London' then 'Force' else area end as area,
        victims,
    from core.published_vawg_victims
    where month < $until
),

wards as (
    select
        cast(recorded_month as date) as period,
        borough || ': ' || ward as area,
        cast(sum(victims) as bigint) as victims,
    from staging.met_vawg_victims
    where
        sheet = 'Victim count by location'
        and borough not in ('Other', 'Unknown')
        and ward is not null
        and recorded_month >= $from
        and recorded_month < $until
    group by all
),

areas as (
    select period, area, victims from boroughs
    union all
    select period, area, victims from wards
)

select
    period,
    area,
    'All' as "group",
    victims as numerator,
from areas
