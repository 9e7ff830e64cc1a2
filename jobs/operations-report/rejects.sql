-- Grain: one row per source, column and reason among the rows of the last day's
-- files that were rejected, or accepted without a value.
-- Purpose: what to correct, in counts. A file is of the last day when it came
-- in or speaks of a moment in it. A reason is told without the lines and places
-- in a line that it names.
with files as (
    select
        batch_id,
        source,
    from ledger.standing_files
    where
        (as_at > $from::timestamp and as_at <= $until::timestamp)
        or (
            received_at > $utc_from::timestamp
            and received_at <= $utc_until::timestamp
        )
),

faults as (
    select
        files.source,
        rejects.batch_id,
        rejects.line,
        rejects.column_name,
        coalesce(rejects.is_warning, false) as is_warning,
        regexp_replace(
            regexp_replace(rejects.reason, '^lines [0-9, ]+', 'lines '),
            ' at column [0-9]+$',
            ''
        ) as reason,
    from ledger.rejects as rejects
    inner join files on rejects.batch_id = files.batch_id
)

select
    source,
    column_name,
    reason,
    count(distinct (batch_id, line)) filter (not is_warning) as rejected_rows,
    count(distinct (batch_id, line)) filter (is_warning) as warned_rows,
from faults
group by source, column_name, reason
order by source, column_name nulls first, reason
