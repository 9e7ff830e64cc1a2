-- Grain: one row per person on list $list_id down to rank $down_to.
-- Purpose: who they are today, the harm they were accused of by report date in
-- the days before the list and after it, and their first arrest from the list
-- date on. Records merged since are one person at the better rank. An
-- allegation counts under the conditions of jobs/harm-list/ranking.sql.
with entries as (
    select
        identities.person_key,
        min(entries.rank) as rank,
        bool_or(entries.is_in_custody) as is_in_custody,
    from ledger.list_entries as entries
    inner join core.identities as identities
        on identities.nominal_id = entries.nominal_id
    where entries.list_id = $list_id and entries.rank <= $down_to
    group by identities.person_key
),

harm as (
    select
        allegations.person_key,
        sum(harm_index.days * allegations.offence_count)
            filter (where allegations.reported_on < $as_of) as before_days,
        sum(harm_index.days * allegations.offence_count)
            filter (where allegations.reported_on >= $as_of) as after_days,
    from core.allegations as allegations
    inner join staging.harm_index as harm_index
        on harm_index.weight_key = allegations.weight_key
        and harm_index.edition = $edition
    where
        allegations.reported_on >= $before_from
        and allegations.reported_on < $after_to
        and allegations.is_vawg
        and not allegations.is_own_victim
        and allegations.suspects <= $most_suspects
        and ($count_cancelled or allegations.is_live)
        and ($count_proactive or not allegations.is_proactive)
        and ($count_conditional_codes or not allegations.is_conditional)
        and ($count_no_further_action or not allegations.is_no_further_action)
        and (
            $count_alleged_under_age
            or allegations.alleged_age is null
            or allegations.alleged_age >= $minimum_age
        )
    group by allegations.person_key
),

first_arrests as (
    select
        person_key,
        min(arrested_on) as arrested_on,
    from core.arrests
    where arrested_on >= $as_of and arrested_on < $until
    group by person_key
)

select
    entries.person_key,
    entries.rank,
    entries.is_in_custody,
    people.deceased_on,
    first_arrests.arrested_on,
    cast(coalesce(harm.before_days, 0) as double) as before_days,
    cast(coalesce(harm.after_days, 0) as double) as after_days,
from entries
inner join core.people as people on people.person_key = entries.person_key
left join harm on harm.person_key = entries.person_key
left join first_arrests on first_arrests.person_key = entries.person_key
order by entries.rank, entries.person_key
