-- Grain: one row.
-- Purpose: what the tables stand on: the newest batch, the morning up to which
-- all sources reach, and the first day of what people are judged by.
with built as (
    select coalesce(max(known_at), 0) as known_at
    from ledger.rebuilds
    where state = 'built'
),

reached as (
    select
        files.source,
        max(cast(files.as_at as date)) as reached,
    from ledger.standing_files as files, built
    where
        files.source in ('crimes', 'parties', 'arrests')
        and files.batch_id <= built.known_at
    group by files.source
)

select
    (select known_at from built) as known_at,
    (select min(reached) from reached) as reached,
    (select min(reported_on) from core.crimes) as reports_from,
    (select min(arrested_on) from core.arrests) as arrests_from
