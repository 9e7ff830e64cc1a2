-- Which users of the machine may act under an account, and the log of what was
-- done with personal data (Data Protection Act 2018 s.62) and by whom.

-- Appended; the newest row of an account and uid holds.
create table ledger.account_bindings (
    binding_id bigint primary key,
    account varchar not null,
    uid uinteger not null,
    is_bound boolean not null,
    changed_by varchar not null,
    changed_at timestamp not null
);
create sequence ledger.account_binding_ids;

-- Appended. Looks into a room are in conduct_ledger.consultations instead,
-- since a row here may be read by more people than the room.
create table ledger.audit (
    audit_id bigint primary key,
    -- UTC.
    acted_at timestamp not null,
    -- collection, alteration, consultation, disclosure, combination, erasure,
    -- or administration: what the program was told that touches nobody.
    kind varchar not null,
    -- As told with --by or --as; null when none was.
    account varchar,
    -- The operating system's account, by the kernel's word.
    machine_uid uinteger not null,
    machine_user varchar not null,
    -- The command, job or report: list explain.
    what varchar not null,
    -- Nominal ids of the people touched, and the lists whose people were, as
    -- far down as this rank; null is the list's own size.
    subjects varchar[] not null,
    lists bigint[] not null,
    up_to_rank uinteger,
    reason varchar,
    -- JSON; never a copy of what was erased.
    detail varchar not null
);
create sequence ledger.audit_ids;

-- The uid beside the name; null for looks before it was kept.
alter table conduct_ledger.consultations add column machine_uid uinteger;
