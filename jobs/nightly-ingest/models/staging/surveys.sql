-- Grain: one row per answer, as known after batch $known_at.
-- Purpose: the answer, and the month in which its wave stands: a quarter or a
-- half year in its last month, so that a year to that month holds whole waves.
select
    response_id,
    survey,
    wave,
    case substr(wave, 6, 1)
        when 'Q' then try_cast(left(wave, 4) || '-01-01' as date)
            + to_months(3 * try_cast(right(wave, 1) as integer) - 1)
        when 'H' then try_cast(left(wave, 4) || '-01-01' as date)
            + to_months(6 * try_cast(right(wave, 1) as integer) - 1)
        else try_cast(wave || '-01' as date)
    end as month,
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
