-- Grain: one row per variant, for the ledger: how many are ranked under it, and
-- how many of the people listed would be listed.
select
    variants.variant,
    variants.title,
    any_value(sensitivity.ranked) as ranked,
    count(*) filter (
        where sensitivity.rank <= $size and people.rank <= $size
    ) as overlap,
from variants
inner join sensitivity on sensitivity.place = variants.place
left join people on people.person_key = sensitivity.person_key
group by variants.place, variants.variant, variants.title
order by variants.place
