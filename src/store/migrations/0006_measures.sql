-- Commitment measures in full: every reading, months and rolling years, each
-- with its interval and its state; and what each set of figures was made from.
-- Figures under the earlier definitions are not carried over: they had no
-- bases, no years and no texts, and are evaluated again with the next run.
drop table ledger.measure_values;
drop table ledger.measure_sets;
create table ledger.measure_sets (
    set_id bigint primary key,
    measure_id varchar not null,
    as_of date not null,
    -- The newest batch, and of the list's ledger the newest list, decision and
    -- verification, that were known.
    known_at bigint not null,
    lists_known_at bigint not null,
    decisions_known_at bigint not null,
    verifications_known_at bigint not null,
    -- Over everything that decides the figures.
    fingerprint varchar not null,
    -- The definition as JSON, by its hash in ledger.texts.
    definition_sha256 varchar not null,
    -- Months shown.
    months integer not null,
    state varchar not null check (state in ('available', 'unavailable')),
    reason varchar,
    -- The set whose cells these are: its own, or an earlier one's that are the
    -- same, so that a night that changed nothing adds nothing.
    cells_of bigint not null,
    cells_sha256 varchar not null,
    program_version varchar not null,
    made_at timestamp not null,
    unique (measure_id, as_of, known_at, fingerprint)
);

-- The SQL of a measure, and the tables of the warehouse that it reads, word
-- for word, in the order in which they are made.
create table ledger.measure_inputs (
    set_id bigint not null,
    -- edition, aliases, basket, model or measure.
    role varchar not null,
    file varchar not null,
    place integer not null,
    sha256 varchar not null
);

create table ledger.measure_cells (
    cells_of bigint not null,
    -- Which reading; empty where a measure has only one.
    basis varchar not null,
    -- month, or year: the twelve months that end with it.
    span varchar not null,
    period date not null,
    area varchar not null,
    "group" varchar not null,
    numerator double,
    denominator double,
    -- Cases or responses behind the cell, where its SQL gave one row for each.
    cases bigint,
    value double,
    -- 95% interval in the unit of the value.
    low double,
    high double,
    -- shown, few, empty, immature or stale.
    state varchar not null
);

-- The cells of every set.
create view ledger.measure_values as
select sets.set_id, cells.* exclude (cells_of)
from ledger.measure_sets as sets
inner join ledger.measure_cells as cells on cells.cells_of = sets.cells_of;

-- Public releases that are due, and when each was issued.
create table ledger.releases (
    release_id bigint primary key,
    name varchar not null,
    due_on date not null,
    issued_at timestamp
);
create sequence ledger.release_ids;
