-- Grain: one row per allegation of a person on the list or in its reserve,
-- counted or not.
-- Purpose: what `list explain` shows; frozen with the list.
select
    people.nominal_id,
    contributions.named_as,
    crimes.crime_ref,
    crimes.ho_code,
    contributions.index_code,
    coalesce(harm_index.title, basket.title, crimes.offence_title, crimes.ho_code)
        as offence,
    contributions.weight_days,
    contributions.offence_count,
    contributions.harm_days,
    harm_index.basis,
    contributions.reported_on,
    contributions.committed_on,
    contributions.status,
    contributions.outcome_code,
    contributions.is_domestic_abuse,
    contributions.is_counted,
    contributions.not_counted_because,
from contributions
inner join people on people.person_key = contributions.person_key
inner join core.crimes as crimes
    on crimes.crime_key = contributions.crime_key
left join staging.harm_index as harm_index
    on harm_index.ho_code = contributions.index_code
    and harm_index.edition = $edition
left join staging.basket as basket on basket.ho_code = crimes.ho_code
where people.rank <= $kept
order by
    people.rank, contributions.harm_days desc, contributions.reported_on desc,
    crimes.crime_ref
