-- Grain: one row per person accepted on list $list_id, once it is decided; no
-- row before.
-- Purpose: what the pack says of a person beyond the frozen list: the name,
-- and why they are in custody.
with custody as (
    select
        person_key,
        arg_max(kind, starts_at) as kind,
        cast(max(starts_at) as date) as since,
    from core.custody_spells
    where starts_at < $as_of and (ends_at is null or ends_at >= $as_of)
    group by person_key
)

select
    entries.nominal_id,
    people.forenames,
    people.surname,
    people.date_of_birth,
    custody.kind as custody_kind,
    custody.since as custody_since,
from ledger.list_entries as entries
inner join ledger.list_states as states
    on states.list_id = entries.list_id and states.is_decided
inner join ledger.list_decisions as decisions
    on decisions.list_id = entries.list_id
    and decisions.nominal_id = entries.nominal_id
    and decisions.decision = 'accept'
left join core.people as people on people.person_id = entries.nominal_id
left join custody on custody.person_key = people.person_key
where entries.list_id = $list_id and entries.rank <= $size
order by entries.rank
