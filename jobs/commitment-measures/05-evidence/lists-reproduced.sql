-- Grain: one row per month in which past lists were made again.
-- Purpose: whether a list of the past can still be proved.
-- A list counts once in a month, by its newest check; of two at one moment the
-- worse counts. A list checked in two months counts in each. The month is that
-- of the ledger's clock, which is UTC.
with checked as (
    select
        cast(date_trunc('month', verified_at) as date) as period,
        list_id,
        arg_max(is_identical, (verified_at, not is_identical)) as is_identical,
    from ledger.list_verifications
    where verified_at >= $from and verified_at < $until
    group by period, list_id
)

select
    period,
    'Force' as area,
    'All' as "group",
    count(*) filter (is_identical) as numerator,
    count(*) as denominator,
from checked
group by period
