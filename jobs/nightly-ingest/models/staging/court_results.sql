-- Grain: one row per charge that a court decided, as known after batch $known_at.
select
    charge_ref,
    result,
    result_at,
    sentence_type,
    sentence_days
from history.court_results
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
