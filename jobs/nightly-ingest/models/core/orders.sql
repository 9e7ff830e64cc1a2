-- Grain: one row per order.
select
    order_ref,
    kind,
    cast(applied_at as date) as applied_on,
    decision,
    cast(decided_at as date) as decided_on,
    cast(expires_at as date) as expires_on,
    cast(revoked_at as date) as revoked_on,
from staging.orders
order by applied_on, order_ref
