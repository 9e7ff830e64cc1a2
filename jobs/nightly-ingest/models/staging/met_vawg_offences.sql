-- Grain: one row per published row, as known after batch $known_at.
select
    sheet,
    bcu,
    borough,
    ward,
    recorded_month,
    committed_month,
    offences,
    offence_group,
    offence_subgroup,
    offence,
    vawg_offence
from history.met_vawg_offences
where
    batch_from <= $known_at
    and (batch_to is null or batch_to > $known_at)
    and not is_deleted
