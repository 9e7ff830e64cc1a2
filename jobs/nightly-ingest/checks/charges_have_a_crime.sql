-- Every charge that names a crime names one that is held.
select charge_ref
from core.charges
where crime_ref is not null and crime_key is null
