-- Grain: one row per person record.
-- Purpose: says which person a record stands for. A record that was merged
-- follows `merged_into` to the last record that is held: a merge into one that
-- is not held is not carried out, because a word for no value, or a slip, would
-- make one person of many. A chain that runs into a circle says nothing about
-- who someone is: its merges are refused, and each record stands for itself.
with recursive merges as (
    select
        nominals.nominal_id,
        nominals.merged_into,
    from staging.nominals as nominals
    inner join staging.nominals as held
        on held.nominal_id = nominals.merged_into
    where nominals.merged_into <> nominals.nominal_id
),

chains as (
    select
        nominal_id,
        merged_into as reached,
        1 as steps,
    from merges
    union all
    select
        chains.nominal_id,
        merges.merged_into as reached,
        chains.steps + 1 as steps,
    from chains
    inner join merges on merges.nominal_id = chains.reached
    where chains.steps < 32
),

ends as (
    select
        nominal_id,
        case
            when max(steps) < 32 then arg_max(reached, steps)
            else nominal_id
        end as person_id,
    from chains
    group by nominal_id
)

select
    nominals.nominal_id,
    coalesce(ends.person_id, nominals.nominal_id) as person_id,
    nominals.sex,
from staging.nominals as nominals
left join ends on ends.nominal_id = nominals.nominal_id
order by nominals.nominal_id
