-- Grain: one row per charged allegation of a person on list $list_id.
-- Purpose: how far courts have come with it by the list date: convicted on a
-- charge, else a charge still open, else acquitted, else all discontinued.
with charges as (
    select
        contributions.nominal_id,
        contributions.crime_ref,
        case when charges.result_on < $as_of then charges.result end as result,
    from ledger.list_contributions as contributions
    inner join core.people as people
        on people.person_id = contributions.nominal_id
    inner join core.charges as charges
        on charges.crime_ref = contributions.crime_ref
        and charges.person_key = people.person_key
    where
        contributions.list_id = $list_id
        and contributions.is_counted
        and charges.charged_on < $as_of
)

select
    nominal_id,
    crime_ref,
    case
        when bool_or(coalesce(result = 'convicted', false)) then 'convicted'
        when bool_or(result is null) then 'charged'
        when bool_or(result = 'acquitted') then 'acquitted'
        else 'discontinued'
    end as court,
from charges
group by nominal_id, crime_ref
order by nominal_id, crime_ref
