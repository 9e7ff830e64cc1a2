-- What became of every rebuild of the warehouse. Rows are appended; the newest
-- attempt says whether the tables are those of the newest batch.

create table ledger.rebuilds (
    rebuild_id bigint primary key,
    -- The batch and the SQL and reference tables that were tried.
    known_at bigint not null,
    recipe varchar not null,
    state varchar not null check (state in ('built', 'blocked')),
    attempted_at timestamp not null
);
create sequence ledger.rebuild_ids;

-- What every check of every attempt found.
create table ledger.check_results (
    rebuild_id bigint not null,
    name varchar not null,
    title varchar not null,
    severity varchar not null check (severity in ('block', 'warn')),
    failing_rows bigint not null,
    -- JSON: up to five of the rows, identifiers only.
    examples varchar not null,
    primary key (rebuild_id, name)
);
