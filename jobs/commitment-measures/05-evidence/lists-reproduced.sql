-- Grain: one row per month in which past lists were made again.
-- Purpose: whether a list of the past can still be proved.
-- A list counts once in a month, by its newest check; of two at one moment the
-- worse counts. A list checked in two months counts in each.
-- The month is London's. The ledger's clock is UTC; summer time runs from 01:00
-- UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October.
with checks as (
    select
        list_id,
        is_identical,
        verified_at,
        make_date(year(verified_at), 3, 31) as march_ends,
        make_date(year(verified_at), 10, 31) as october_ends,
    from ledger.list_verifications
),

local_checks as (
    select
        list_id,
        is_identical,
        verified_at,
        verified_at + to_hours(cast(
            verified_at >= march_ends
            - to_days(cast(dayofweek(march_ends) as integer))
            + interval 1 hour
            and verified_at < october_ends
            - to_days(cast(dayofweek(october_ends) as integer))
            + interval 1 hour
            as integer
        )) as checked_at,
    from checks
),

checked as (
    select
        cast(date_trunc('month', checked_at) as date) as period,
        list_id,
        arg_max(is_identical, (verified_at, not is_identical)) as is_identical,
    from local_checks
    where checked_at >= $from and checked_at < $until
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
