-- Grain: one row per crime and victim. The age is in completed years on the
-- day of the report; none when the date of birth is not known.
select distinct
    crimes.crime_key,
    people.person_key,
    people.sex,
    year(crimes.reported_on) - year(people.date_of_birth) - cast(
        (month(crimes.reported_on), day(crimes.reported_on))
        < (month(people.date_of_birth), day(people.date_of_birth))
        as integer
    ) as age,
    crimes.reported_on,
from staging.parties as parties
inner join core.crimes as crimes on crimes.crime_ref = parties.crime_ref
inner join core.identities as identities
    on identities.nominal_id = parties.nominal_id
inner join core.people as people
    on people.person_key = identities.person_key
where parties.role = 'victim'
order by crimes.reported_on, crimes.crime_key, people.person_key
