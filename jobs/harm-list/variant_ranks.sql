-- Grain: one row per variant and person on the list or in its reserve, for the
-- ledger. A person with several records has the best rank of them; one whom a
-- variant leaves without a score has none.
with best as (
    select
        place,
        person_key,
        min(rank) as rank,
        max(score_days) as score_days,
    from sensitivity
    group by place, person_key
)

select
    variants.variant,
    people.nominal_id,
    best.rank,
    coalesce(best.score_days, 0) as score_days,
from people
cross join variants
left join best
    on best.place = variants.place and best.person_key = people.person_key
where people.rank <= $kept
order by variants.place, people.rank
