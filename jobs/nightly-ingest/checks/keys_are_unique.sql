-- Keys of crimes, people, identifiers and charges are unique.
-- severity: block
-- What joins on a key that stands twice is counted twice.
select 'crimes' as source, crime_ref as key
from core.crimes group by crime_ref having count(*) > 1
union all
select 'people' as source, person_id as key
from core.people group by person_id having count(*) > 1
union all
select 'identifiers' as source, nominal_id as key
from core.identities group by nominal_id having count(*) > 1
union all
select 'charges' as source, charge_ref as key
from core.charges group by charge_ref having count(*) > 1
