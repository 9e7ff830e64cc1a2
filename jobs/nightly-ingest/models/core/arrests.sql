-- Grain: one row per arrest.
select
    arrests.custody_ref,
    identities.person_key,
    cast(arrests.arrested_at as date) as arrested_on,
    arrests.disposal,
    crimes.crime_key,
    coalesce(crimes.is_vawg, false) as is_vawg,
from staging.arrests as arrests
left join core.identities as identities
    on identities.nominal_id = arrests.nominal_id
left join core.crimes as crimes on crimes.crime_ref = arrests.crime_ref
order by arrested_on, arrests.custody_ref
