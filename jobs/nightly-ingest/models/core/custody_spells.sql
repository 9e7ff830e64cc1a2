-- Grain: one row per person and start of a spell in custody.
select
    identities.person_key,
    spells.kind,
    spells.starts_at,
    case when count(*) = count(spells.ends_at)
        then max(spells.ends_at)
    end as ends_at,
from staging.custody_spells as spells
inner join core.identities as identities
    on identities.nominal_id = spells.nominal_id
group by identities.person_key, spells.kind, spells.starts_at
order by identities.person_key, spells.starts_at, spells.kind
