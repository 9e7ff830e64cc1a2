-- Grain: one row per answer, as known after batch $known_at.
select
    response_id,
    survey,
    wave,
    question,
    sex,
    ethnicity,
    age_band,
    weight,
    response
from history.surveys
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
