-- Grain: one row per crime and victim.
select distinct
    crimes.crime_key,
    people.person_key,
    people.sex,
    crimes.reported_on,
from staging.parties as parties
inner join core.crimes as crimes on crimes.crime_ref = parties.crime_ref
inner join core.identities as identities
    on identities.nominal_id = parties.nominal_id
inner join core.people as people
    on people.person_key = identities.person_key
where parties.role = 'victim'
order by crimes.reported_on, crimes.crime_key, people.person_key
