//! Alterations made by whoever can open the file, each on a copy: the SQL, and
//! how the finding that names it begins.

use super::{Still, consulted, decided, released};

const ALTERATIONS: &[(&str, &str)] = &[
    // What is read through a view.
    (
        "create or replace view ledger.standing_files as \
             select * from ledger.batches where false",
        "ledger.standing_files view: edited",
    ),
    (
        "create view core.strange as select 1 as n",
        "database view: inserted",
    ),
    // What figures are made with: the database's own functions come second.
    (
        "create macro main.median(value) as 0",
        "database function: inserted",
    ),
    (
        "create macro main.duckdb_functions() as table select 1 as function_name, true as internal",
        "database function: inserted",
    ),
    // A list.
    (
        "update ledger.list_entries set score_days = score_days + 1 \
         where list_id = 1 and nominal_id = 'S1'",
        "ledger.list_entries 1: edited: S1",
    ),
    (
        "delete from ledger.list_entries where list_id = 1 and nominal_id = 'S1'",
        "ledger.list_entries 1: deleted: 1 of its rows",
    ),
    (
        "update ledger.list_contributions set harm_days = 0 \
         where list_id = 1 and crime_ref = 'C3'",
        "ledger.list_contributions 1: edited: S3 C3",
    ),
    (
        "update ledger.list_moves set reason = 'forged' where nominal_id = 'S2'",
        "ledger.list_moves 2: edited: S2",
    ),
    (
        "update ledger.list_variant_ranks set rank = 1 where list_id = 1 and nominal_id = 'S4' \
             and variant = (select min(variant) from ledger.list_variant_ranks)",
        "ledger.list_variant_ranks 1: edited: ",
    ),
    (
        "update ledger.texts set text = text || ' ' where sha256 = \
             (select min(sha256) from ledger.list_inputs where role = 'list')",
        "ledger.texts ",
    ),
    (
        "delete from ledger.lists where list_id = 1",
        "ledger.lists 1: deleted",
    ),
    (
        "delete from ledger.lists where list_id = 2; \
         delete from ledger.list_entries where list_id = 2; \
         delete from ledger.list_contributions where list_id = 2; \
         delete from ledger.list_inputs where list_id = 2; \
         delete from ledger.list_variants where list_id = 2; \
         delete from ledger.list_variant_ranks where list_id = 2; \
         delete from ledger.list_moves where list_id = 2; \
         delete from ledger.list_verifications where list_id = 2",
        "ledger.lists 2: deleted",
    ),
    (
        "update ledger.lists set made_at = made_at - interval 1 day where list_id = 1",
        "ledger.lists 1: edited",
    ),
    (
        "update ledger.lists set program_version = '0.0.9' where list_id = 2",
        "ledger.lists 2: edited",
    ),
    (
        "delete from ledger.list_verifications",
        "ledger.list_verifications 1: deleted",
    ),
    // What officers decided.
    (
        "update ledger.list_decisions set decision = 'accept' where nominal_id = 'S3'",
        "ledger.list_decisions 2: edited",
    ),
    (
        "update ledger.list_decisions set decided_by = 'a.nother' where nominal_id = 'S1'",
        "ledger.list_decisions 1: edited",
    ),
    (
        "update ledger.list_decisions set reason = 'another' where nominal_id = 'S1'",
        "ledger.list_decisions 1: edited",
    ),
    (
        "update ledger.list_decisions set decided_at = decided_at - interval 1 hour \
         where nominal_id = 'S1'",
        "ledger.list_decisions 1: edited",
    ),
    (
        "delete from ledger.list_decisions",
        "ledger.list_decisions 2: deleted",
    ),
    (
        "update ledger.list_decisions set decision = \
             case decision when 'accept' then 'reject' else 'accept' end",
        "ledger.list_decisions 2: edited",
    ),
    (
        "create table two as select * from ledger.list_decisions; \
         delete from ledger.list_decisions; checkpoint; \
         insert into ledger.list_decisions \
             select 3 - decision_id, * exclude (decision_id) from two; \
         drop table two",
        "ledger.list_decisions 1: edited",
    ),
    (
        "insert into ledger.list_decisions values \
             (9, 2, 'S2', 'accept', 'forged', 'j.officer', timestamp '2026-11-22 12:00:00')",
        "ledger.list_decisions 9: inserted",
    ),
    (
        "delete from ledger.list_closes",
        "ledger.list_closes 1: deleted",
    ),
    (
        "insert into ledger.person_marks values (9, 'S3', 'counter_reviewed', [], 'forged', \
             'r.eviewer', timestamp '2026-11-01 12:00:00')",
        "ledger.person_marks 9: inserted",
    ),
    (
        "delete from ledger.person_marks",
        "ledger.person_marks 1: deleted",
    ),
    (
        "insert into ledger.account_roles (change_id, account, role, is_granted, changed_by, \
             changed_at) values (99, 'mallory', 'authorising-officer', true, 'j.officer', \
             timestamp '2026-11-01 12:00:00')",
        "ledger.account_roles 99: inserted",
    ),
    (
        "update ledger.account_bindings set uid = 4711 where binding_id = 1",
        "ledger.account_bindings 1: edited",
    ),
    (
        "update ledger.audit set account = 'a.nother' where audit_id = 1",
        "ledger.audit 1: edited",
    ),
    ("delete from ledger.audit", "ledger.audit 1: deleted"),
    // What came in.
    (
        "update history.crimes set ho_code = '008/01' where crime_ref = 'C3'",
        "history.crimes 1: edited: line 4",
    ),
    (
        "update history.parties set role = 'witness' where crime_ref = 'C3' and nominal_id = 'S3'",
        "history.parties ",
    ),
    (
        "update history.nominals set surname = 'Smith' where nominal_id = 'S1'",
        "history.nominals ",
    ),
    (
        // The quick hash too.
        "update history.crimes set ho_code = '008/01' where crime_ref = 'C3'; \
         update history.crimes set row_hash = (select row_hash + 1 from history.crimes \
             where crime_ref = 'C4') where crime_ref = 'C3'",
        "history.crimes 1: edited: line 4",
    ),
    (
        "update history.crimes set row_hash = row_hash + 1 where crime_ref = 'C4'",
        "history.crimes line 5 of batch 1: edited",
    ),
    (
        "insert into history.crimes select * replace (99 as file_line) from history.crimes \
         where crime_ref = 'C4'",
        "history.crimes 1: inserted: line 99",
    ),
    (
        "delete from history.crimes where crime_ref = 'C4'",
        "history.crimes 1: deleted: 1 of its rows",
    ),
    (
        "update history.crimes set batch_to = null where batch_to is not null",
        "history.crimes ended ",
    ),
    (
        "update history.crimes set batch_to = 4 where crime_ref = 'C5'",
        "history.crimes ended 4: inserted",
    ),
    ("delete from ledger.confirmations", "ledger.confirmations "),
    (
        "update ledger.batches set sha256 = repeat('0', 64) where batch_id = 1",
        "ledger.batches 1: edited",
    ),
    (
        "update ledger.batches set received_at = received_at - interval 1 day where batch_id = 1",
        "ledger.batches 1: edited",
    ),
    (
        "update ledger.batches set file_name = 'crimes_20261120.csv' where batch_id = 1",
        "ledger.batches 1: edited",
    ),
    (
        "update ledger.batches set rows_read = rows_read + 1, \
             rows_accepted = rows_accepted + 1 where batch_id = 1",
        "ledger.batches 1: edited",
    ),
    (
        "update ledger.batches set reverted_by = null",
        "ledger.batches ",
    ),
    ("delete from ledger.rejects", "ledger.rejects "),
    (
        "update ledger.rejects set value = 'other' where value = 'none'",
        "ledger.rejects ",
    ),
    (
        "update ledger.hashing set proof = 'x' where source = 'crimes'",
        "ledger.hashing crimes: edited",
    ),
    // What ran, was said and sent.
    (
        "update ledger.runs set state = 'failed' where run_id = 1",
        "ledger.runs 1: edited",
    ),
    (
        "delete from ledger.slots where job = 'harm-list'",
        "ledger.slots harm-list ",
    ),
    (
        "update ledger.check_results set failing_rows = 7 where rebuild_id = 1 and name = \
             (select min(name) from ledger.check_results)",
        "ledger.check_results 1: edited: ",
    ),
    (
        "update ledger.measure_cells set numerator = numerator + 1 where cells_of = \
             (select min(cells_of) from ledger.measure_cells where numerator is not null)",
        "ledger.measure_cells ",
    ),
    (
        "update ledger.reports set html = replace(html, 'OFFICIAL', 'PUBLIC') where report_id = 1",
        "ledger.reports 1: edited",
    ),
    (
        "update ledger.outbox set message = 'forged'::blob where envelope_id = 1",
        "ledger.outbox 1: edited",
    ),
    (
        "update ledger.outbox set state = 'queued' where envelope_id = 2",
        "ledger.outbox 2: edited",
    ),
    (
        "update ledger.verifications set findings = 0, entries = 1",
        "ledger.verifications 1: edited",
    ),
    // The chain itself.
    (
        "update conduct_ledger.chain set content_sha256 = repeat('0', 64) \
         where ledger = 'ledger.list_decisions' and entry = 1",
        "ledger.list_decisions entry 1: forged",
    ),
    (
        "update conduct_ledger.chain set note = 'found' \
         where ledger = 'ledger.list_decisions' and entry = 2",
        "ledger.list_decisions entry 2: forged",
    ),
    (
        "update conduct_ledger.chain set marks = repeat('0', 8) \
         where ledger = 'ledger.list_entries' and entry = 1",
        "ledger.list_entries entry 1: forged",
    ),
    (
        "delete from conduct_ledger.chain where ledger = 'ledger.list_decisions' and entry = 1",
        "ledger.list_decisions entry 1: cut: no such entry",
    ),
    (
        "update conduct_ledger.chain set row_key = (3 - row_key::integer)::varchar, \
             content_sha256 = (select other.content_sha256 from conduct_ledger.chain as other \
                 where other.ledger = chain.ledger and other.entry = 3 - chain.entry) \
         where ledger = 'ledger.list_decisions'",
        "ledger.list_decisions entry 1: forged",
    ),
    (
        "update conduct_ledger.anchors set taken_at = taken_at - interval 1 day \
         where anchor_id = 2",
        "conduct_ledger.anchors anchor 2: forged",
    ),
    (
        "delete from conduct_ledger.anchors where anchor_id = 2",
        "conduct_ledger.anchors anchor 2: cut: no such anchor",
    ),
    (
        "delete from conduct_ledger.anchor_heads where anchor_id = 3",
        "conduct_ledger.anchors anchor 3: forged",
    ),
    (
        "drop table history.crimes cascade",
        "history.crimes 1: deleted",
    ),
];

