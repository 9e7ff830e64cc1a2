-- Rooms: conduct and HR data (sources whose contract says room = "conduct") in
-- schemas of their own. What lay in `history` before is moved when contracts
-- are next read, since only they say what belongs here: src/ingest/room.rs.

create schema conduct_history;
create schema conduct;
create schema conduct_ledger;

-- Values and keys of the room's rejected rows, which ledger.rejects has for
-- all other sources; what was wrong, and where, stands there for these too.
create table conduct_ledger.rejected_values (
    batch_id bigint not null,
    line bigint not null,
    column_name varchar,
    reason varchar not null,
    value varchar,
    row_key varchar
);

-- Each time somebody asked for what lies in the room, whether they got it or
-- not. It lies there itself: a statement may name a person.
create table conduct_ledger.consultations (
    consultation_id bigint primary key,
    -- As told with --as; null when none was.
    account varchar,
    machine_user varchar not null,
    statement varchar not null,
    -- Why it was refused; null when it was allowed.
    refusal varchar,
    consulted_at timestamp not null
);
create sequence conduct_ledger.consultation_ids;
