-- Grain: one row per intervention with a person who is known.
-- Purpose: what was done about someone, under one of the four Ps.
select
    interventions.intervention_ref,
    identities.person_key,
    interventions.pillar,
    interventions.kind,
    cast(interventions.starts_at as date) as started_on,
    cast(interventions.ends_at as date) as ended_on,
    interventions.result,
from staging.interventions as interventions
inner join core.identities as identities
    on identities.nominal_id = interventions.nominal_id
order by started_on, interventions.intervention_ref
