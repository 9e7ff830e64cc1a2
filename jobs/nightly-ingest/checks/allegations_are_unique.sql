-- A person is named once per crime.
select crime_key, person_key
from core.allegations
group by crime_key, person_key
having count(*) > 1
