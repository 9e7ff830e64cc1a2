-- Grain: one row per person on either of two lists.
-- Purpose: who is new, stayed, returned or left, and why someone left. A
-- person whose record was merged is followed to the record it went into.
with before as (
    select nominal_id, rank as previous_rank, score_days as previous_days
    from ledger.list_entries
    where list_id = $previous_id and rank <= $previous_size
),

before_now as (
    select
        coalesce(nominals.person_id, before.nominal_id) as nominal_id,
        min(before.previous_rank) as previous_rank,
        max(before.previous_days) as previous_days,
        min(before.nominal_id) as named_as,
    from before
    left join core.nominals as nominals
        on nominals.nominal_id = before.nominal_id
    group by all
),

after as (
    select nominal_id, standing, rank, score_days, is_in_custody
    from ledger.list_entries
    where list_id = $list_id
),

earlier as (
    select
        coalesce(nominals.person_id, entries.nominal_id) as nominal_id,
        max(entries.list_id) as last_list,
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    left join core.nominals as nominals
        on nominals.nominal_id = entries.nominal_id
    where entries.rank <= lists.list_size and lists.as_of < $previous_as_of
    group by all
),

withdrawn as (
    select distinct contributions.nominal_id
    from ledger.list_contributions as contributions
    inner join core.crimes as crimes
        on crimes.crime_ref = contributions.crime_ref
    where
        contributions.list_id = $previous_id
        and contributions.is_counted
        and crimes.status in ('cancelled', 'transferred')
)

select
    coalesce(before_now.nominal_id, after.nominal_id) as nominal_id,
    before_now.previous_rank,
    after.rank,
    earlier.last_list,
    case
        when after.rank <= $size and before_now.nominal_id is not null
            then 'stayed'
        when after.rank <= $size and earlier.nominal_id is not null
            then 'returned'
        when after.rank <= $size then 'new'
        else 'left'
    end as movement,
    case
        when after.rank <= $size then null
        when after.standing = 'deceased' then 'the person has died'
        when after.standing = 'under_18' then 'the person was found to be under 18'
        when withdrawn.nominal_id is not null
            then 'a crime was cancelled or transferred'
        when after.nominal_id is null
            then 'no allegation is left in the window'
        when after.score_days < before_now.previous_days
            then 'older allegations left the window'
        else 'others now score higher'
    end as reason,
from after
full join before_now on before_now.nominal_id = after.nominal_id
left join earlier
    on earlier.nominal_id = coalesce(before_now.nominal_id, after.nominal_id)
left join withdrawn on withdrawn.nominal_id = before_now.named_as
where after.rank <= $size or before_now.nominal_id is not null
order by previous_rank nulls last, rank nulls last, nominal_id
