-- Grain: one row per engagement, as known after batch $known_at.
select
    engagement_ref,
    kind,
    borough,
    held_on,
    action_due_on,
    action_closed_on
from history.engagements
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
