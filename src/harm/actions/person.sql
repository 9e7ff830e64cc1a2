-- Grain: one row per event of the person $person_key before $as_of.
-- Purpose: one person's story in order of date, from lists and decisions to
-- arrests, charges, results, custody, orders against them and interventions.
-- What ended or was decided on or after $as_of is not known yet.
with heads as (
    select
        as_of,
        max(list_id) as list_id,
    from ledger.lists
    group by as_of
),

titles as (
    select
        crimes.crime_ref,
        coalesce(basket.title, crimes.offence_title, crimes.ho_code) as title,
        crimes.is_vawg,
    from core.crimes as crimes
    left join staging.basket as basket on basket.ho_code = crimes.ho_code
),

listings as (
    select
        heads.as_of as happened_on,
        10 as place,
        'listed' as kind,
        null as pillar,
        'list ' || heads.list_id as reference,
        'rank ' || entries.rank as detail,
    from heads
    inner join ledger.lists as lists on lists.list_id = heads.list_id
    inner join ledger.list_entries as entries
        on entries.list_id = heads.list_id
        and entries.rank <= lists.list_size
    inner join core.identities as identities
        on identities.nominal_id = entries.nominal_id
    where identities.person_key = $person_key
),

decided as (
    select
        decisions.decided_on as happened_on,
        20 as place,
        case decisions.decision
            when 'accept' then 'accepted'
            when 'defer' then 'deferred'
            when 'reject' then 'rejected'
            else decisions.decision
        end as kind,
        null as pillar,
        'list ' || decisions.list_id as reference,
        null as detail,
    from decisions
    inner join core.identities as identities
        on identities.nominal_id = decisions.nominal_id
    where identities.person_key = $person_key
),

arrests as (
    select
        cast(arrests.arrested_at as date) as happened_on,
        30 as place,
        'arrested' as kind,
        null as pillar,
        arrests.custody_ref as reference,
        concat_ws(
            '; ',
            arrests.crime_ref,
            titles.title,
            if(titles.is_vawg, 'VAWG', null),
            if(
                arrests.disposal_at < $as_of,
                replace(arrests.disposal, '_', ' '),
                null
            )
        ) as detail,
    from staging.arrests as arrests
    inner join core.identities as identities
        on identities.nominal_id = arrests.nominal_id
    left join titles on titles.crime_ref = arrests.crime_ref
    where identities.person_key = $person_key
),

charges as (
    select
        charges.charged_on as happened_on,
        40 as place,
        'charged' as kind,
        null as pillar,
        charges.charge_ref as reference,
        concat_ws(
            '; ',
            charges.crime_ref,
            coalesce(basket.title, charges.ho_code),
            if(charges.is_vawg, 'VAWG', null),
            if(charges.is_remanded, 'remanded', null)
        ) as detail,
    from core.charges as charges
    left join staging.basket as basket on basket.ho_code = charges.ho_code
    where charges.person_key = $person_key
),

results as (
    select
        charges.result_on as happened_on,
        50 as place,
        charges.result as kind,
        null as pillar,
        charges.charge_ref as reference,
        concat_ws(
            '; ',
            results.sentence_type,
            results.sentence_days || ' days'
        ) as detail,
    from core.charges as charges
    inner join staging.court_results as results
        on results.charge_ref = charges.charge_ref
    where charges.person_key = $person_key
),

custody as (
    select
        cast(starts_at as date) as happened_on,
        60 as place,
        'custody' as kind,
        null as pillar,
        null as reference,
        concat_ws(
            '; ',
            custody_spells.kind,
            if(
                ends_at < $as_of,
                'until ' || cast(ends_at as date),
                'not ended'
            )
        ) as detail,
    from core.custody_spells as custody_spells
    where custody_spells.person_key = $person_key
),

orders as (
    select
        cast(orders.applied_at as date) as happened_on,
        70 as place,
        'order applied for' as kind,
        null as pillar,
        orders.order_ref as reference,
        concat_ws(
            '; ',
            orders.kind,
            if(
                orders.decided_at < $as_of,
                orders.decision || ' on ' || cast(orders.decided_at as date),
                'not decided'
            )
        ) as detail,
    from staging.orders as orders
    inner join core.identities as identities
        on identities.nominal_id = orders.subject_id
    where identities.person_key = $person_key
),

interventions as (
    select
        started_on as happened_on,
        80 as place,
        'intervention' as kind,
        pillar,
        intervention_ref as reference,
        concat_ws(
            '; ',
            replace(interventions.kind, '_', ' '),
            if(
                ended_on < $as_of,
                concat_ws(' ', 'until', ended_on, interventions.result),
                'not ended'
            )
        ) as detail,
    from core.interventions as interventions
    where person_key = $person_key
),

deaths as (
    select
        deceased_on as happened_on,
        90 as place,
        'died' as kind,
        null as pillar,
        null as reference,
        null as detail,
    from core.people
    where person_key = $person_key
),

story as (
    select * from listings
    union all
    select * from decided
    union all
    select * from arrests
    union all
    select * from charges
    union all
    select * from results
    union all
    select * from custody
    union all
    select * from orders
    union all
    select * from interventions
    union all
    select * from deaths
)

select
    happened_on,
    kind,
    pillar,
    reference,
    nullif(detail, '') as detail,
from story
where happened_on < $as_of
order by happened_on, place, reference, detail
