-- Grain: one row per person record and start of a spell, as known after batch $known_at.
select
    nominal_id,
    starts_at,
    kind,
    ends_at
from history.custody_spells
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
