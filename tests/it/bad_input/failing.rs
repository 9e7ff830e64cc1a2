//! A file that the database or the program cannot judge: it is told as that
//! file's failure, the night goes on, and after the second it is set aside.

use super::*;

const NAME: &str = "samples_20261121.csv";

/// A deployment whose history takes no row called POISON.
fn poisoned() -> Site {
    let site = site(&contract("", COLUMNS));
    let path = site.dir.join("daybook.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, settings.replace("leave_files = true", "")).unwrap();
    let site = reloaded(site);
    pass(&site);
    let made = site.one(
        "select sql from duckdb_tables() where schema_name = 'history' and table_name = 'samples'",
    );
    let guarded = made.replace(");", ", check (id <> 'POISON'));");
    let sql = format!("drop table history.samples; {guarded}");
    site.store.connection().execute_batch(&sql).unwrap();
    site.land(NAME, csv("POISON,,1,Aldermoss\n"));
    site
}

fn night(site: &Site) -> anyhow::Result<String> {
    Ok(site.run("nightly-ingest", MORNING)?.headline)
}

#[test]
fn a_file_that_fails_is_told_and_the_others_are_taken_in_and_built() {
    let site = poisoned();
    let row = crime("C1", "019/08", "2026-06-01", &[]);
    site.land("crimes_20261121.csv", file(CRIMES, &[row]));
    let told = format!("{:#}", night(&site).unwrap_err());
    says(
        &told,
        &[
            "1 files accepted",
            "1 file failed: samples_20261121.csv: the database gave it up (constraint)",
        ],
    );
    assert!(
        !told.contains("POISON") && !told.contains("Aldermoss"),
        "{told}"
    );
    assert_eq!(site.one("select count(*) from staging.crimes"), "1");
    assert!(site.landing().join(NAME).exists());
    assert_eq!(
        site.query("select source, file_name, reason from ledger.ingest_failures"),
        [["samples", NAME, "the database gave it up (constraint)"]]
    );
    let run = site.query("select state, story from ledger.runs order by run_id desc limit 1");
    assert_eq!(run[0][0], "failed");
    assert!(!run[0][1].contains("POISON"), "{run:?}");
}

#[test]
fn a_file_that_failed_twice_is_set_aside_named_and_tried_again_by_name() {
    let mut site = poisoned();
    night(&site).unwrap_err();
    says(&night(&site).unwrap(), &["0 files accepted", "1 refused"]);
    let batch = site.query(
        "select batch_id, state, refusal, reason from ledger.batches where source = 'samples'",
    );
    assert_eq!(batch[0][1..3], ["refused", "failed"]);
    assert_eq!(
        batch[0][3],
        "failed 2 times and was set aside: the database gave it up (constraint); \
         `daybook ingest samples_20261121.csv` tries again"
    );
    let aside = site.dir.join(format!(
        "archive/refused/samples/{:0>6}_{NAME}",
        batch[0][0]
    ));
    assert!(aside.exists() && !site.landing().join(NAME).exists());
    says(&night(&site).unwrap(), &["0 refused, 0 waiting"]);

    let status = site.told(&["ingest", "status"]);
    says(
        &status,
        &[&format!(
            "samples: {NAME} was refused as batch {}",
            batch[0][0]
        )],
    );
    for report in ["morning-briefing", "operations-report"] {
        site.run(report, MORNING).unwrap();
        let page = site.one(&format!(
            "select html from ledger.reports where report = '{report}' order by report_id desc limit 1"
        ));
        says(&page, &["Samples"]);
        assert!(
            !page.contains("POISON") && !page.contains("Aldermoss"),
            "{report}"
        );
    }

    // It fails again, stays aside, and is in once the fault is mended.
    let told = site.command(&["ingest", NAME]);
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(
        site.one("select count(*) from ledger.batches where refusal = 'failed'"),
        "2"
    );
    let made = site.one(
        "select sql from duckdb_tables() where schema_name = 'history' and table_name = 'samples'",
    );
    let start = made.find(", CHECK").unwrap();
    let sql = format!("drop table history.samples; {});", &made[..start]);
    site.store.connection().execute_batch(&sql).unwrap();
    let told = site.told(&["ingest", NAME]);
    says(&told, &["1 rows = 1 accepted"]);
    assert_eq!(held(&site, "id"), [["POISON"]]);
    let refused = std::fs::read_dir(site.dir.join("archive/refused/samples")).unwrap();
    let left: Vec<String> = refused
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    assert_eq!(left, [] as [String; 0]);
}
