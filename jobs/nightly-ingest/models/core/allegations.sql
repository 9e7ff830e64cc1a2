-- Grain: one row per crime and person named as its suspect. A person named
-- under two records that were merged is named once.
-- Purpose: what the harm list ranks; sorted by report date, so that a window
-- of a year reads a year, and with everything its rules ask, so that ranking
-- joins nothing but the index.
with named as (
    select
        crimes.crime_key,
        people.person_key,
        people.date_of_birth as born_on,
        people.deceased_on,
        len(people.identities) > 1 as is_merged,
        crimes.reported_on,
        crimes.committed_on,
        coalesce(crimes.committed_on, crimes.reported_on) as alleged_on,
        crimes.weight_key,
        cast(crimes.offence_count as integer) as offence_count,
        crimes.vawg_condition,
        crimes.is_vawg,
        crimes.is_domestic_abuse,
        crimes.is_proactive,
        crimes.status,
        cast(crimes.outcome_code as integer) as outcome_code,
        min(parties.nominal_id) as named_as,
    from staging.parties as parties
    inner join core.crimes as crimes on crimes.crime_ref = parties.crime_ref
    inner join core.identities as identities
        on identities.nominal_id = parties.nominal_id
    inner join core.people as people
        on people.person_key = identities.person_key
    where parties.role = 'suspect'
    group by all
),

crowds as (
    select
        crime_key,
        cast(count(*) as integer) as suspects,
    from named
    group by crime_key
    having count(*) > 1
)

select
    named.crime_key,
    named.person_key,
    named.named_as,
    named.born_on,
    named.deceased_on,
    named.reported_on,
    named.committed_on,
    named.weight_key,
    named.offence_count,
    named.vawg_condition,
    named.status,
    named.outcome_code,
    coalesce(crowds.suspects, 1) as suspects,
    cast(
        year(named.alleged_on) - year(named.born_on) - cast(
            (month(named.alleged_on), day(named.alleged_on))
            < (month(named.born_on), day(named.born_on))
            as integer
        ) as integer
    ) as alleged_age,
    named.is_vawg,
    named.is_domestic_abuse,
    named.is_proactive,
    named.is_merged,
    named.status in ('open', 'closed') as is_live,
    own_victims.person_key is not null as is_own_victim,
    named.vawg_condition in (
        'domestic_abuse', 'domestic_abuse_or_female_victim'
    ) as is_conditional,
    coalesce(named.outcome_code in (14, 15, 16, 18), false)
        as is_no_further_action,
from named
left join crowds on crowds.crime_key = named.crime_key
left join core.victims as own_victims
    on own_victims.crime_key = named.crime_key
    and own_victims.person_key = named.person_key
order by named.reported_on, named.crime_key, named.person_key
