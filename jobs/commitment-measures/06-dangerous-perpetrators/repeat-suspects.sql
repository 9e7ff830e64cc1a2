-- Grain: one row per month and area, at the month's end.
-- Purpose: of the people named as suspects of VAWG crimes reported in the 365
-- days to the end of the month, those named for crimes against the same victim
-- that were reported on two days or more: repeat suspects, as the national
-- definition calls them. Crimes reported on one day may be one incident and
-- count once. In a borough its own crimes count. Crimes cancelled or
-- transferred, and those of which the suspect is named as the victim too,
-- accuse nobody and are left out. A month is told when crimes are held for all
-- of its 365 days.
-- A suspect is one from a report on for 365 days or until the next report, so
-- that a month's end lies in one such spell at most; a repeat suspect from the
-- second report on until 365 days after the first of the two.
with named as (
    select
        allegations.person_key,
        allegations.crime_key,
        allegations.reported_on,
        coalesce(crimes.borough, 'Not stated') as borough,
    from core.allegations as allegations
    inner join core.crimes as crimes
        on crimes.crime_key = allegations.crime_key
    where
        allegations.is_vawg
        and allegations.is_live
        and not allegations.is_own_victim
        and allegations.reported_on >= cast($from as date) - 365
        and allegations.reported_on < $until
),

suspect_days as (
    select 'Force' as area, person_key, reported_on from named
    union
    select borough as area, person_key, reported_on from named
),

suspect_spells as (
    select
        area,
        reported_on as begins_on,
        least(
            lead(reported_on) over (
                partition by area, person_key order by reported_on
            ),
            reported_on + 365
        ) as ends_on,
    from suspect_days
),

suspect_steps as (
    select area, begins_on as day, 1 as step from suspect_spells
    union all
    select area, ends_on as day, -1 as step from suspect_spells
),

pairs as (
    select
        named.person_key,
        victims.person_key as victim_key,
        named.reported_on,
        named.borough,
    from named
    inner join core.victims as victims
        on victims.crime_key = named.crime_key
    where victims.reported_on >= cast($from as date) - 365
),

again as (
    select person_key, victim_key
    from pairs
    group by person_key, victim_key
    having min(reported_on) <> max(reported_on)
),

pairs_again as (
    select pairs.*
    from pairs
    inner join again
        on again.person_key = pairs.person_key
        and again.victim_key = pairs.victim_key
),

pair_days as (
    select 'Force' as area, person_key, victim_key, reported_on
    from pairs_again
    union
    select borough as area, person_key, victim_key, reported_on
    from pairs_again
),

repeat_spells as (
    select
        area,
        person_key,
        reported_on as begins_on,
        lag(reported_on) over (
            partition by area, person_key, victim_key order by reported_on
        ) + 365 as ends_on,
    from pair_days
),

ends as (
    select
        cast(month as date) as period,
        cast(month + interval 1 month as date) as until,
    from generate_series(
        cast($from as timestamp),
        cast($until as timestamp) - interval 1 month,
        interval 1 month
    ) as months (month)
),

repeats as (
    select
        ends.period,
        repeat_spells.area,
        count(distinct repeat_spells.person_key) as suspects,
    from repeat_spells
    inner join ends
        on ends.until > repeat_spells.begins_on
        and ends.until <= repeat_spells.ends_on
    group by ends.period, repeat_spells.area
),

monthly_steps as (
    select
        area,
        cast(
            greatest(
                date_trunc('month', day), cast($from as timestamp)
            ) as date
        ) as period,
        sum(step) as step,
    from suspect_steps
    where day < $until
    group by all
),

areas as (
    select distinct area from suspect_days
),

levels as (
    select
        ends.period,
        ends.until,
        areas.area,
        sum(coalesce(monthly_steps.step, 0)) over (
            partition by areas.area order by ends.period
        ) as suspects,
    from areas
    cross join ends
    left join monthly_steps
        on monthly_steps.area = areas.area
        and monthly_steps.period = ends.period
),

held as (
    select min(recorded_on) as first_on from core.crimes
)

select
    levels.period,
    levels.area,
    'All' as "group",
    coalesce(repeats.suspects, 0) as numerator,
    cast(levels.suspects as bigint) as denominator,
from levels
inner join held
    on held.first_on <= levels.until - 365
left join repeats
    on repeats.area = levels.area
    and repeats.period = levels.period
where levels.suspects > 0
