-- A chain for every ledger, so that an alteration in the file is found. An
-- entry says what a row (or all rows of a parent) held at that moment, and
-- carries the hash of the entry before it. It lies in the room, because it
-- tells how much the room holds.
create table conduct_ledger.chain (
    -- The table, and for some which part of it: store/chain/catalogue.rs.
    ledger varchar not null,
    -- 1, 2, 3 ... within the ledger.
    entry bigint not null,
    row_key varchar not null,
    -- Null when the row was rightly taken away.
    content_sha256 varchar,
    -- Of rows that share a key, the first eight letters of each one's hash.
    marks varchar,
    -- How rows came to be sealed otherwise than with the write that made them.
    note varchar,
    entry_sha256 varchar not null,
    primary key (ledger, entry)
);

-- Moments at which the heads of all chains went outside: into a receipt, a
-- mail, the log beside the database. Each carries the hash of the one before.
create table conduct_ledger.anchors (
    anchor_id bigint primary key,
    -- UTC.
    taken_at timestamp not null,
    sha256 varchar not null
);
-- The chains that had grown since the anchor before.
create table conduct_ledger.anchor_heads (
    anchor_id bigint not null,
    ledger varchar not null,
    entries bigint not null,
    head varchar not null,
    primary key (anchor_id, ledger)
);

-- Each time the whole record was verified.
create table ledger.verifications (
    verification_id bigint primary key,
    -- The morning it was for; null when somebody asked.
    as_of date,
    -- UTC.
    verified_at timestamp not null,
    entries bigint not null,
    findings bigint not null,
    -- Ledgers in which something was found.
    ledgers varchar[] not null,
    program_version varchar not null
);
