-- Grain: one row per pilot, as known after batch $known_at.
select
    pilot_ref,
    name,
    started_on,
    ended_on,
    published_on
from history.pilots
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
