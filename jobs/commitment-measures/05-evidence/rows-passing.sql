-- Grain: one row per month of receipt, for all and by source.
-- Purpose: how much of what the force's systems send can be used as it is.
-- Rows are counted as they were judged on arrival: a row sent again corrected
-- is one more row, and a row sent every night counts every night. A row may be
-- rejected, repeat another of its file, or be accepted without a wrong value
-- (warned); none of these passed. All rows of a refused file failed, as far as
-- they could be counted: a file that could not be read at all has none, and is
-- not seen here. Reversals of a file are no receipt.
-- The month is London's. The ledger's clock is UTC; summer time runs from 01:00
-- UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October.
with files as (
    select
        upper(left(source, 1)) || replace(substr(source, 2), '_', ' ')
            as source,
        rows_read,
        rows_accepted - coalesce(rows_warned, 0) as rows_passed,
        received_at,
        make_date(year(received_at), 3, 31) as march_ends,
        make_date(year(received_at), 10, 31) as october_ends,
    from ledger.batches
    where coalesce(kind, 'file') = 'file' and rows_read > 0
),

local_files as (
    select
        source,
        rows_read,
        rows_passed,
        received_at + to_hours(cast(
            received_at >= march_ends
            - to_days(cast(dayofweek(march_ends) as integer))
            + interval 1 hour
            and received_at < october_ends
            - to_days(cast(dayofweek(october_ends) as integer))
            + interval 1 hour
            as integer
        )) as received_at,
    from files
),

receipts as (
    select
        cast(date_trunc('month', received_at) as date) as period,
        source,
        rows_read,
        rows_passed,
    from local_files
    where received_at >= $from and received_at < $until
)

select
    period,
    'Force' as area,
    case when grouping(source) = 1 then 'All' else source end as "group",
    sum(rows_passed) as numerator,
    sum(rows_read) as denominator,
from receipts
group by grouping sets ((period), (period, source))
