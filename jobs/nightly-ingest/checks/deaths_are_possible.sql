-- A death comes after the birth, and not a year before an alleged offence.
-- severity: warn
-- A death that does not is left out (see models/core/people.sql), and the person
-- stays on the list. Often it is a day that stands for an unknown one, such as
-- 1 January 1900.
select nominals.nominal_id
from staging.nominals as nominals
inner join core.nominals as records
    on records.nominal_id = nominals.nominal_id
inner join core.people as people on people.person_id = records.person_id
where
    nominals.deceased_on is not null
    and (
        people.deceased_on is null
        or people.deceased_on > nominals.deceased_on
    )
