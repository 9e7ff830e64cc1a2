-- The ledger: what was taken in, run, decided, written and sent. Rows are
-- appended; instants are UTC; business dates are the force's own.

create schema ledger;
create schema history;
create schema staging;
create schema core;
create schema mart;

create table ledger.migrations (
    version integer primary key,
    name varchar not null,
    sha256 varchar not null
);

-- One row per file content that ingest has judged.
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
    check (rows_read = rows_accepted + rows_rejected + rows_duplicate)
);
create sequence ledger.batch_ids;

-- One row per fault; a line with two faults has two.
create table ledger.rejects (
    batch_id bigint not null,
    line bigint not null,
    column_name varchar,
    value varchar,
    reason varchar not null
);

-- A slot is (job, scheduled instant); it has one final state.
create table ledger.slots (
    job varchar not null,
    scheduled_at timestamp not null,
    as_of date not null,
    state varchar not null check (
        state in ('running', 'succeeded', 'failed', 'skipped', 'missed', 'interrupted')
    ),
    reason varchar,
    primary key (job, scheduled_at)
);

-- Every attempt at a slot.
create table ledger.runs (
    run_id bigint primary key,
    job varchar not null,
    scheduled_at timestamp not null,
    as_of date not null,
    trigger varchar not null check (trigger in ('schedule', 'command')),
    started_at timestamp not null,
    ended_at timestamp,
    state varchar not null check (
        state in ('running', 'succeeded', 'failed', 'interrupted')
    ),
    story varchar
);
create sequence ledger.run_ids;

-- A harm list with everything that decided it.
create table ledger.lists (
    list_id bigint primary key,
    as_of date not null,
    known_at bigint not null,
    fingerprint varchar not null unique,
    edition varchar not null,
    index_sha256 varchar not null,
    basket_sha256 varchar not null,
    sql_sha256 varchar not null,
    settings varchar not null,
    program_version varchar not null,
    window_from date not null,
    window_to date not null,
    list_size integer not null,
    reserve_size integer not null,
    state varchar not null check (state in ('proposed', 'decided')),
    counts varchar not null,
    made_at timestamp not null
);
create sequence ledger.list_ids;

-- Everyone with a scored allegation in the window, listed or not.
create table ledger.list_entries (
    list_id bigint not null,
    nominal_id varchar not null,
    standing varchar not null check (
        standing in ('ranked', 'under_18', 'deceased')
    ),
    rank integer,
    rank_at_liberty integer,
    rank_without_nfa integer,
    score_days decimal(18, 2) not null,
    score_without_nfa_days decimal(18, 2) not null,
    allegations integer not null,
    offences integer not null,
    victims integer not null,
    worst_days decimal(18, 2) not null,
    worst_crime_ref varchar not null,
    latest_reported_on date not null,
    domestic_abuse_allegations integer not null,
    repeat_victims integer not null,
    unscored_allegations integer not null,
    no_further_action_allegations integer not null,
    is_in_custody boolean not null,
    has_counter_allegation boolean not null,
    was_under_18 boolean not null,
    age integer,
    identities varchar[] not null
);

-- Every allegation of everyone on the list or its reserve, counted or not.
create table ledger.list_contributions (
    list_id bigint not null,
    nominal_id varchar not null,
    named_as varchar not null,
    crime_ref varchar not null,
    ho_code varchar not null,
    index_code varchar,
    offence varchar not null,
    weight_days decimal(10, 2),
    offence_count integer not null,
    harm_days decimal(18, 2) not null,
    basis varchar,
    reported_on date not null,
    committed_on date,
    status varchar not null,
    outcome_code integer,
    is_domestic_abuse boolean not null,
    is_counted boolean not null,
    not_counted_because varchar
);

-- A measure's figures under one definition and one state of knowledge.
create table ledger.measure_sets (
    set_id bigint primary key,
    measure_id varchar not null,
    as_of date not null,
    known_at bigint not null,
    fingerprint varchar not null,
    state varchar not null check (state in ('available', 'unavailable')),
    reason varchar,
    made_at timestamp not null,
    unique (measure_id, as_of, known_at, fingerprint)
);
create sequence ledger.measure_set_ids;

create table ledger.measure_values (
    set_id bigint not null,
    period date not null,
    area varchar not null,
    "group" varchar not null,
    numerator double,
    denominator double,
    value double
);

-- A rendered report; the page's bytes are kept so that what was shown can
-- always be shown again.
create table ledger.reports (
    report_id bigint primary key,
    report varchar not null,
    as_of date not null,
    version integer not null,
    sha256 varchar not null,
    html varchar not null,
    path varchar not null,
    made_at timestamp not null,
    unique (report, as_of, version)
);
create sequence ledger.report_ids;

-- One envelope per recipient; never two for the same report and date.
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
    state varchar not null check (state in ('queued', 'sent', 'failed', 'uncertain')),
    detail varchar,
    queued_at timestamp not null,
    settled_at timestamp,
    unique (report, as_of, recipient)
);
create sequence ledger.envelope_ids;
