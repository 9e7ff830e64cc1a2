-- Grain: one row per person who is named as suspect by someone of whom they
-- are themselves a victim, in either order and at any date.
-- A crime that was cancelled ("no crime") accuses nobody.
with accusations as (
    select distinct
        allegations.person_key as suspect_key,
        victims.person_key as victim_key,
    from core.allegations as allegations
    inner join core.victims as victims
        on victims.crime_key = allegations.crime_key
    where
        allegations.status <> 'cancelled'
        and allegations.person_key <> victims.person_key
)

select
    accusations.suspect_key as person_key,
    list(accusations.victim_key order by accusations.victim_key)
        as other_person_keys,
from accusations
inner join accusations as counter
    on counter.suspect_key = accusations.victim_key
    and counter.victim_key = accusations.suspect_key
group by accusations.suspect_key
order by person_key
