-- Grain: one row per month of application and kind of order.
-- Purpose: of the orders applied for in a month, those granted by the report's
-- date; one withdrawn was applied for and not granted, and one not decided by
-- then counts as not granted, hence the lag. Notices, which a senior officer
-- gives, count as applied for when they were asked for.
-- There is no row for all kinds: courts make restraining orders of their own
-- and victims apply for non-molestation orders, so that a share over all would
-- tell the mix of kinds and not the police's success.
with applications as (
    select
        cast(date_trunc('month', applied_on) as date) as period,
        case kind
            when 'SPO' then 'Stalking protection orders'
            when 'DVPN' then 'Domestic violence protection notices'
            when 'DVPO' then 'Domestic violence protection orders'
            when 'DAPN' then 'Domestic abuse protection notices'
            when 'DAPO' then 'Domestic abuse protection orders'
            when 'NMO' then 'Non-molestation orders'
            when 'SHPO' then 'Sexual harm prevention orders'
            when 'SRO' then 'Sexual risk orders'
            when 'RO' then 'Restraining orders'
        end as kind,
        coalesce(
            decision = 'granted' and coalesce(decided_on < $as_of, true), false
        ) as is_granted,
    from core.orders
    where applied_on >= $from and applied_on < $until
)

select
    period,
    'Force' as area,
    kind as "group",
    count(*) filter (where is_granted) as numerator,
    count(*) as denominator,
from applications
group by period, kind
