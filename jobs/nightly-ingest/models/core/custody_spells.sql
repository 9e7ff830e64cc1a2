-- Grain: one row per person and start of a spell in custody.
select
    people.person_key,
    spells.kind,
    spells.starts_at,
    case when count(*) = count(spells.ends_at)
        then max(spells.ends_at)
    end as ends_at,
from staging.custody_spells as spells
left join core.nominals as nominals on nominals.nominal_id = spells.nominal_id
inner join core.people as people
    on people.person_id = coalesce(nominals.person_id, spells.nominal_id)
group by people.person_key, spells.kind, spells.starts_at
order by people.person_key, spells.starts_at, spells.kind
