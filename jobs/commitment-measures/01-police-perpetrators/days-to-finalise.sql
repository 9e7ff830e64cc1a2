-- Grain: one row per month of finalisation.
select
    date_trunc('month', finalised_at) as period,
    'Force' as area,
    'All' as "group",
    null as numerator,
    count(*) as denominator,
    median(date_diff('day', recorded_at, finalised_at)) as value,
from conduct.conduct_cases
where vawg and finalised_at >= $from and finalised_at < $until
group by period
