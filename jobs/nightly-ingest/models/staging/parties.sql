-- Grain: one row per crime, person record and role, as known after batch $known_at.
select
    crime_ref,
    nominal_id,
    role,
    relationship,
    named_by
from history.parties
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
