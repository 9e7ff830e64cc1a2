-- Grain: one row per person who is named as suspect by someone of whom they
-- are themselves a victim, in either order and at any date.
-- Purpose: whose row is blocked until a specialist has reviewed it, and the
-- crimes, on both sides, that the review must cover.
-- A crime that was cancelled ("no crime") accuses nobody.
with accusations as (
    select
        allegations.person_key as suspect_key,
        victims.person_key as victim_key,
        list(distinct allegations.crime_key) as crime_keys,
    from core.allegations as allegations
    inner join core.victims as victims
        on victims.crime_key = allegations.crime_key
    where
        allegations.status <> 'cancelled'
        and allegations.person_key <> victims.person_key
    group by allegations.person_key, victims.person_key
),

mutual as (
    select
        accusations.suspect_key as person_key,
        accusations.victim_key,
        unnest(list_concat(accusations.crime_keys, counter.crime_keys))
            as crime_key,
    from accusations
    inner join accusations as counter
        on counter.suspect_key = accusations.victim_key
        and counter.victim_key = accusations.suspect_key
)

select
    mutual.person_key,
    list(distinct mutual.victim_key order by mutual.victim_key)
        as other_person_keys,
    list(distinct crimes.crime_ref order by crimes.crime_ref) as crime_refs,
from mutual
inner join core.crimes as crimes on crimes.crime_key = mutual.crime_key
group by mutual.person_key
order by mutual.person_key
