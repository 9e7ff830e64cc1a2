-- What ingest must answer for: why a file was refused, what became of a
-- rejected row, what a batch was reverted by, which part of a source a
-- snapshot covered, and who said a row again.

-- Made anew: a column added to a table with checks cannot be replayed from the
-- database's log: killed before the log is folded in, it would not open again.
create temp table earlier as from ledger.batches;
drop table ledger.batches;
create table ledger.batches (
    batch_id bigint primary key,
    source varchar not null,
    file_name varchar not null,
    sha256 varchar not null,
    bytes bigint not null,
    as_at timestamp not null,
    contract_sha256 varchar not null,
    state varchar not null check (state in ('accepted', 'refused')),
    reason varchar,
    rows_read bigint not null,
    rows_accepted bigint not null,
    rows_rejected bigint not null,
    rows_duplicate bigint not null,
    rows_new bigint not null,
    rows_changed bigint not null,
    rows_unchanged bigint not null,
    rows_superseded bigint not null,
    rows_ended bigint not null,
    received_at timestamp not null,
    kind varchar default 'file',
    refusal varchar,
    rows_warned bigint default 0,
    lines bigint,
    blank_lines bigint,
    undoes bigint,
    reverted_by bigint,
    check (rows_read = rows_accepted + rows_rejected + rows_duplicate)
);
insert into ledger.batches by name from earlier;
drop table earlier;

alter table ledger.rejects add column is_warning boolean default false;
alter table ledger.rejects add column row_key varchar;
alter table ledger.rejects add column corrected_by bigint;
alter table ledger.rejects add column aged_out_on date;

-- The parts of a snapshot source that a batch covered; `''` is the whole. A
-- batch that rejected rows does not cover them wholly, and one that came after
-- a newer snapshot did not become what stands.
create table ledger.batch_scopes (
    batch_id bigint not null,
    scope varchar not null,
    is_whole boolean not null,
    is_standing boolean not null
);

-- A delta said again what history held already; the row is known by the batch
-- that said it first and by its line there.
create table ledger.confirmations (
    source varchar not null,
    batch_id bigint not null,
    said_by bigint not null,
    file_line bigint not null
);

-- Rows are compared by a hash that a new database version, or a new column,
-- would change; then every row is hashed again.
create table ledger.hashing (
    source varchar primary key,
    proof varchar not null
);

-- Rows that name something that is not held, after each ingest.
create table ledger.relation_checks (
    known_at bigint not null,
    source varchar not null,
    columns varchar not null,
    other_source varchar not null,
    rows_missing bigint not null,
    rows_overdue bigint not null,
    within_days integer not null,
    example varchar
);

-- A person's word that a snapshot may end as much as it does.
create table ledger.ending_confirmations (
    source varchar not null,
    sha256 varchar not null,
    confirmed_by varchar not null,
    confirmed_at timestamp not null
);

-- The files whose rows count: accepted, and not taken back.
create view ledger.standing_files as
select *
from ledger.batches
where state = 'accepted' and kind = 'file' and reverted_by is null;
