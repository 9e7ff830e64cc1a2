-- A merged record leads to a record that is held and not merged itself.
select nominals.nominal_id
from core.nominals as nominals
left join staging.nominals as ends on ends.nominal_id = nominals.person_id
where
    nominals.person_id <> nominals.nominal_id
    and (ends.nominal_id is null or ends.merged_into is not null)
