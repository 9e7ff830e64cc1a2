-- Grain: one row per rape that was charged, for the force and for its borough.
-- Purpose: days from the recording of a rape to the first charge brought for
-- it, whatever the offence charged. On the basis `closed` by the month of that
-- charge; on the basis `recorded` by the month of recording, so that a young
-- month knows its quick charges only. The first months of the data know only
-- these on the basis `closed` as well, since the rapes charged then were
-- mostly recorded before: there a month is told from three years after the
-- first crime held.
-- A crime that was recorded after its charge counts as charged on the day.
with first_charges as (
    select
        crime_key,
        min(charged_on) as charged_on,
    from core.charges
    where crime_key is not null
    group by crime_key
),

held as (
    select min(recorded_on) as first_on from core.crimes
),

rapes as (
    select
        coalesce(crimes.borough, 'Not stated') as borough,
        case $basis
            when 'closed' then first_charges.charged_on
            else crimes.recorded_on
        end as placed_on,
        greatest(first_charges.charged_on - crimes.recorded_on, 0) as days,
    from core.crimes as crimes
    inner join first_charges on first_charges.crime_key = crimes.crime_key
    where
        crimes.is_vawg
        and crimes.vawg_group = 'rape'
        and crimes.status not in ('cancelled', 'transferred')
        and first_charges.charged_on < $as_of
),

placed as (
    select
        cast(date_trunc('month', placed_on) as date) as period,
        borough,
        days,
    from rapes
    inner join held
        on $basis <> 'closed'
        or date_trunc('month', rapes.placed_on)
        >= held.first_on + interval 3 years
    where placed_on >= $from and placed_on < $until
)

select period, 'Force' as area, 'All' as "group", days as value from placed
union all
select period, borough as area, 'All' as "group", days as value from placed
