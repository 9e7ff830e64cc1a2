-- Grain: one row per person record, as known after batch $known_at.
select
    nominal_id,
    surname,
    forenames,
    date_of_birth,
    sex,
    ethnicity,
    home_borough,
    deceased_on,
    merged_into,
    police_employee
from history.nominals
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
