-- Grain: one row per month and area of the Met's published VAWG offences.
-- The published file stacks two sheets that each hold every offence once; the
-- sheet by location has the boroughs. Where that file has not arrived, the
-- London totals of the small table stand alone.
-- Of the offences the publisher itself puts some outside VAWG, counted by a
-- flag: 339,847 of 1,612,003. Only the sheet by classification tells them apart,
-- and it names no place, so that they are known of London alone.
with by_borough as (
    select
        cast(recorded_month as date) as month,
        coalesce(borough, 'Not stated') as area,
        sum(offences) as offences,
    from staging.met_vawg_offences
    where sheet = 'Offence count location'
    group by month, area
),

london as (
    select month, 'London' as area, sum(offences) as offences
    from by_borough
    group by month
),

classified as (
    select
        cast(recorded_month as date) as month,
        coalesce(sum(offences) filter (
            offence_group is distinct from
            'Other flagged offences outside of VAWG'
        ), 0) as vawg,
        coalesce(sum(offences) filter (
            offence_group = 'Other flagged offences outside of VAWG'
        ), 0) as non_vawg,
    from staging.met_vawg_offences
    where sheet = 'Offence count classification'
    group by month
),

totals as (
    select month, 'London' as area, offences, non_vawg
    from staging.met_vawg_monthly
    where not exists (select 1 from by_borough)
),

areas as (
    select month, area, offences, null as vawg, null as non_vawg
    from by_borough
    union all
    select
        london.month,
        london.area,
        london.offences,
        classified.vawg,
        classified.non_vawg,
    from london
    left join classified on classified.month = london.month
    union all
    select month, area, offences, offences - non_vawg as vawg, non_vawg
    from totals
)

select
    month,
    area,
    cast(offences as bigint) as offences,
    cast(vawg as bigint) as vawg,
    cast(non_vawg as bigint) as non_vawg,
from areas
order by month, area
