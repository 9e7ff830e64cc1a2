-- Grain: one row per identifier that anyone is known under.
-- Purpose: leads every identifier, merged or not, to the person it stands for.
-- `record_key` is the identifier's own key: the person's, when it was not
-- merged into another.
select
    unnest(identities) as nominal_id,
    unnest(identity_keys) as record_key,
    person_key,
from core.people
union
select
    person_id as nominal_id,
    person_key as record_key,
    person_key,
from core.people
order by nominal_id
