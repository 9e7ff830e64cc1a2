-- Grain: one row per charged allegation of a person on list $list_id: the
-- crime, and whether a court convicted.
select
    contributions.nominal_id,
    contributions.crime_ref,
    bool_or(coalesce(charges.result = 'convicted', false)) as is_convicted,
    bool_or(charges.result is null) as is_pending,
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
group by contributions.nominal_id, contributions.crime_ref
