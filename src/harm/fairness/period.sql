-- Grain: one row per list date.
-- Purpose: the newest $lists list dates up to $as_of, and whether an officer
-- had decided on anyone on a list of that date.
with dates as (
    select
        as_of,
        max(list_id) as list_id,
    from ledger.lists
    where as_of <= $as_of
    group by as_of
    order by as_of desc
    limit $lists
),

decided as (
    select distinct lists.as_of
    from decisions
    inner join ledger.lists as lists on lists.list_id = decisions.list_id
    where decisions.decided_on < $as_of
)

select
    dates.list_id,
    dates.as_of,
    decided.as_of is not null as has_decisions,
from dates
left join decided on decided.as_of = dates.as_of
order by dates.as_of
