-- Grain: one row per person on list $from_id or on list $to_id.
-- Purpose: where each stands on both. A person is the same when a record of
-- one is among the records of the other, so that a merge parts nobody; of
-- several earlier records the best stands.
with earlier as (
    select
        entries.nominal_id,
        entries.rank,
        entries.standing,
        entries.score_days,
        entries.identities,
        coalesce(entries.rank <= lists.list_size, false) as is_listed,
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    where entries.list_id = $from_id
),

later as (
    select
        entries.nominal_id,
        entries.rank,
        entries.standing,
        entries.score_days,
        entries.identities,
        coalesce(entries.rank <= lists.list_size, false) as is_listed,
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    where entries.list_id = $to_id
),

earlier_records as (
    select nominal_id, unnest(identities) as record_id from earlier
),

later_records as (
    select nominal_id, unnest(identities) as record_id from later
),

same as (
    select distinct
        earlier_records.nominal_id as earlier_id,
        later_records.nominal_id as later_id,
    from earlier_records
    inner join later_records
        on later_records.record_id = earlier_records.record_id
),

paired as (
    select
        coalesce(later.nominal_id, earlier.nominal_id) as nominal_id,
        earlier.rank as from_rank,
        later.rank as to_rank,
        earlier.standing as from_standing,
        later.standing as to_standing,
        earlier.score_days as from_days,
        later.score_days as to_days,
        coalesce(earlier.is_listed, false) as was_listed,
        coalesce(later.is_listed, false) as is_listed,
    from earlier
    left join same on same.earlier_id = earlier.nominal_id
    full join later on later.nominal_id = same.later_id
)

select *
from paired
where was_listed or is_listed
qualify row_number() over (
    partition by nominal_id
    order by from_rank nulls last, from_days desc nulls last
) = 1
order by to_rank nulls last, from_rank nulls last, nominal_id
