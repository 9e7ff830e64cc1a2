-- Grain: one row per month and unit, and one for the force.
-- Purpose: the load on those who investigate VAWG crimes.
-- A crime is open from the day recorded to the day it is closed, cancelled or
-- transferred: until then it was work, whatever became of it. One of which that
-- day is not known is left out; one that was reopened counts all through. A
-- unit whose investigators have no such crime has none open.
-- Investigators are posts filled with that role at the newest count, all of one
-- date, up to the day after the month's end, used for a quarter at most. What
-- else they investigate is not counted, so a unit that does much else looks
-- idle (Specialist Crime), and the force's figure with it: compare a unit with
-- itself. Told from a year after the first crime held: crimes recorded before
-- it that are still open are missing until then.
with spells as (
    select
        coalesce(unit, 'Not stated') as unit,
        date_trunc('month', recorded_on) as opened_in,
        case when status <> 'open' then
            date_trunc('month', greatest(
                recorded_on, coalesce(status_on, outcome_on)
            ))
        end as closed_in,
        count(*) as crimes,
    from core.crimes
    where is_vawg and recorded_on < $until
    group by all
),

changes as (
    select unit, opened_in as month, crimes from spells
    union all
    select unit, closed_in as month, -crimes as crimes
    from spells
    where closed_in is not null
),

posts as (
    select
        month as period,
        unit,
        role,
        filled_fte,
    from core.workforce
    where
        month >= $from
        and month < $until
        and month >= (select min(opened_in) + interval 1 year from spells)
),

months as (
    select distinct period from posts
),

open_crimes as (
    select
        months.period,
        case when grouping(changes.unit) = 1 then 'All' else changes.unit
        end as unit,
        sum(changes.crimes) as crimes,
    from months
    inner join changes on changes.month <= months.period
    group by grouping sets (
        (months.period), (months.period, changes.unit)
    )
),

investigators as (
    select
        period,
        case when grouping(unit) = 1 then 'All' else unit end as unit,
        sum(filled_fte) as filled_posts,
    from posts
    where role = 'investigator'
    group by grouping sets ((period), (period, unit))
)

select
    cast(investigators.period as date) as period,
    'Force' as area,
    investigators.unit as "group",
    coalesce(open_crimes.crimes, 0) as numerator,
    investigators.filled_posts as denominator,
from investigators
left join open_crimes
    on open_crimes.period = investigators.period
    and open_crimes.unit = investigators.unit
where investigators.filled_posts > 0
