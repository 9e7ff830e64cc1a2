-- Grain: one row per application, as known after batch $known_at.
select
    disclosure_ref,
    route,
    applied_at,
    decided_at,
    disclosed
from history.disclosures
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
