-- A definition that was changed and put back is evaluated again, so that the
-- newest set is always what the files of its day gave: equal inputs may stand
-- in several sets. And which sources were due every night, for the months that
-- they were silent in.
create temp table earlier as from ledger.measure_sets;
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
    -- Sources of which a file was due every night, with spaces between; null
    -- where nobody asked.
    nightly varchar,
    state varchar not null check (state in ('available', 'unavailable')),
    reason varchar,
    -- The set whose cells these are: its own, or an earlier one's that are the
    -- same, so that a night that changed nothing adds nothing.
    cells_of bigint not null,
    cells_sha256 varchar not null,
    program_version varchar not null,
    made_at timestamp not null
);
insert into ledger.measure_sets by name from earlier;
drop table earlier;
