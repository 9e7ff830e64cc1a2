-- Grain: one row per month and area, at the month's end.
-- Purpose: of the women and girls who were victims of domestic-abuse crimes
-- reported in the 365 days to the end of the month, those who were victims of
-- two crimes or more among these, by anyone. In a borough its own crimes count.
-- Crimes cancelled or transferred are left out. A month is told when crimes are
-- held for all of its 365 days.
-- From each report on, a victim is counted for 365 days or until the next one,
-- and counted as a repeat victim for as much of that time as the report before
-- is less than 365 days old. A month's end lies in such a spell if it began in
-- that month or before and ends in a later one: +1 in the month in which it
-- begins, -1 in that in which it ends.
-- Areas have a number while spells are made: short keys sort faster.
with areas as (
    select
        'Force' as area,
        0 as area_key,
    union all
    select
        coalesce(borough, 'Not stated') as area,
        cast(row_number() over (order by borough) as integer) as area_key,
    from (select distinct borough from core.crimes) as boroughs
),

reports as (
    select
        victims.person_key,
        victims.crime_key,
        victims.reported_on,
        areas.area_key as borough_key,
    from core.crimes as crimes
    inner join core.victims as victims
        on victims.crime_key = crimes.crime_key
    inner join areas
        on areas.area = coalesce(crimes.borough, 'Not stated')
    where
        crimes.is_vawg
        and crimes.is_domestic_abuse
        and crimes.status not in ('cancelled', 'transferred')
        and victims.sex = 'F'
        and victims.reported_on >= cast($from as date) - 365
        and victims.reported_on < $until
),

reports_by_area as (
    select 0 as area_key, person_key, crime_key, reported_on from reports
    union all
    select borough_key as area_key, person_key, crime_key, reported_on
    from reports
),

neighbours as (
    select
        area_key,
        reported_on as begins_on,
        lag(reported_on) over by_day + 365 as repeats_until,
        least(lead(reported_on) over by_day, reported_on + 365) as ends_on,
    from reports_by_area
    window by_day as (
        partition by area_key, person_key order by reported_on, crime_key
    )
),

steps as (
    select area_key, begins_on as day, 0 as repeats, 1 as victims
    from neighbours
    union all
    select area_key, ends_on as day, 0 as repeats, -1 as victims
    from neighbours
    union all
    select area_key, begins_on as day, 1 as repeats, 0 as victims
    from neighbours
    where repeats_until > begins_on
    union all
    select
        area_key,
        least(ends_on, repeats_until) as day,
        -1 as repeats,
        0 as victims,
    from neighbours
    where repeats_until > begins_on
),

monthly_steps as (
    select
        area_key,
        greatest(date_trunc('month', day), cast($from as timestamp)) as month,
        sum(repeats) as repeats,
        sum(victims) as victims,
    from steps
    where day < $until
    group by area_key, month
),

months as (
    select
        area,
        area_key,
        unnest(generate_series(
            cast($from as timestamp),
            cast($until as timestamp) - interval 1 month,
            interval 1 month
        )) as month,
    from areas
),

levels as (
    select
        months.month,
        months.area,
        sum(coalesce(monthly_steps.repeats, 0)) over by_month as repeats,
        sum(coalesce(monthly_steps.victims, 0)) over by_month as victims,
    from months
    left join monthly_steps
        on monthly_steps.area_key = months.area_key
        and monthly_steps.month = months.month
    window by_month as (
        partition by months.area_key order by months.month
    )
),

held as (
    select min(recorded_on) as first_on from core.crimes
)

select
    cast(levels.month as date) as period,
    levels.area,
    'All' as "group",
    cast(levels.repeats as bigint) as numerator,
    cast(levels.victims as bigint) as denominator,
from levels
inner join held
    on held.first_on <= levels.month + interval 1 month - interval 365 day
where levels.victims > 0
