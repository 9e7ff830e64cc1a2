-- Grain: one row per unit, role and date, as known after batch $known_at.
select
    unit,
    role,
    as_at_date,
    established_fte,
    filled_fte
from history.posts
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
