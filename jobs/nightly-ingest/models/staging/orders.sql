-- Grain: one row per order, as known after batch $known_at.
select
    order_ref,
    kind,
    subject_id,
    protected_id,
    applied_at,
    decision,
    decided_at,
    expires_at,
    revoked_at
from history.orders
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
