-- What left the house for the public: who issued each release, from which
-- figures, what it says word for word, and its counts, which later releases
-- are held against.
create table ledger.release_issues (
    release_id bigint primary key,
    as_of date not null,
    issued_by varchar not null,
    -- UTC.
    issued_at timestamp not null,
    program_version varchar not null,
    -- Texts in ledger.texts.
    page_sha256 varchar not null,
    figures_sha256 varchar not null
);

-- A table of a release. The JSON holds exact counts of what is shown: it stays
-- in the house.
create table ledger.release_tables (
    release_id bigint not null,
    place integer not null,
    measure_id varchar not null,
    basis varchar not null,
    set_id bigint not null,
    subject varchar not null,
    release_json varchar not null,
    -- Cells that were withheld because with earlier releases they would have
    -- revealed a count.
    withheld integer not null,
    primary key (release_id, place)
);
