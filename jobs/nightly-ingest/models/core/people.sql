-- Grain: one row per person: all records that were merged into one.
-- Purpose: what is known of a person, from the record the others went into;
-- a record that only appears in crime reports has nothing but its identifier.
-- A birth or a death that this record leaves empty is taken from those that
-- went into it, the latest birth and the earliest death: nobody is ranked as of
-- age or as living because the note stayed behind on a merged record.
-- A death before the birth, or more than a year before an offence that the
-- person is alleged to have committed, is none: it takes nobody off the list,
-- and a check names the record.
-- Keys follow the order of all identifiers, those of merged records too, so
-- that a tie falls the same way whether people or records are ranked.
with named as (
    select nominal_id, person_id from core.nominals
    union
    select person_id as nominal_id, person_id from core.nominals
    union
    select distinct
        parties.nominal_id,
        coalesce(nominals.person_id, parties.nominal_id) as person_id,
    from staging.parties as parties
    left join core.nominals as nominals
        on nominals.nominal_id = parties.nominal_id
),

identifiers as (
    select nominal_id from named
    union
    select person_id from named
),

keys as (
    select
        nominal_id,
        cast(row_number() over (order by nominal_id) as integer) as key,
    from identifiers
),

births as (
    select
        core_nominals.person_id,
        coalesce(
            max(records.date_of_birth)
                filter (where records.nominal_id = core_nominals.person_id),
            max(records.date_of_birth)
        ) as date_of_birth,
    from core.nominals as core_nominals
    inner join staging.nominals as records
        on records.nominal_id = core_nominals.nominal_id
    group by core_nominals.person_id
),

told_deaths as (
    select
        core_nominals.person_id,
        records.nominal_id,
        records.deceased_on,
    from core.nominals as core_nominals
    inner join staging.nominals as records
        on records.nominal_id = core_nominals.nominal_id
    where records.deceased_on is not null
),

last_offences as (
    select
        named.person_id,
        max(coalesce(crimes.committed_on, crimes.reported_on)) as alleged_on,
    from staging.parties as parties
    inner join named on named.nominal_id = parties.nominal_id
    inner join core.crimes as crimes on crimes.crime_ref = parties.crime_ref
    where
        parties.role = 'suspect'
        and crimes.status <> 'cancelled'
        and named.person_id in (
            select told_deaths.person_id from told_deaths
        )
    group by named.person_id
),

deaths as (
    select
        told_deaths.person_id,
        coalesce(
            min(told_deaths.deceased_on)
                filter (where told_deaths.nominal_id = told_deaths.person_id),
            min(told_deaths.deceased_on)
        ) as deceased_on,
    from told_deaths
    left join births on births.person_id = told_deaths.person_id
    left join last_offences
        on last_offences.person_id = told_deaths.person_id
    where
        coalesce(told_deaths.deceased_on >= births.date_of_birth, true)
        and coalesce(
            told_deaths.deceased_on >= last_offences.alleged_on - 365, true
        )
    group by told_deaths.person_id
),

people as (
    select
        named.person_id,
        list(named.nominal_id order by named.nominal_id) as identities,
        list(keys.key order by named.nominal_id) as identity_keys,
    from named
    inner join keys on keys.nominal_id = named.nominal_id
    group by named.person_id
)

select
    keys.key as person_key,
    people.person_id,
    people.identities,
    people.identity_keys,
    records.surname,
    records.forenames,
    births.date_of_birth,
    coalesce(records.sex, 'U') as sex,
    records.ethnicity,
    records.home_borough,
    deaths.deceased_on,
    coalesce(records.police_employee, false) as is_police_employee,
from people
inner join keys on keys.nominal_id = people.person_id
left join staging.nominals as records on records.nominal_id = people.person_id
left join births on births.person_id = people.person_id
left join deaths on deaths.person_id = people.person_id
order by person_key
