-- Grain: one row per month and kind of order, and one for all kinds.
-- In force at the end of a month: granted, not yet expired, not yet revoked.
with months as (
    select cast(unnest(generate_series(
        cast($from as timestamp),
        cast($until as timestamp) - interval 1 month,
        interval 1 month
    )) as date) as period
),

in_force as (
    select months.period, orders.kind
    from months
    inner join core.orders as orders
        on orders.decision = 'granted'
        and orders.decided_on < months.period + interval 1 month
        and (
            orders.expires_on is null
            or orders.expires_on >= months.period + interval 1 month
        )
        and (
            orders.revoked_on is null
            or orders.revoked_on >= months.period + interval 1 month
        )
)

select
    period,
    'Force' as area,
    case when grouping(kind) = 1 then 'All' else kind end as "group",
    count(*) as numerator,
    null as denominator,
from in_force
group by grouping sets ((period), (period, kind))
