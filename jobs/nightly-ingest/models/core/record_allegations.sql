-- Grain: one row per crime and person record named as its suspect, for people
-- who are known under several records.
-- Purpose: ranks each record on its own, to show what the merging of records
-- does to the list.
with records as (
    select
        identities.nominal_id,
        identities.record_key,
        identities.person_key,
        nominals.date_of_birth,
        nominals.deceased_on,
    from core.identities as identities
    inner join core.people as people
        on people.person_key = identities.person_key
        and len(people.identities) > 1
    left join staging.nominals as nominals
        on nominals.nominal_id = identities.nominal_id
),

named as (
    select distinct
        parties.crime_ref,
        records.*,
    from staging.parties as parties
    inner join records on records.nominal_id = parties.nominal_id
    where parties.role = 'suspect'
),

own_victims as (
    select distinct
        parties.crime_ref,
        parties.nominal_id,
    from staging.parties as parties
    inner join records on records.nominal_id = parties.nominal_id
    where parties.role = 'victim'
),

placed as (
    select
        named.*,
        crimes.crime_key,
        coalesce(crimes.committed_on, crimes.reported_on) as alleged_on,
        own_victims.crime_ref is not null as is_own_victim,
    from named
    inner join core.crimes as crimes on crimes.crime_ref = named.crime_ref
    left join own_victims
        on own_victims.crime_ref = named.crime_ref
        and own_victims.nominal_id = named.nominal_id
)

select
    placed.record_key,
    placed.date_of_birth as born_on,
    placed.deceased_on,
    cast(
        year(placed.alleged_on) - year(placed.date_of_birth) - cast(
            (month(placed.alleged_on), day(placed.alleged_on))
            < (month(placed.date_of_birth), day(placed.date_of_birth))
            as integer
        ) as integer
    ) as alleged_age,
    placed.is_own_victim,
    allegations.* exclude (born_on, deceased_on, alleged_age, is_own_victim),
from placed
inner join core.allegations as allegations
    on allegations.crime_key = placed.crime_key
    and allegations.person_key = placed.person_key
order by allegations.reported_on, allegations.crime_key, placed.record_key
