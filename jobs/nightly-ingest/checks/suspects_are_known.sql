-- Every suspect has a person record.
-- severity: warn
-- A suspect without one is ranked under the identifier alone.
select distinct parties.nominal_id
from staging.parties as parties
left join staging.nominals as nominals
    on nominals.nominal_id = parties.nominal_id
where parties.role = 'suspect' and nominals.nominal_id is null
