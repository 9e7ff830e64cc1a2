-- Grain: one row per month, area and basis. "All" is the basis of the month
-- recorded; "closed in the month" is the other.
-- Outcome 1 is a charge or summons (Home Office outcomes framework).
with crimes as (
    select
        date_trunc('month', recorded_on) as recorded_in,
        date_trunc('month', outcome_on) as closed_in,
        borough,
        coalesce(outcome_code = 1, false) as is_charged,
    from core.crimes
    where is_vawg and status not in ('cancelled', 'transferred')
),

recorded as (
    select
        recorded_in as period,
        case when grouping(borough) = 1 then 'Force'
            else coalesce(borough, 'Not stated')
        end as area,
        'All' as "group",
        count(*) filter (where is_charged) as numerator,
        count(*) as denominator,
    from crimes
    where recorded_in >= $from and recorded_in < $until
    group by grouping sets ((recorded_in), (recorded_in, borough))
),

closed as (
    select
        closed_in as period,
        'Force' as area,
        'closed in the month' as "group",
        count(*) filter (where is_charged) as numerator,
        count(*) as denominator,
    from crimes
    where closed_in >= $from and closed_in < $until
    group by closed_in
)

select * from recorded
union all
select * from closed
