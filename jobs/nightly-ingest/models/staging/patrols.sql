-- Grain: one row per patrol, as known after batch $known_at.
select
    patrol_ref,
    easting,
    northing,
    starts_at,
    scheduled_minutes,
    delivered_minutes
from history.patrols
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
