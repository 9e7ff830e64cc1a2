//! What lies in the landing folder and is not an extract, or not yet; and where
//! judged files go.

use super::*;

#[test]
fn a_file_whose_name_looks_like_a_pattern_is_read_itself() {
    let text = contract("", COLUMNS).replace("\"samples_{date}.parquet\"", "\"s*.parquet\"");
    let site = site(&text);
    let row = |id: &str| {
        format!("select '{id}' as id, date '2026-01-02' as seen_on, 1 as number, 'x' as place")
    };
    parquet(
        &site,
        &site.landing().join("s_[ab].parquet"),
        &row("brackets"),
    );
    parquet(&site, &site.landing().join("s_a.parquet"), &row("letter"));
    parquet(&site, &site.landing().join("s*.parquet"), &row("star"));
    parquet(&site, &site.landing().join("s?.parquet"), &row("question"));
    pass(&site);
    let read = site.query(
        "select file_name, id from history.samples inner join ledger.batches \
         on batch_id = batch_from order by id",
    );
    assert_eq!(
        read,
        [
            ["s_[ab].parquet", "brackets"],
            ["s_a.parquet", "letter"],
            ["s?.parquet", "question"],
            ["s*.parquet", "star"]
        ]
    );
}

#[test]
fn a_folder_named_like_a_partition_adds_no_column() {
    let site = site(&contract("", COLUMNS));
    let path = site.dir.join("place=Elsewhere/samples_20261121.parquet");
    parquet(
        &site,
        &path,
        "select 'A' as id, date '2026-01-02' as seen_on, 1 as number, 'Camden' as place",
    );
    let today = MORNING.parse().unwrap();
    site.with_context(|context| {
        daybook::schedule::ingest_job::ingest(context, today, Some(std::slice::from_ref(&path)))
    })
    .unwrap();
    assert_eq!(held(&site, "id, place"), [["A", "Camden"]]);
}

