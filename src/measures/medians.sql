-- Grain: one row per basis, span, area, group and month shown.
-- Purpose: the cases of a cell in order, and of them the median and the two
-- between which it lies with 95% confidence: `ranks` says which these are for
-- each number of cases. A year pools the cases of its twelve months.
with extents as (
    select
        basis,
        min(period) as first_month,
    from measured
    group by basis
),

months as (
    select
        basis,
        'month' as span,
        period,
        area,
        "group",
        value,
    from measured
),

years as (
    select
        measured.basis,
        'year' as span,
        cast(
            measured.period + to_months(cast(steps.ahead as integer)) as date
        ) as period,
        measured.area,
        measured."group",
        measured.value,
    from measured
    cross join range(12) as steps (ahead)
    where $has_years
),

cases as (
    select * from months
    union all
    select years.*
    from years
    inner join extents on extents.basis = years.basis
    where years.period >= extents.first_month + interval 11 month
),

ordered as (
    select
        basis,
        span,
        period,
        area,
        "group",
        median(value) as value,
        list(value order by value) as sorted,
        count(*) as cases,
    from cases
    where period >= $shown_from and period < $until
    group by basis, span, period, area, "group"
)

select
    ordered.basis,
    ordered.span,
    ordered.period,
    ordered.area,
    ordered."group",
    ordered.value,
    ordered.sorted[ranks.low_rank] as low,
    ordered.sorted[ranks.high_rank] as high,
    ordered.cases,
from ordered
left join ranks on ranks.cases = ordered.cases
order by
    ordered.basis, ordered.span, ordered.area, ordered."group", ordered.period
