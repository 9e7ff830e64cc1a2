-- No record is merged, by whatever steps, into itself.
-- severity: warn
-- The merges of such records are refused: each stands for itself (see
-- models/core/nominals.sql). Which of them is right, only the source can say.
-- One row per circle.
with recursive chains as (
    select
        nominal_id,
        merged_into as reached,
        [nominal_id] as circle_ids,
    from staging.nominals
    where merged_into is not null
    union all
    select
        chains.nominal_id,
        nominals.merged_into as reached,
        list_append(chains.circle_ids, chains.reached) as circle_ids,
    from chains
    inner join staging.nominals as nominals
        on nominals.nominal_id = chains.reached
    where
        nominals.merged_into is not null
        and not list_contains(chains.circle_ids, chains.reached)
)

select circle_ids
from chains
where reached = nominal_id and nominal_id = list_min(circle_ids)
