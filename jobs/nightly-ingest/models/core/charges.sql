-- Grain: one row per charge.
-- Purpose: a charge is VAWG when its crime is; its group is that of the
-- offence charged, which may differ from the one recorded.
select
    charges.charge_ref,
    identities.person_key,
    charges.crime_ref,
    crimes.crime_key,
    charges.ho_code,
    basket.vawg_group,
    cast(charges.charged_at as date) as charged_on,
    coalesce(charges.remanded, false) as is_remanded,
    coalesce(crimes.is_vawg, false) as is_vawg,
    results.result,
    cast(results.result_at as date) as result_on,
from staging.charges as charges
left join core.identities as identities
    on identities.nominal_id = charges.nominal_id
left join core.crimes as crimes on crimes.crime_ref = charges.crime_ref
left join staging.basket as basket on basket.ho_code = charges.ho_code
left join staging.court_results as results
    on results.charge_ref = charges.charge_ref
order by charged_on, charges.charge_ref
