-- Grain: one row per member of staff, course and completion, as known after
-- batch $known_at.
select
    staff_id,
    course,
    renewal,
    role,
    eligible,
    eligible_from,
    eligible_until,
    completed_on,
    expires_on
from conduct_history.training
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
