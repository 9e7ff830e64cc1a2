-- An envelope that is being sent says so before the first byte leaves, and
-- again before its message does: what was cut off is then known to have been
-- undelivered, or is uncertain.

-- Made anew: the states are in a check, and a column added to a table with
-- checks cannot be replayed from the database's log.
create temp table earlier as from ledger.outbox;
drop table ledger.outbox;
create table ledger.outbox (
    envelope_id bigint primary key,
    report_id bigint not null,
    report varchar not null,
    as_of date not null,
    recipient varchar not null,
    message_id varchar not null,
    sender varchar not null,
    subject varchar not null,
    message blob not null,
    state varchar not null check (
        state in ('queued', 'sending', 'sent', 'failed', 'uncertain')
    ),
    detail varchar,
    queued_at timestamp not null,
    settled_at timestamp,
    attempts integer not null default 0,
    attempted_at timestamp,
    handed_over_at timestamp,
    unique (report, as_of, recipient)
);
insert into ledger.outbox by name from earlier;
drop table earlier;
