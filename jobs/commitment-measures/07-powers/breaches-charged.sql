-- Grain: one row per month of breach and kind of order, and one for all kinds.
-- Purpose: of the breaches on record, those charged so far. The extract has the
-- day of a breach and none of its recording or its charge, so a breach stands
-- in the month in which it happened. Most breaches name no crime, so that a
-- borough would be known for a part of them only.
with breaches as (
    select
        cast(date_trunc('month', breaches.breached_at) as date) as period,
        case orders.kind
            when 'SPO' then 'Stalking protection orders'
            when 'DVPN' then 'Domestic violence protection notices'
            when 'DVPO' then 'Domestic violence protection orders'
            when 'DAPN' then 'Domestic abuse protection notices'
            when 'DAPO' then 'Domestic abuse protection orders'
            when 'NMO' then 'Non-molestation orders'
            when 'SHPO' then 'Sexual harm prevention orders'
            when 'SRO' then 'Sexual risk orders'
            when 'RO' then 'Restraining orders'
            else 'Order not known'
        end as kind,
        breaches.charged,
    from staging.order_breaches as breaches
    left join core.orders as orders
        on orders.order_ref = breaches.order_ref
    where breaches.breached_at >= $from and breaches.breached_at < $until
)

select
    period,
    'Force' as area,
    case when grouping(kind) = 1 then 'All' else kind end as "group",
    count(*) filter (where charged) as numerator,
    count(*) as denominator,
from breaches
group by grouping sets ((period), (period, kind))
