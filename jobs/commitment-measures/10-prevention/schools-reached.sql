-- Grain: one row per month and area: the 12 months to the month's end.
-- Purpose: visits to schools, each of which is visited once in a school year,
-- so that 12 months of visits stand for the schools reached. The extract names
-- no school: one visited again within the 12 months is counted again. Nor does
-- it say how many schools there are, so that this is a count and no share.
-- A month is told when engagements are held for all 12 of its months.
with visits as (
    select
        date_trunc('month', held_on) as month,
        coalesce(borough, 'Not stated') as borough,
        count(*) as visits,
    from staging.engagements
    where
        kind = 'school'
        and held_on >= cast($from as date) - interval 11 months
        and held_on < $until
    group by month, borough
),

areas as (
    select month, 'Force' as area, visits from visits
    union all
    select month, borough as area, visits from visits
),

years as (
    select
        unnest(generate_series(
            greatest(month, cast($from as timestamp)),
            least(
                month + interval 11 months,
                cast($until as timestamp) - interval 1 month
            ),
            interval 1 month
        )) as month,
        area,
        visits,
    from areas
),

held as (
    select min(held_on) as first_on from staging.engagements
)

select
    cast(years.month as date) as period,
    years.area,
    'All' as "group",
    cast(sum(years.visits) as bigint) as numerator,
from years
inner join held on held.first_on <= years.month - interval 11 months
group by years.month, years.area
