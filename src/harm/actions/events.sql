-- Grain: one row per event of a person who entered: an arrest, charge, remand,
-- court result (convicted, acquitted, discontinued) or intervention.
-- Purpose: what happened from the day after entry to the day before $as_of.
-- An event on the day of entry may have come before it, and is left out. A
-- result counts on its own day, whenever the charge was.
-- A crime that a person is arrested for twice is marked the first time, so
-- that its offences are counted once for that person.
with happened as (
    select
        person_key,
        'arrest' as kind,
        arrested_on as happened_on,
        custody_ref as reference,
        crime_key,
        cast(null as varchar) as pillar,
    from core.arrests
    union all
    select
        person_key,
        'charge' as kind,
        charged_on as happened_on,
        charge_ref as reference,
        crime_key,
        null as pillar,
    from core.charges
    union all
    select
        person_key,
        result as kind,
        result_on as happened_on,
        charge_ref as reference,
        crime_key,
        null as pillar,
    from core.charges
    where result is not null
    union all
    select
        person_key,
        'remand' as kind,
        cast(starts_at as date) as happened_on,
        cast(starts_at as varchar) as reference,
        null as crime_key,
        null as pillar,
    from core.custody_spells
    where kind = 'remand'
    union all
    select
        person_key,
        'intervention' as kind,
        started_on as happened_on,
        intervention_ref as reference,
        null as crime_key,
        pillar,
    from core.interventions
)

select
    happened.person_key,
    happened.kind,
    happened.happened_on,
    happened.happened_on - entries.entered_on as days_after,
    happened.reference,
    happened.pillar,
    crimes.crime_key,
    case when crimes.is_vawg then crimes.vawg_group end as vawg_group,
    coalesce(crimes.is_vawg, false) as is_vawg,
    coalesce(crimes.status in ('cancelled', 'transferred'), false)
        as is_withdrawn,
    case
        when
            row_number() over (
                partition by
                    happened.person_key, happened.kind, crimes.crime_key
                order by happened.happened_on, happened.reference
            ) = 1
            then coalesce(crimes.offence_count, 0)
        else 0
    end as offences,
from entries
inner join happened on happened.person_key = entries.person_key
left join core.crimes as crimes on crimes.crime_key = happened.crime_key
where
    happened.happened_on > entries.entered_on
    and happened.happened_on < $as_of
