-- Grain: one row per published row, as known after batch $known_at.
select
    force,
    search_type,
    searched_at,
    month,
    part_of_operation,
    operation,
    latitude,
    longitude,
    gender,
    age_range,
    self_defined_ethnicity,
    officer_defined_ethnicity,
    legislation,
    object_of_search,
    outcome,
    outcome_linked,
    more_than_outer_clothing
from history.stop_and_search
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
