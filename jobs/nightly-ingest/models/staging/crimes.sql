-- Grain: one row per crime, as known after batch $known_at.
select
    crime_ref,
    force,
    recorded_at,
    reported_at,
    committed_from,
    committed_to,
    ho_code,
    offence_title,
    offence_count,
    borough,
    ward,
    easting,
    northing,
    location_type,
    domestic_abuse,
    honour_based,
    proactive,
    status,
    status_at,
    outcome_code,
    outcome_at,
    unit
from history.crimes
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
