-- Grain: one row per month and area, at the month's end.
-- Purpose: of the people named as suspects of VAWG crimes reported in the 365
-- days to the end of the month, those with two different victims or more among
-- these crimes: serial suspects, as the national definition calls them, which
-- looks back three years and counts incidents that are no crime too. In a
-- borough its own crimes and victims count, so that someone with one victim in
-- each of two boroughs is a serial suspect for the force only.
-- Crimes cancelled or transferred, and those of which the suspect is named as
-- the victim too, accuse nobody and are left out. A month is told when crimes
-- are held for all of its 365 days.
-- A report counts from its day for 365 days or until the pair's next one. So a
-- suspect's victims at a time are a running sum of such spells, and a month's
-- end lies in a spell that began in that month or before and ends in a later
-- one: +1 in the month in which it begins, -1 in that in which it ends.
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

named as (
    select
        allegations.person_key,
        allegations.crime_key,
        allegations.reported_on,
        areas.area_key as borough_key,
    from core.allegations as allegations
    inner join core.crimes as crimes
        on crimes.crime_key = allegations.crime_key
    inner join areas
        on areas.area = coalesce(crimes.borough, 'Not stated')
    where
        allegations.is_vawg
        and allegations.is_live
        and not allegations.is_own_victim
        and allegations.reported_on >= cast($from as date) - 365
        and allegations.reported_on < $until
),

suspect_days as (
    select 0 as area_key, person_key, reported_on from named
    union all
    select borough_key as area_key, person_key, reported_on from named
),

-- Two reports of one day make a spell of no length, which counts for nothing.
suspect_spells as (
    select
        area_key,
        reported_on as begins_on,
        least(
            lead(reported_on) over (
                partition by area_key, person_key order by reported_on
            ),
            reported_on + 365
        ) as ends_on,
    from suspect_days
),

pairs as (
    select
        named.person_key,
        victims.person_key as victim_key,
        named.reported_on,
        named.borough_key,
    from named
    inner join core.victims as victims
        on victims.crime_key = named.crime_key
    where victims.reported_on >= cast($from as date) - 365
),

several as (
    select person_key
    from pairs
    group by person_key
    having min(victim_key) <> max(victim_key)
),

pair_days as (
    select pairs.*
    from pairs
    inner join several on several.person_key = pairs.person_key
),

areas_of_pairs as (
    select 0 as area_key, person_key, victim_key, reported_on from pair_days
    union all
    select borough_key as area_key, person_key, victim_key, reported_on
    from pair_days
),

pair_spells as (
    select
        area_key,
        person_key,
        reported_on as begins_on,
        least(
            lead(reported_on) over (
                partition by area_key, person_key, victim_key
                order by reported_on
            ),
            reported_on + 365
        ) as ends_on,
    from areas_of_pairs
),

pair_steps as (
    select area_key, person_key, begins_on as day, 1 as step from pair_spells
    union all
    select area_key, person_key, ends_on as day, -1 as step from pair_spells
),

victims_by_day as (
    select
        area_key,
        person_key,
        day,
        sum(sum(step)) over (
            partition by area_key, person_key order by day
        ) as victims,
        lead(day) over (
            partition by area_key, person_key order by day
        ) as next_day,
    from pair_steps
    group by area_key, person_key, day
),

steps as (
    select area_key, begins_on as day, 0 as serials, 1 as suspects
    from suspect_spells
    union all
    select area_key, ends_on as day, 0 as serials, -1 as suspects
    from suspect_spells
    union all
    select area_key, day, 1 as serials, 0 as suspects
    from victims_by_day
    where victims >= 2
    union all
    select area_key, next_day as day, -1 as serials, 0 as suspects
    from victims_by_day
    where victims >= 2
),

monthly_steps as (
    select
        area_key,
        greatest(date_trunc('month', day), cast($from as timestamp)) as month,
        sum(serials) as serials,
        sum(suspects) as suspects,
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
        sum(coalesce(monthly_steps.serials, 0)) over by_month as serials,
        sum(coalesce(monthly_steps.suspects, 0)) over by_month as suspects,
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
    cast(levels.serials as bigint) as numerator,
    cast(levels.suspects as bigint) as denominator,
from levels
inner join held
    on held.first_on <= levels.month + interval 1 month - interval 365 day
where levels.suspects > 0
