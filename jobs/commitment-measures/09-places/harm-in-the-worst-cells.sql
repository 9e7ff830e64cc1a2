-- Grain: one row per month and area: the 12 months to the month's end.
-- Purpose: how far the harm of VAWG gathers in few places: that of the 5% of
-- 500 m cells with most harm, of all harm. Only cells with a scored VAWG crime
-- in these months are known here, so the 5% are of those, rounded up; a share
-- of all the area's cells, as published studies have it, would hold more
-- cells and more harm. A borough is ranked by itself.
-- Harm is weight x offence count in the edition of the newest harm list, for
-- every month alike, so that a new edition does not look like a change. Left
-- out as on the list: crimes cancelled or transferred, those found by police
-- activity, and those without a weight; and those without a place: no
-- coordinates, or online. Months go by the day of the report, and one is told
-- when crimes are held for all 12 of its months.
with editions as (
    select edition
    from ledger.lists
    where as_of <= $as_of
    order by as_of desc, list_id desc
    limit 1
),

crimes as (
    select
        date_trunc('month', crimes.reported_on) as month,
        coalesce(crimes.borough, 'Not stated') as borough,
        crimes.easting // 500 as easting,
        crimes.northing // 500 as northing,
        sum(harm_index.days * crimes.offence_count) as harm_days,
    from core.crimes as crimes
    inner join staging.harm_index as harm_index
        on harm_index.weight_key = crimes.weight_key
    inner join editions on editions.edition = harm_index.edition
    where
        crimes.is_vawg
        and crimes.status not in ('cancelled', 'transferred')
        and not crimes.is_proactive
        and crimes.reported_on >= cast($from as date) - interval 11 months
        and crimes.reported_on < $until
        and crimes.easting is not null
        and crimes.northing is not null
        and not crimes.is_online
    group by all
),

harm as (
    select
        month,
        unnest(['Force', borough]) as area,
        easting,
        northing,
        harm_days,
    from crimes
),

monthly_harm as (
    select
        area,
        easting,
        northing,
        month,
        sum(harm_days) as harm_days,
    from harm
    where harm_days > 0
    group by area, easting, northing, month
),

-- What a month adds it takes away again 12 months later.
steps as (
    select area, easting, northing, month, harm_days from monthly_harm
    union all
    select
        area,
        easting,
        northing,
        month + interval 12 months as month,
        -harm_days as harm_days,
    from monthly_harm
),

levels as (
    select
        area,
        easting,
        northing,
        month,
        sum(sum(harm_days)) over by_month as harm_days,
        lead(month) over by_month as next_month,
    from steps
    group by area, easting, northing, month
    window by_month as (
        partition by area, easting, northing order by month
    )
),

cells as (
    select
        levels.area,
        levels.easting,
        levels.northing,
        levels.harm_days,
        unnest(generate_series(
            greatest(levels.month, cast($from as timestamp)),
            least(levels.next_month, cast($until as timestamp))
            - interval 1 month,
            interval 1 month
        )) as month,
    from levels
    where levels.harm_days > 0
),

ranked as (
    select
        area,
        month,
        harm_days,
        row_number() over (
            partition by area, month
            order by harm_days desc, easting, northing
        ) as place,
        count(*) over (partition by area, month) as cells,
    from cells
),

held as (
    select min(recorded_on) as first_on from core.crimes
)

select
    cast(ranked.month as date) as period,
    ranked.area,
    'All' as "group",
    sum(ranked.harm_days) filter (
        where ranked.place <= ceil(ranked.cells / 20)
    ) as numerator,
    sum(ranked.harm_days) as denominator,
from ranked
inner join held on held.first_on <= ranked.month - interval 11 months
group by ranked.month, ranked.area
