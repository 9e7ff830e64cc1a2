-- Grain: one row per recommendation of a panel, as known after batch $known_at.
select
    recommendation_ref,
    panel,
    held_on,
    crime_ref,
    due_on,
    closed_on
from history.panel_reviews
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
