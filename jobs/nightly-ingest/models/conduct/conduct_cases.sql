-- Grain: one row per conduct case, as known after batch $known_at.
select
    case_ref,
    recorded_at,
    category,
    vawg,
    subject_id,
    linked_crime_ref,
    finalised_at,
    outcome
from conduct_history.conduct_cases
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
