-- Grain: one row per relation of a source of which rows are overdue.
-- Purpose: rows that name something of another source, which has had its days
-- to bring it, as counted at the newest ingest.
select
    source,
    columns,
    other_source,
    rows_missing,
    rows_overdue,
    within_days,
from ledger.relation_checks
where
    rows_overdue > 0
    and known_at = (select max(known_at) from ledger.relation_checks)
order by source, columns, other_source
