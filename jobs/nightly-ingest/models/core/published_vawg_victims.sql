-- Grain: one row per month and area of the Met's published VAWG victims.
-- The published file stacks three sheets that each hold every victim once, by
-- place, by age and by ethnic appearance; they agree in every month, and only
-- the sheet by location names boroughs, so this reads that one and no other.
-- London is the sum of its areas, with those that the publisher calls Other
-- and Unknown. A victim of two offences counts twice: these are no people.
with by_borough as (
    select
        cast(recorded_month as date) as month,
        coalesce(borough, 'Not stated') as area,
        sum(victims) as victims,
    from staging.met_vawg_victims
    where sheet = 'Victim count by location'
    group by month, area
),

london as (
    select month, 'London' as area, sum(victims) as victims
    from by_borough
    group by month
),

areas as (
    select month, area, victims from by_borough
    union all
    select month, area, victims from london
)

select
    month,
    area,
    cast(victims as bigint) as victims,
from areas
order by month, area
