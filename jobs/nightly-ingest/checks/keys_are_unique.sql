-- Keys of crimes, people and charges are unique.
select 'crimes' as source, crime_ref as key
from core.crimes group by crime_ref having count(*) > 1
union all
select 'people' as source, person_id as key
from core.people group by person_id having count(*) > 1
union all
select 'charges' as source, charge_ref as key
from core.charges group by charge_ref having count(*) > 1
