-- Grain: one row per person: all records that were merged into one.
-- Purpose: what is known of a person, from the record the others went into;
-- a record that only appears in crime reports has nothing but its identifier.
with named as (
    select nominal_id, person_id from core.nominals
    union
    select distinct
        parties.nominal_id,
        coalesce(nominals.person_id, parties.nominal_id) as person_id,
    from staging.parties as parties
    left join core.nominals as nominals
        on nominals.nominal_id = parties.nominal_id
),

people as (
    select
        person_id,
        list(nominal_id order by nominal_id) as identities,
    from named
    group by person_id
)

select
    cast(row_number() over (order by people.person_id) as integer) as person_key,
    people.person_id,
    people.identities,
    records.surname,
    records.forenames,
    records.date_of_birth,
    coalesce(records.sex, 'U') as sex,
    records.ethnicity,
    records.home_borough,
    records.deceased_on,
    coalesce(records.police_employee, false) as is_police_employee,
from people
left join staging.nominals as records on records.nominal_id = people.person_id
order by person_key
