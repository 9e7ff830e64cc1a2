-- Grain: one row per person asked for: everyone on list $list_id, or $nominal.
-- Purpose: where each stands at this moment: what was decided on the list,
-- which of a person's records are contested or restricted, which crimes make a
-- counter-allegation, and which of these no specialist has reviewed. A person
-- is followed through every record that was or is merged with theirs.
with asked as (
    select
        entries.nominal_id,
        entries.rank,
        entries.identities,
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    where
        entries.list_id = cast($list_id as bigint)
        and entries.rank <= lists.list_size
    union all
    select
        cast($nominal as varchar) as nominal_id,
        null as rank,
        [cast($nominal as varchar)] as identities,
    where cast($nominal as varchar) is not null
),

persons as (
    select
        asked.nominal_id,
        asked.rank,
        people.person_key,
        coalesce(people.person_id, asked.nominal_id) as person_id,
        list_sort(list_distinct(list_concat(
            asked.identities, coalesce(people.identities, []), [asked.nominal_id]
        ))) as identities,
    from asked
    left join core.identities as known
        on known.nominal_id = asked.nominal_id
    left join core.people as people on people.person_key = known.person_key
),

records as (
    select nominal_id, unnest(identities) as record_id from persons
),

-- The newest word on each record: a record's contest is settled by a settling
-- of that record alone, so that a merge never hides one.
record_marks as (
    select
        records.nominal_id,
        records.record_id,
        last(marks.mark = 'contested' order by marks.mark_id) filter (
            where marks.mark in ('contested', 'settled')
        ) as is_contested,
        last(marks.mark = 'restricted' order by marks.mark_id) filter (
            where marks.mark in ('restricted', 'unrestricted')
        ) as is_restricted,
    from records
    inner join ledger.person_marks as marks
        on marks.nominal_id = records.record_id
    group by records.nominal_id, records.record_id
),

marked as (
    select
        nominal_id,
        list(record_id order by record_id) filter (where is_contested)
            as contested_ids,
        list(record_id order by record_id) filter (where is_restricted)
            as restricted_ids,
    from record_marks
    group by nominal_id
),

reviewed as (
    select distinct
        records.nominal_id,
        unnest(marks.covers) as crime_ref,
    from records
    inner join ledger.person_marks as marks
        on marks.nominal_id = records.record_id
    where marks.mark = 'counter_reviewed'
),

pairs as (
    select
        persons.nominal_id,
        persons.person_key,
        unnest(counters.other_person_keys) as other_key,
    from persons
    inner join core.counter_allegations as counters
        on counters.person_key = persons.person_key
),

-- Both directions, and a crime that was cancelled accuses nobody: the same
-- rule as core.counter_allegations.
accusations as (
    select
        pairs.nominal_id,
        allegations.crime_key,
        pairs.other_key as victim_key,
    from pairs
    inner join core.allegations as allegations
        on allegations.person_key = pairs.person_key
    where allegations.status <> 'cancelled'
    union
    select
        pairs.nominal_id,
        allegations.crime_key,
        pairs.person_key as victim_key,
    from pairs
    inner join core.allegations as allegations
        on allegations.person_key = pairs.other_key
    where allegations.status <> 'cancelled'
),

counter_crimes as (
    select distinct
        accusations.nominal_id,
        crimes.crime_ref,
    from accusations
    inner join core.victims as victims
        on victims.crime_key = accusations.crime_key
        and victims.person_key = accusations.victim_key
    inner join core.crimes as crimes
        on crimes.crime_key = accusations.crime_key
),

counters as (
    select
        counter_crimes.nominal_id,
        list(counter_crimes.crime_ref order by counter_crimes.crime_ref)
            as counter_crimes,
        list(counter_crimes.crime_ref order by counter_crimes.crime_ref)
            filter (where reviewed.crime_ref is null) as open_crimes,
    from counter_crimes
    left join reviewed
        on reviewed.nominal_id = counter_crimes.nominal_id
        and reviewed.crime_ref = counter_crimes.crime_ref
    group by counter_crimes.nominal_id
)

select
    persons.nominal_id,
    persons.rank,
    persons.person_id,
    persons.person_key is not null as is_known,
    persons.identities,
    marked.contested_ids,
    marked.restricted_ids,
    counters.counter_crimes,
    counters.open_crimes,
    decisions.decision,
    decisions.reason,
    decisions.decided_by,
    decisions.decided_at,
from persons
left join marked on marked.nominal_id = persons.nominal_id
left join counters on counters.nominal_id = persons.nominal_id
left join ledger.list_decisions as decisions
    on decisions.list_id = cast($list_id as bigint)
    and decisions.nominal_id = persons.nominal_id
order by persons.rank, persons.nominal_id
