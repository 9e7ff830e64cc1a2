-- Grain: one row per duty to a victim, as known after batch $known_at.
select
    service_ref,
    crime_ref,
    nominal_id,
    kind,
    due_at,
    done_at,
    accepted
from history.victim_services
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