pub(super) fn fifo(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo")
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

#[test]
fn a_manifest_that_is_a_pipe_a_link_or_a_flood_is_told_and_its_file_waits() {
    let site = site(&contract("", COLUMNS));
    for day in ["15", "16", "17", "18", "19", "20"] {
        site.land(&format!("samples_202611{day}.csv"), csv("A,,1,x\n"));
    }
    let beside = |day: &str| {
        site.landing()
            .join(format!("samples_202611{day}.csv.manifest.json"))
    };
    fifo(&beside("15"));
    std::os::unix::fs::symlink("/dev/zero", beside("16")).unwrap();
    std::fs::create_dir(beside("17")).unwrap();
    std::fs::write(beside("18"), vec![b' '; (16 << 10) + 1]).unwrap();
    std::fs::write(beside("19"), r#"{"as_at": "-0001-01-01"}"#).unwrap();
    std::fs::write(beside("20"), r#"{"rows": -1}"#).unwrap();
    // A pipe without a file beside it is passed over too.
    fifo(&beside("14"));
    let details = pass(&site);
    for day in ["15", "16", "17", "18"] {
        says(
            &details,
            &[&format!(
                "samples_202611{day}.csv: its manifest cannot be read: \
                 not a plain file of at most 16 KiB"
            )],
        );
    }
    says(
        &details,
        &[
            "samples_20261119.csv: its manifest cannot be read: as_at is not local time without \
             offset",
            "samples_20261120.csv: its manifest cannot be read: rows is no whole number",
        ],
    );
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "0"
    );
}

#[test]
fn half_of_a_file_waits_while_it_is_young_and_is_refused_by_its_manifest_when_old() {
    let whole = gzip(&csv("A,,1,x\nB,,2,y\n"));
    let claimed = sha256(&whole);
    let name = "samples_20261121.csv.gz";
    let site = site(&contract("", COLUMNS));
    site.land(name, &whole[..whole.len() / 2]);
    site.land(
        &format!("{name}.manifest.json"),
        format!("{{\"sha256\": \"{claimed}\"}}"),
    );
    says(
        &pass(&site),
        &[&format!("{name}: not yet what its manifest says")],
    );
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "0"
    );
    make_older(&site.landing().join(name), 3_600);
    pass(&site);
    let reason = refusal(&site);
    says(
        &reason,
        &["its manifest says another sha256 than its content has"],
    );
    site.land(name, &whole);
    pass(&site);
    assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
}

fn sha256(bytes: &[u8]) -> String {
    daybook::store::schema::hex_sha256(bytes)
}

#[test]
fn whatever_else_lies_in_the_landing_folder_is_told_and_left() {
    let mut site = site(&contract("", COLUMNS).replace("samples_{date}.csv", "samples_*.csv"));
    site.deployment.config.landing.leave_files = false;
    let landing = site.landing();
    let outside = site.dir.join("outside.csv");
    std::fs::write(&outside, csv("A,,1,x\n")).unwrap();
    std::os::unix::fs::symlink(&outside, landing.join("samples_link.csv")).unwrap();
    std::os::unix::fs::symlink(site.dir.join("jobs"), landing.join("crimes")).unwrap();
    fifo(&landing.join("samples_pipe.csv"));
    std::fs::create_dir(landing.join("samples_folder.csv")).unwrap();
    std::fs::create_dir(landing.join("unrelated")).unwrap();
    let long = format!("samples_{}.csv", "x".repeat(200));
    site.land(&long, csv("A,,1,x\n"));
    let longest = format!("samples_{}.csv", "y".repeat(243));
    site.land(&longest, csv("A,,1,x\n"));
    site.land("samples_\u{1b}[2J\n.csv", csv("A,,1,x\n"));
    site.land("samples_\u{202e}vsc.exe.csv", csv("A,,1,x\n"));
    // Each quote is two letters where the name is shown, and in the archive.
    let quotes = format!("samples_{}.csv", "\"".repeat(110));
    site.land(&quotes, csv("A,,1,x\n"));
    std::fs::create_dir_all(landing.join("accepted/samples")).unwrap();
    let details = pass(&site);
    let wanted = [
        "accepted: judged files of an earlier daybook; move them into the archive".to_owned(),
        "crimes: refused: a symbolic link, which is not followed".to_owned(),
        format!(
            "samples_{}.csv: refused: its name is longer than 200 bytes",
            "\\\"".repeat(110)
        ),
        "samples_\\u{1b}[2J\\n.csv: refused: its name is not plain text".to_owned(),
        "samples_\\u{202e}vsc.exe.csv: refused: its name is not plain text".to_owned(),
        "samples_folder.csv: refused: not a plain file".to_owned(),
        "samples_link.csv: refused: a symbolic link, which is not followed".to_owned(),
        "samples_pipe.csv: refused: not a plain file".to_owned(),
        format!("{long}: refused: its name is longer than 200 bytes"),
        format!("{longest}: refused: its name is longer than 200 bytes"),
    ];
    let told: Vec<&str> = details.lines().collect();
    assert_eq!(told, wanted);
    assert_eq!(site.one("select count(*) from history.samples"), "0");
    // The sound file of parties is the only one that was taken away.
    assert_eq!(std::fs::read_dir(&landing).unwrap().count(), 11);
}

#[test]
fn a_pattern_never_leads_out_of_the_landing_folder() {
    for pattern in [
        "../samples_{date}.csv",
        "/etc/samples.csv",
        "..\\\\samples.csv",
    ] {
        let site = Site::new();
        let text = contract("", COLUMNS).replace("samples_{date}.csv", pattern);
        std::fs::write(
            site.dir.join("jobs/nightly-ingest/sources/samples.toml"),
            text,
        )
        .unwrap();
        let told = site.contract_problems();
        says(
            &told,
            &["samples.toml:4", "a pattern names files, not folders"],
        );
    }
}

#[test]
fn a_file_that_two_contracts_name_is_left_to_neither() {
    let text = contract("", COLUMNS).replace("samples_{date}.csv", "crimes_2026*.csv");
    let site = site(&text);
    let row = crime("C1", "019/08", "2026-06-01", &[]);
    site.land("crimes_20261121.csv", file(CRIMES, &[row]));
    assert_eq!(
        pass(&site),
        "crimes_20261121.csv: two contracts name files like this: crimes and samples"
    );
    assert_eq!(site.one("select count(*) from history.crimes"), "0");
}

#[test]
fn a_sources_own_folder_holds_its_files_and_no_others() {
    let site = site(&contract("", COLUMNS));
    std::fs::create_dir_all(site.landing().join("samples/deeper")).unwrap();
    site.land("samples/samples_20261121.csv", csv("A,,1,x\n"));
    site.land("samples/deeper/samples_20261120.csv", csv("B,,1,x\n"));
    let row = crime("C1", "019/08", "2026-06-01", &[]);
    site.land("samples/crimes_20261121.csv", file(CRIMES, &[row]));
    assert_eq!(
        pass(&site),
        "crimes_20261121.csv: a file of crimes in the folder of samples"
    );
    assert_eq!(held(&site, "id"), [["A"]]);
    assert_eq!(site.one("select count(*) from history.crimes"), "0");
}

/// The receipts of a state, by the file they stand for.
fn receipts(site: &Site, state: &str) -> Vec<(String, serde_json::Value)> {
    let folder = site.dir.join("archive").join(state).join("samples");
    let mut found: Vec<(String, serde_json::Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path
                .file_name()?
                .to_str()?
                .strip_suffix(".receipt.json")?
                .to_owned();
            assert!(
                path.with_file_name(&name).is_file(),
                "{name} is not beside its receipt"
            );
            Some((
                name,
                serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
            ))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn judged_files_are_archived_once_with_receipts_that_agree_with_the_ledger() {
    let mut site = site(&contract("", COLUMNS));
    site.deployment.config.landing.leave_files = false;
    let good = csv("A,,1,x\nA,,1,x\nB,,two,x\n");
    site.land("samples_20261120.csv", &good);
    site.land("samples_20261120.csv.manifest.json", "{\"rows\": 3}");
    site.land("samples_20261121.csv", "id;place\n");
    pass(&site);
    // The same content again, and another under the same name.
    site.land("samples_20261120.csv", &good);
    let story = site.run("nightly-ingest", MORNING).unwrap();
    says(
        &story.headline,
        &["0 files accepted", "1 known already", "0 refused"],
    );
    site.land("samples_20261120.csv", csv("A,,5,x\n"));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(held(&site, "id, number"), [["A", "5"]]);

    let accepted = receipts(&site, "accepted");
    let names: Vec<&str> = accepted.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["000001_samples_20261120.csv", "000004_samples_20261120.csv"]
    );
    let archived = site.dir.join("archive/accepted/samples");
    assert!(
        archived
            .join("000001_samples_20261120.csv.manifest.json")
            .is_file()
    );
    let refused = receipts(&site, "refused");
    assert_eq!(refused.len(), 1);
    for (name, receipt) in accepted.iter().chain(&refused) {
        let row = site
            .query(&format!(
                "select state, sha256, bytes, rows_read, rows_accepted, rows_rejected, \
                     rows_duplicate, rows_new, rows_changed, reason, refusal, as_at \
                 from ledger.batches where batch_id = {}",
                receipt["batch"]
            ))
            .remove(0);
        let rows = &receipt["rows"];
        let said = [
            &receipt["state"],
            &receipt["sha256"],
            &receipt["bytes"],
            &rows["read"],
            &rows["accepted"],
            &rows["rejected"],
            &rows["duplicate"],
            &receipt["history"]["new"],
            &receipt["history"]["changed"],
            &receipt["reason"],
            &receipt["refusal"],
            &receipt["as_at"],
        ]
        .map(|value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        assert_eq!(said[..], row[..], "{name}");
        let place = site
            .dir
            .join("archive")
            .join(&row[0])
            .join("samples")
            .join(name);
        assert_eq!(sha256(&std::fs::read(place).unwrap()), row[1], "{name}");
    }
    let first = &accepted[0].1["rows"];
    assert_eq!(
        [
            &first["read"],
            &first["accepted"],
            &first["rejected"],
            &first["duplicate"]
        ],
        [3, 1, 1, 1]
    );
    let left: Vec<String> = std::fs::read_dir(site.landing())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains('.'))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
