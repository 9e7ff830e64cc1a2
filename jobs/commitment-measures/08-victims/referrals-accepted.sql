-- Grain: one row per month and area.
-- Purpose: of the offers of a referral to support that were made to victims of
-- VAWG crimes in a month, those accepted. An offer whose answer is not on
-- record was made and not accepted. A victim of two crimes may be offered
-- support twice, and each offer counts. Late offers count in the month in
-- which they were made; those never made count under the duties in time.
with offers as (
    select
        cast(date_trunc('month', services.done_at) as date) as period,
        coalesce(crimes.borough, 'Not stated') as borough,
        coalesce(services.accepted, false) as is_accepted,
    from staging.victim_services as services
    inner join core.crimes as crimes
        on crimes.crime_ref = services.crime_ref
    where
        crimes.is_vawg
        and services.kind = 'referral'
        and services.done_at >= $from
        and services.done_at < $until
)

select
    period,
    case when grouping(borough) = 1 then 'Force' else borough end as area,
    'All' as "group",
    count(*) filter (where is_accepted) as numerator,
    count(*) as denominator,
from offers
group by grouping sets ((period), (period, borough))
