-- Grain: one row per month and area of the Met's published VAWG offences.
-- The published file stacks two sheets that each hold every offence once; the
-- sheet by location has the boroughs. Where that file has not arrived, the
-- London totals of the small table stand alone.
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

totals as (
    select month, 'London' as area, offences
    from staging.met_vawg_monthly
    where not exists (select 1 from by_borough)
)

select month, area, cast(offences as bigint) as offences from by_borough
union all
select month, area, cast(offences as bigint) as offences from london
union all
select month, area, cast(offences as bigint) as offences from totals
order by month, area
