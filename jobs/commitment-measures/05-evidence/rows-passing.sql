-- Grain: one row per month of receipt, for all and by source.
-- Purpose: how much of what the force's systems send can be used as it is.
-- Rows are counted as they were judged on arrival: a row sent again corrected
-- is one more row, and a row sent every night counts every night. A row may be
-- rejected, repeat another of its file, or be taken in without a wrong value
-- (warned); none of these passed. All rows of a refused file failed, as far as
-- they could be counted: a file that could not be read at all has none, and is
-- not seen here. Reversals of a file are no receipt. The month is that of the
-- ledger's clock, which is UTC.
with files as (
    select
        cast(date_trunc('month', received_at) as date) as period,
        upper(left(source, 1)) || replace(substr(source, 2), '_', ' ')
            as source,
        rows_read,
        rows_accepted - coalesce(rows_warned, 0) as rows_passed,
    from ledger.batches
    where
        coalesce(kind, 'file') = 'file'
        and received_at >= $from
        and received_at < $until
        and rows_read > 0
)

select
    period,
    'Force' as area,
    case when grouping(source) = 1 then 'All' else source end as "group",
    sum(rows_passed) as numerator,
    sum(rows_read) as denominator,
from files
group by grouping sets ((period), (period, source))
