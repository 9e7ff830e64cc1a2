-- Everyone named in a crime report belongs to a crime that is held.
-- severity: warn
-- Parties and crimes come in different extracts; one may be a night ahead.
select parties.crime_ref, parties.nominal_id, parties.role
from staging.parties as parties
left join staging.crimes as crimes on crimes.crime_ref = parties.crime_ref
where crimes.crime_ref is null
