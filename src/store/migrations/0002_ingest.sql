-- What ingest must answer for: why a file was refused, what became of a
-- rejected row, what a batch was reverted by, which part of a source a
-- snapshot covered, and who said a row again.

alter table ledger.batches add column kind varchar default 'file';
alter table ledger.batches add column refusal varchar;
alter table ledger.batches add column rows_warned bigint default 0;
alter table ledger.batches add column lines bigint;
alter table ledger.batches add column blank_lines bigint;
alter table ledger.batches add column undoes bigint;
alter table ledger.batches add column reverted_by bigint;

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
