-- Grain: one row per intervention, as known after batch $known_at.
select
    intervention_ref,
    nominal_id,
    pillar,
    kind,
    starts_at,
    ends_at,
    result
from history.interventions
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
