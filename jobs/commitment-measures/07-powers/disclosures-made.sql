-- Grain: one row per month of application and route, and one for both.
-- Purpose: of the applications made under the domestic violence disclosure
-- scheme, those that led to a disclosure by the report's date; one not decided
-- by then counts as not disclosed, hence the lag. A low share is not bad in
-- itself: there may be nothing to disclose.
with applications as (
    select
        cast(date_trunc('month', applied_at) as date) as period,
        case route
            when 'ask' then 'Right to ask'
            when 'know' then 'Right to know'
        end as route,
        coalesce(
            disclosed and coalesce(cast(decided_at as date) < $as_of, true),
            false
        ) as is_disclosed,
    from staging.disclosures
    where applied_at >= $from and applied_at < $until
)

select
    period,
    'Force' as area,
    case when grouping(route) = 1 then 'All' else route end as "group",
    count(*) filter (where is_disclosed) as numerator,
    count(*) as denominator,
from applications
group by grouping sets ((period), (period, route))
