-- A merged record leads to a record that is held.
-- severity: warn
-- The person keeps every allegation under the identifier that is not held;
-- name and birth date are missing until its record arrives.
select nominals.nominal_id, nominals.person_id
from core.nominals as nominals
left join staging.nominals as ends on ends.nominal_id = nominals.person_id
where ends.nominal_id is null
