-- A merged record leads to a record that is held.
-- severity: warn
-- Until it is held the merge is not carried out: the records stand for people
-- of their own, and their allegations are not added up.
select
    nominals.nominal_id,
    nominals.merged_into as into_ref,
from staging.nominals as nominals
left join staging.nominals as ends on ends.nominal_id = nominals.merged_into
where nominals.merged_into is not null and ends.nominal_id is null