/// Of a release.
const OF_A_RELEASE: &[(&str, &str)] = &[
    (
        "update ledger.texts set text = replace(text, '195', '295') where sha256 = \
             (select figures_sha256 from ledger.release_issues)",
        "ledger.texts ",
    ),
    (
        "delete from ledger.release_tables",
        "ledger.release_tables 1: deleted",
    ),
    (
        "update ledger.release_tables set withheld = 9 where place = 2",
        "ledger.release_tables 1: edited: table 2",
    ),
    (
        "update ledger.releases set issued_at = issued_at - interval 1 day where release_id = 1",
        "ledger.releases 1: edited",
    ),
    (
        "update ledger.release_issues set issued_by = 'a.nother'",
        "ledger.release_issues 1: edited",
    ),
];

/// Of the room.
const OF_THE_ROOM: &[(&str, &str)] = &[
    (
        "delete from conduct_ledger.consultations",
        "conduct_ledger.consultations 1: deleted",
    ),
    (
        "update conduct_ledger.consultations set refusal = null",
        "conduct_ledger.consultations 2: edited",
    ),
    (
        "update conduct_history.conduct_cases set subject_id = 'S9' where case_ref = 'K1'",
        "conduct_history.conduct_cases 2: edited: line 2",
    ),
];

fn all_are_found(still: &Still, alterations: &[(&str, &str)]) {
    let missed: Vec<String> = alterations
        .iter()
        .filter_map(|(sql, begins)| {
            let found = still.after(sql);
            let is_named = found.iter().any(|finding| finding.starts_with(begins));
            (!is_named).then(|| format!("{sql}\n  found {found:#?}"))
        })
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn seventy_three_alterations_are_each_found_and_named() {
    assert_eq!(
        ALTERATIONS.len() + OF_A_RELEASE.len() + OF_THE_ROOM.len(),
        73
    );
    all_are_found(&Still::new(decided()), ALTERATIONS);
    all_are_found(&Still::new(released()), OF_A_RELEASE);
    all_are_found(&Still::new(consulted()), OF_THE_ROOM);
}

#[test]
fn one_alteration_is_one_finding() {
    let still = Still::new(decided());
    for sql in [
        "update ledger.list_decisions set decision = 'accept' where nominal_id = 'S3'",
        "update ledger.list_entries set rank = 1 where list_id = 2 and nominal_id = 'S4'",
        "update ledger.outbox set message = 'forged'::blob where envelope_id = 1",
    ] {
        assert_eq!(still.after(sql).len(), 1, "{sql}");
    }
}
