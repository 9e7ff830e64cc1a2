-- Grain: one row per charge, as known after batch $known_at.
select
    charge_ref,
    nominal_id,
    crime_ref,
    ho_code,
    charged_at,
    remanded
from history.charges
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
