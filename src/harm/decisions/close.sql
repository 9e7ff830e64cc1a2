-- Grain: one row: list $list_id closed, with everyone left undecided on it.
insert into ledger.list_closes by name
select
    cast($list_id as bigint) as list_id,
    $reason as reason,
    coalesce(list(entries.nominal_id order by entries.rank), []) as undecided,
    $by as closed_by,
    cast($at as timestamp) as closed_at,
from ledger.list_entries as entries
inner join ledger.lists as lists on lists.list_id = entries.list_id
left join ledger.list_decisions as decisions
    on decisions.list_id = entries.list_id
    and decisions.nominal_id = entries.nominal_id
where
    entries.list_id = cast($list_id as bigint)
    and entries.rank <= lists.list_size
    and decisions.decision_id is null
