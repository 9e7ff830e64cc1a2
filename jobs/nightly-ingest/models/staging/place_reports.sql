-- Grain: one row per report of a place, as known after batch $known_at.
select
    report_ref,
    reported_at,
    easting,
    northing,
    category,
    answered_at
from history.place_reports
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
