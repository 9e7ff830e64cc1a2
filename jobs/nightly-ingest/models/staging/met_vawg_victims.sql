-- Grain: one row per published row, as known after batch $known_at.
select
    sheet,
    bcu,
    borough,
    ward,
    recorded_month,
    committed_month,
    victims,
    age_group,
    ethnic_group
from history.met_vawg_victims
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
