-- The harm list in full: what each list was made from, word for word; where
-- people stand under other rules; why they moved; what officers decided.

-- Made anew rather than altered, since a column added to a table with checks
-- cannot be replayed from the database's log. A list's state is no column
-- here: it follows from the decisions.
create temp table earlier_lists as from ledger.lists;
drop table ledger.lists;
create table ledger.lists (
    list_id bigint primary key,
    as_of date not null,
    known_at bigint not null,
    -- The newest mark on a person, and the newest decision, that were known.
    marks_known_at bigint not null,
    decisions_known_at bigint not null,
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
    counts varchar not null,
    -- The list that movement is told against; null on the first.
    previous_id bigint,
    made_at timestamp not null
);
insert into ledger.lists by name
select
    * exclude (state),
    0 as marks_known_at,
    0 as decisions_known_at,
from earlier_lists;
drop table earlier_lists;

create temp table earlier_entries as from ledger.list_entries;
drop table ledger.list_entries;
-- Everyone with a scored allegation in the window, listed or not.
create table ledger.list_entries (
    list_id bigint not null,
    nominal_id varchar not null,
    -- ranked, under_18, deceased or in_custody: why someone is not ranked.
    standing varchar not null,
    rank integer,
    rank_at_liberty integer,
    rank_without_nfa integer,
    score_days decimal(18, 3) not null,
    score_without_nfa_days decimal(18, 3) not null,
    allegations integer not null,
    offences integer not null,
    victims integer not null,
    -- Of the victims: female and of age, female and under it, all others.
    women integer,
    girls integer,
    worst_days decimal(18, 3) not null,
    worst_crime_ref varchar not null,
    earliest_reported_on date,
    latest_reported_on date not null,
    domestic_abuse_allegations integer not null,
    repeat_victims integer not null,
    unscored_allegations integer not null,
    no_further_action_allegations integer not null,
    is_in_custody boolean not null,
    has_counter_allegation boolean not null,
    -- A counter-allegation that no specialist has reviewed.
    is_blocked boolean,
    -- Accuracy contested and unsettled: not disclosed.
    is_restricted boolean,
    was_under_18 boolean not null,
    age integer,
    identities varchar[] not null
);
insert into ledger.list_entries by name from earlier_entries;
drop table earlier_entries;

create temp table earlier_contributions as from ledger.list_contributions;
drop table ledger.list_contributions;
-- Every allegation of everyone on the list or its reserve, counted or not.
create table ledger.list_contributions (
    list_id bigint not null,
    nominal_id varchar not null,
    named_as varchar not null,
    crime_ref varchar not null,
    ho_code varchar not null,
    index_code varchar,
    offence varchar not null,
    vawg_group varchar,
    weight_days decimal(10, 3),
    offence_count integer not null,
    harm_days decimal(18, 3) not null,
    basis varchar,
    source varchar,
    reported_on date not null,
    committed_on date,
    status varchar not null,
    outcome_code integer,
    is_domestic_abuse boolean not null,
    is_counted boolean not null,
    not_counted_because varchar,
    -- The person's rank had this allegation not counted; null when it is not
    -- counted anyway, or when nothing would be left.
    rank_without integer
);
insert into ledger.list_contributions by name from earlier_contributions;
drop table earlier_contributions;

-- Texts by their hash, each kept once: index editions, baskets, SQL.
create table ledger.texts (
    sha256 varchar primary key,
    text varchar not null
);
-- What a list was made from, so that it can be made again.
create table ledger.list_inputs (
    list_id bigint not null,
    -- edition, aliases, basket, model or list.
    role varchar not null,
    -- Path from the deployment folder, in the order in which they were read.
    file varchar not null,
    place integer not null,
    sha256 varchar not null
);

-- The list under another rule, and where its people would stand there.
create table ledger.list_variants (
    list_id bigint not null,
    variant varchar not null,
    title varchar not null,
    ranked bigint not null,
    -- How many of the people listed would be listed.
    overlap integer not null
);
create table ledger.list_variant_ranks (
    list_id bigint not null,
    variant varchar not null,
    nominal_id varchar not null,
    rank integer,
    score_days decimal(18, 3) not null
);

-- Everyone on this list or the one before.
create table ledger.list_moves (
    list_id bigint not null,
    nominal_id varchar not null,
    -- new, returned, stayed or left.
    movement varchar not null,
    previous_rank integer,
    rank integer,
    previous_days decimal(18, 3),
    score_days decimal(18, 3),
    reason varchar,
    -- JSON: days of score by cause of the change.
    causes varchar not null,
    -- The newest list before the previous one that held the person.
    last_list bigint,
    -- On how many of the twelve lists before this one.
    times_listed integer not null,
    -- What an officer had decided on the list before.
    previous_decision varchar
);

-- Each time a list was made again from what was known when it was made.
create table ledger.list_verifications (
    list_id bigint not null,
    is_identical boolean not null,
    differing_people integer not null,
    program_version varchar not null,
    verified_at timestamp not null
);

-- Who may do what; the newest row of an account and role holds.
create table ledger.account_roles (
    change_id bigint primary key,
    account varchar not null,
    role varchar not null,
    is_granted boolean not null,
    changed_by varchar not null,
    changed_at timestamp not null
);
create sequence ledger.account_change_ids;

-- One decision per list and person, never changed.
create table ledger.list_decisions (
    decision_id bigint primary key,
    list_id bigint not null,
    nominal_id varchar not null,
    -- accept, defer or reject.
    decision varchar not null,
    reason varchar not null,
    decided_by varchar not null,
    decided_at timestamp not null,
    unique (list_id, nominal_id)
);
create sequence ledger.decision_ids;

-- A list closed with people left undecided.
create table ledger.list_closes (
    list_id bigint primary key,
    reason varchar not null,
    undecided varchar[] not null,
    closed_by varchar not null,
    closed_at timestamp not null
);

-- Marks on a person, across lists; rows are appended.
create table ledger.person_marks (
    mark_id bigint primary key,
    nominal_id varchar not null,
    -- contested, settled, restricted, unrestricted or counter_reviewed.
    mark varchar not null,
    -- Crimes that a review of counter-allegations covered.
    covers varchar[] not null,
    reason varchar not null,
    marked_by varchar not null,
    marked_at timestamp not null
);
create sequence ledger.mark_ids;

-- A list is decided when each of its people is, or when it was closed.
create view ledger.list_states as
with listed as (
    select lists.list_id, count(entries.nominal_id) as listed
    from ledger.lists as lists
    left join ledger.list_entries as entries
        on entries.list_id = lists.list_id
        and entries.rank <= lists.list_size
    group by lists.list_id
),

decided as (
    select
        list_id,
        count(*) filter (where decision = 'accept') as accepted,
        count(*) filter (where decision = 'defer') as deferred,
        count(*) filter (where decision = 'reject') as rejected,
    from ledger.list_decisions
    group by list_id
)

select
    listed.list_id,
    listed.listed,
    coalesce(decided.accepted, 0) as accepted,
    coalesce(decided.deferred, 0) as deferred,
    coalesce(decided.rejected, 0) as rejected,
    listed.listed - coalesce(accepted, 0) - coalesce(deferred, 0)
        - coalesce(rejected, 0) as awaiting,
    closes.list_id is not null as is_closed,
    closes.list_id is not null or (listed.listed > 0 and awaiting = 0)
        as is_decided,
from listed
left join decided on decided.list_id = listed.list_id
left join ledger.list_closes as closes on closes.list_id = listed.list_id;
