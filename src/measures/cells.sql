-- Grain: one row per basis, span, area, group and month shown; the span of a
-- year ends with the month and holds the eleven before it.
-- Purpose: a measure's rows as cells to be worked out. Months add up in a flow,
-- and a level at the month's end is averaged; a series that looks back by
-- itself has no years. A month without rows is nothing of a count and nothing
-- known of a level; months before the measure's first are not known at all,
-- nor those after the last of a table that says itself how far it goes.
with sums as (
    select
        basis,
        area,
        "group",
        period,
        sum(if($is_survey, weight * numerator, numerator)) as numerator,
        sum(if($is_survey, weight, denominator)) as denominator,
        sum(weight * weight) as squared_weights,
        count(*) as cases,
    from measured
    group by basis, area, "group", period
),

extents as (
    select
        basis,
        min(period) as first_month,
        if(
            $ends_itself,
            max(period),
            cast($until as timestamp) - interval 1 month
        ) as last_month,
    from measured
    group by basis
),

series as (
    select distinct
        sums.basis,
        sums.area,
        sums."group",
        extents.first_month,
        extents.last_month,
    from sums
    inner join extents on extents.basis = sums.basis
),

months as (
    select
        basis,
        area,
        "group",
        cast(
            unnest(generate_series(
                cast(first_month as timestamp),
                cast(last_month as timestamp),
                interval 1 month
            )) as date
        ) as period,
    from series
),

monthly as (
    select
        months.*,
        if(
            $fills_with_zero, coalesce(sums.numerator, 0), sums.numerator
        ) as numerator,
        sums.denominator,
        sums.squared_weights,
        coalesce(sums.cases, 0) as cases,
    from months
    left join sums
        on sums.basis = months.basis
        and sums.area = months.area
        and sums."group" = months."group"
        and sums.period = months.period
),

yearly as (
    select
        basis,
        area,
        "group",
        period,
        if($is_stock, avg(numerator) over past, sum(numerator) over past)
            as numerator,
        if($is_stock, avg(denominator) over past, sum(denominator) over past)
            as denominator,
        sum(squared_weights) over past as squared_weights,
        sum(cases) over past as cases,
        count(*) over past as months,
    from monthly
    where $has_years
    window past as (
        partition by basis, area, "group"
        order by period
        rows between 11 preceding and current row
    )
)

select
    basis,
    'month' as span,
    period,
    area,
    "group",
    numerator,
    denominator,
    squared_weights,
    cases,
from monthly
where period >= $shown_from
union all
select
    basis,
    'year' as span,
    period,
    area,
    "group",
    numerator,
    denominator,
    squared_weights,
    cast(cases as bigint) as cases,
from yearly
where months = 12 and period >= $shown_from
order by basis, span, area, "group", period
