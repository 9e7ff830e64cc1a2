-- Grain: one row per crime and person named as its suspect. A person named
-- under two records that were merged is named once.
-- Purpose: what the harm list ranks; sorted by report date, so that a window
-- of a year reads a year, and with the two dates that decide whether a person
-- may be ranked, so that ranking joins nothing but the index. `is_countable`
-- holds the rules of the list that are no settings.
select
    crimes.crime_key,
    people.person_key,
    people.date_of_birth as born_on,
    people.deceased_on,
    crimes.reported_on,
    crimes.committed_on,
    crimes.index_code,
    cast(crimes.offence_count as integer) as offence_count,
    crimes.vawg_condition,
    crimes.is_vawg,
    crimes.is_domestic_abuse,
    crimes.is_proactive,
    crimes.status,
    cast(crimes.outcome_code as integer) as outcome_code,
    crimes.is_vawg
    and not crimes.is_proactive
    and crimes.status in ('open', 'closed') as is_countable,
    crimes.vawg_condition in ('domestic_abuse', 'domestic_abuse_or_female_victim')
        as is_conditional,
    coalesce(crimes.outcome_code in (14, 15, 16, 18), false)
        as is_no_further_action,
    min(parties.nominal_id) as named_as,
from staging.parties as parties
inner join core.crimes as crimes on crimes.crime_ref = parties.crime_ref
inner join core.identities as identities
    on identities.nominal_id = parties.nominal_id
inner join core.people as people
    on people.person_key = identities.person_key
where parties.role = 'suspect'
group by all
order by crimes.reported_on, crimes.crime_key, people.person_key
