-- Grain: one row per variant, for the ledger: how many are ranked under it, and
-- how many of the people listed would be listed.
with listed as (
    select
        sensitivity.place,
        count(distinct sensitivity.person_key) as overlap,
    from sensitivity
    inner join people on people.person_key = sensitivity.person_key
    where sensitivity.rank <= $size and people.rank <= $size
    group by sensitivity.place
),

ranked as (
    select
        place,
        count(*) as ranked,
    from sensitivity
    group by place
)

select
    variants.variant,
    variants.title,
    coalesce(ranked.ranked, 0) as ranked,
    coalesce(listed.overlap, 0) as overlap,
from variants
left join ranked on ranked.place = variants.place
left join listed on listed.place = variants.place
order by variants.place
