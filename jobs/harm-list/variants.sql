-- Grain: one row per variant, for the ledger: how many are ranked under it, and
-- how many of the people listed would be listed. The title of another edition
-- says how much of the list it weighs.
select
    variants.variant,
    any_value(
        case
            when not starts_with(variants.variant, 'edition:')
                then variants.title
            when sensitivity.weighed_percent < 50
                then
                    variants.title || ' and ' || sensitivity.weighed_percent
                    || '% of the allegations on the list, too few to rank by'
            else
                variants.title || ' and ' || sensitivity.weighed_percent
                || '% of the allegations on the list'
        end
    ) as title,
    any_value(sensitivity.ranked) as ranked,
    count(*) filter (
        where sensitivity.rank <= $size and people.rank <= $size
    ) as overlap,
from variants
inner join sensitivity on sensitivity.place = variants.place
left join people on people.person_key = sensitivity.person_key
group by variants.place, variants.variant
order by variants.place
