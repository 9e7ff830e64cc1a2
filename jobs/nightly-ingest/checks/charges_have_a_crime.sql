-- Every charge that names a crime names one that is held.
-- severity: warn
-- Charges and crimes come in different extracts; one may be a night ahead.
select charge_ref
from core.charges
where crime_ref is not null and crime_key is null
