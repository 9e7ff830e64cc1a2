-- Grain: one row per identifier that anyone is known under.
-- Purpose: leads every identifier, merged or not, to the person it stands for.
select
    unnest(identities) as nominal_id,
    person_key,
from core.people
union
select
    person_id as nominal_id,
    person_key,
from core.people
order by nominal_id
