-- Grain: one row per month, for the force and by borough.
-- Purpose: how much of the open VAWG work has stood for more than 90 days.
-- A crime is open from the day recorded to the day it is closed, cancelled or
-- transferred; one of which that day is not known is left out, and one that was
-- reopened counts all through. It is old on the 91st day after it was recorded.
-- Rape and serious sexual offences take longer by their nature: a borough with
-- more of them is no slower for that. Told from a year after the first crime
-- held: crimes recorded before it that are still open are missing until then.
with spells as (
    select
        coalesce(borough, 'Not stated') as borough,
        date_trunc('month', recorded_on) as opened_in,
        date_trunc('month', recorded_on + 91) as old_in,
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
    select borough, opened_in as month, crimes, 0 as old_crimes
    from spells
    union all
    select borough, old_in as month, 0 as crimes, crimes as old_crimes
    from spells
    where closed_in is null or closed_in > old_in
    union all
    select
        borough,
        closed_in as month,
        -crimes as crimes,
        case when closed_in > old_in then -crimes else 0 end as old_crimes,
    from spells
    where closed_in is not null
),

months as (
    select unnest(generate_series(
        cast($from as timestamp),
        cast($until as timestamp) - interval 1 month,
        interval 1 month
    )) as period,
),

stocks as (
    select
        cast(months.period as date) as period,
        case when grouping(changes.borough) = 1 then 'Force'
            else changes.borough
        end as area,
        sum(changes.old_crimes) as old_crimes,
        sum(changes.crimes) as crimes,
    from months
    inner join changes on changes.month <= months.period
    where months.period >= (
        select min(opened_in) + interval 1 year from spells
    )
    group by grouping sets (
        (months.period), (months.period, changes.borough)
    )
)

select
    period,
    area,
    'All' as "group",
    old_crimes as numerator,
    crimes as denominator,
from stocks
where crimes > 0
