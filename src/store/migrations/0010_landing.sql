-- Files that could not be judged, by their content: one that fails twice is
-- set aside, so that it does not cost every night its time.
create table ledger.ingest_failures (
    source varchar not null,
    file_name varchar not null,
    sha256 varchar not null,
    -- In words of ours; nothing that the file holds.
    reason varchar not null,
    -- UTC.
    failed_at timestamp not null
);
