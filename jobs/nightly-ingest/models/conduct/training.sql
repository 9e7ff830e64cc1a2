-- Grain: one row per member of staff and course, as known after batch $known_at.
select
    staff_id,
    course,
    role,
    eligible,
    completed_on,
    expires_on
from conduct_history.training
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
