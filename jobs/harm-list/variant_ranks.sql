-- Grain: one row per variant and person on the list or in its reserve, for the
-- ledger. A variant that weighs less than half of the allegations on the list
-- gives nobody a rank.
select
    variants.variant,
    people.nominal_id,
    sensitivity.rank,
    coalesce(sensitivity.score_days, 0) as score_days,
from sensitivity
inner join variants on variants.place = sensitivity.place
inner join people on people.person_key = sensitivity.person_key
where sensitivity.weighed_percent >= 50
order by variants.place, people.rank
