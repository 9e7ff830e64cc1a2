-- A person is named once per crime.
-- severity: block
-- Named twice, a person would be scored twice for one crime.
with named_twice as (
    select crime_key, person_key
    from core.allegations
    group by crime_key, person_key
    having count(*) > 1
)

select
    (
        select min(crimes.crime_ref) from core.crimes as crimes
        where crimes.crime_key = named_twice.crime_key
    ) as crime_ref,
    (
        select min(people.person_id) from core.people as people
        where people.person_key = named_twice.person_key
    ) as person_id,
from named_twice
