//! A measure of the room tells figures of groups: no row of it is shown when
//! the measure fails, and none is stored as a group's name.

use daybook::measures::evaluate::Evaluated;
use daybook::measures::settings::MeasureSettings;
use daybook::model::as_of::AsOf;
use daybook::schedule::actions;
use daybook::schedule::context::Deployment;

use super::{ANALYST, READER, refused, site};
use crate::support::{MORNING, Site, day};

const FOLDER: &str = "jobs/commitment-measures/99-prying";

/// Puts a measure of the room with some SQL into the deployment.
fn lay(site: &mut Site, sql: &str) {
    let folder = site.dir.join(FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    let commitment = "number = 9\ntitle = \"Prying\"\nroom = \"conduct\"\n\
        in_brief = \"Pry.\"\n\n[[measures]]\nid = \"9.99\"\nname = \"Prying\"\n\
        definition = \"What is pried into.\"\nnumerator = \"some\"\ndenominator = \"all\"\n\
        sql = \"prying.sql\"\nkind = \"proportion\"\nseries = \"flow\"\nunit = \"percent\"\n\
        direction = \"up\"\nsources = [\"conduct_cases\"]\naudiences = [\"leadership\"]\n";
    std::fs::write(folder.join("commitment.toml"), commitment).unwrap();
    std::fs::write(folder.join("prying.sql"), sql).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
}

/// The SQL of a measure with such columns, a row per conduct case.
fn sql(group: &str, numerator: &str, denominator: &str) -> String {
    format!(
        "select cast($until - interval 1 month as date) as period, 'Force' as area, \
             {group} as \"group\", {numerator} as numerator, {denominator} as denominator \
         from conduct.conduct_cases"
    )
}

fn evaluated(site: &Site) -> Evaluated {
    let settings = MeasureSettings::default();
    let done = site
        .with_context(|context| actions::measures(context, AsOf(day(MORNING)), settings))
        .unwrap();
    done.into_iter()
        .find(|done| done.measure_id == "9.99")
        .unwrap()
}

const ROW: &str = "case_ref || ' ' || subject_id || ' ' || category";

/// Fails over the data, and in other words each time.
fn failing() -> Vec<String> {
    vec![
        sql(ROW, "-1", "1"),
        sql(ROW, "2", "1"),
        sql(ROW, "0", "-1"),
        sql(ROW, "null", "1"),
        sql("'All'", "cast(category as integer)", "1"),
        sql("'All'", "cast(subject_id as timestamp)::varchar::int", "1"),
        sql("'All'", "len(strptime(case_ref, '%Y')::varchar)", "1"),
        sql("'All'", "json_extract(case_ref, '$.x')::int", "1"),
        sql(&format!("max({ROW})"), "0", "1"),
        sql("md5(case_ref) || ', ' || subject_id", "0", "1"),
        format!("{} limit 1", sql(ROW, "0", "1")),
        sql("case_ref", "0", "1"),
        sql("'the case of ' || subject_id || ', no other'", "0", "1"),
    ]
}

#[test]
fn a_failing_measure_of_the_room_shows_no_row_anywhere() {
    let mut site = site();
    for sql in failing() {
        lay(&mut site, &sql);
        let reason = evaluated(&site).unavailable.unwrap();
        let told = refused(
            &mut site,
            &[
                "measures", "preview", "9.99", "--as-of", MORNING, "--as", READER,
            ],
        );
        for text in [&reason, &told] {
            for mark in ["K1", "K2", "S7", "S8", "harassment", "2026-01-0"] {
                assert!(!text.contains(mark), "{sql}\n{text}");
            }
        }
        let stored = "select count(*) from ledger.measure_values join ledger.measure_sets using \
                      (set_id) where measure_id = '9.99'";
        assert_eq!(site.one(stored), "0", "{sql}");
    }
}

#[test]
fn as_many_groups_as_rows_are_not_groups() {
    let mut site = site();
    let sql = "select cast($until - interval 1 month as date) as period, 'Force' as area, \
                   'g' || range as \"group\", 0 as numerator, 1 as denominator from range(201)";
    lay(&mut site, sql);
    let reason = evaluated(&site).unavailable.unwrap();
    assert!(reason.contains("daybook check"), "{reason}");
    let told = refused(
        &mut site,
        &[
            "measures", "preview", "9.99", "--as-of", MORNING, "--as", READER,
        ],
    );
    assert!(told.contains("201 different areas and groups"), "{told}");
    lay(&mut site, &sql.replace("201", "200"));
    assert_eq!(evaluated(&site).unavailable, None);
}

#[test]
fn a_preview_of_the_room_is_a_look_into_it() {
    let mut site = site();
    lay(
        &mut site,
        &sql("'All'", "0", "1").replace("from conduct", "from range(1), conduct"),
    );
    let text = std::fs::read_to_string(site.dir.join(FOLDER).join("prying.sql")).unwrap();
    let text = format!("{text} limit 1");
    lay(&mut site, &text);
    let preview = ["measures", "preview", "9.99", "--as-of", MORNING];
    let told = refused(&mut site, &preview);
    assert!(
        told.contains("conduct-reader") && told.contains("on record"),
        "{told}"
    );
    refused(&mut site, &[&preview[..], &["--as", ANALYST]].concat());
    let told = site.told(&[&preview[..], &["--as", READER]].concat());
    assert!(told.contains("none of them stored"), "{told}");
    let on_record = "select coalesce(account, ''), refusal is null, statement = $s from \
                     conduct_ledger.consultations order by consultation_id";
    let recorded = site.query(&on_record.replace("$s", &format!("'{}'", text.replace('\'', "''"))));
    assert_eq!(
        recorded,
        [
            ["", "false", "true"],
            [ANALYST, "false", "true"],
            [READER, "true", "true"]
        ]
    );
}
