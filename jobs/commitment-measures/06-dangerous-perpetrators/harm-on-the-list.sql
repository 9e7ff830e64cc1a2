-- Grain: one row per month with a list: the last list whose window ends in it.
-- Only totals of a list are read here, never a person.
with lists as (
    select
        date_trunc('month', window_to) as period,
        arg_max(counts, (as_of, list_id)) as counts,
    from ledger.lists
    where window_to >= $from and as_of <= $until
    group by period
)

select
    period,
    'Force' as area,
    'All' as "group",
    cast(counts ->> '$.listed_harm_days' as decimal(18, 2)) as numerator,
    cast(counts ->> '$.all_harm_days' as decimal(18, 2)) as denominator,
from lists
