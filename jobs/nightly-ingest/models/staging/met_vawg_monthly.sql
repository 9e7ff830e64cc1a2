-- Grain: one row per month, as known after batch $known_at.
select
    month,
    offences,
    non_vawg
from history.met_vawg_monthly
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
