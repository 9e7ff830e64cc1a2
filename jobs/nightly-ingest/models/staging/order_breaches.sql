-- Grain: one row per breach of an order, as known after batch $known_at.
select
    order_ref,
    breached_at,
    crime_ref,
    charged
from history.order_breaches
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
