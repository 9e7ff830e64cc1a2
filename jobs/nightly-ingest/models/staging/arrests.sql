-- Grain: one row per arrest, as known after batch $known_at.
select
    custody_ref,
    nominal_id,
    crime_ref,
    arrested_at,
    disposal,
    disposal_at
from history.arrests
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
