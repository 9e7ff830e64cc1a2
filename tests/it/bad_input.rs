//! Hostile files, one case each: what exactly is told, that the other sources
//! of the night load, and that nothing partial stays. Most cases bring a source
//! of their own, so that its contract can say anything.

use std::path::PathBuf;

use daybook::schedule::context::Deployment;

use crate::support::rows::{CRIMES, PARTIES, crime, file, party};
use crate::support::{MORNING, Site};

/// The columns of most samples.
const COLUMNS: &str = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "seen_on", type = "date" },
    { name = "number", type = "integer" },
    { name = "place", type = "text" },
]
"#;

/// A contract of a source named samples: what is said of the file, and then of
/// its columns.
fn contract(file: &str, columns: &str) -> String {
    format!(
        "title = \"Samples\"\nmode = \"delta\"\nkey = [\"id\"]\n\
         files = [\"samples_{{date}}.csv\", \"samples_{{date}}.jsonl\", \"samples_{{date}}.parquet\"]\n\
         {file}\n{columns}"
    )
}

/// An empty deployment that knows the source samples.
fn site(contract: &str) -> Site {
    let site = Site::new();
    let path = site.dir.join("jobs/nightly-ingest/sources/samples.toml");
    std::fs::write(path, contract).unwrap();
    reloaded(site)
}

fn reloaded(site: Site) -> Site {
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

/// A night with one file of samples beside a sound file of parties.
fn night(contract: &str, name: &str, bytes: impl AsRef<[u8]>) -> Site {
    let site = site(contract);
    site.land(name, bytes);
    pass(&site);
    site
}

/// Runs a night in which a sound file of parties must load.
fn pass(site: &Site) -> String {
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from history.parties"),
        "1",
        "the night did not go on"
    );
    story.details.join("\n")
}

fn csv(rows: &str) -> Vec<u8> {
    format!("id,seen_on,number,place\n{rows}").into_bytes()
}

/// Why the newest file of samples was refused; nothing of it may stay.
fn refusal(site: &Site) -> String {
    assert_eq!(site.one("select count(*) from history.samples"), "0");
    let batch = site.query(
        "select state, rows_accepted, rows_read = rows_rejected, reason from ledger.batches \
         where source = 'samples' order by batch_id desc limit 1",
    );
    assert_eq!(batch[0][..3], ["refused", "0", "true"]);
    batch[0][3].clone()
}

fn refused(contract: &str, bytes: impl AsRef<[u8]>) -> String {
    refusal(&night(contract, "samples_20261121.csv", bytes))
}

/// Line, column, value and reason of what was rejected or warned of.
fn told(site: &Site) -> Vec<[String; 4]> {
    site.query(
        "select line, column_name, value, rejects.reason \
         from ledger.rejects inner join ledger.batches using (batch_id) \
         where source = 'samples' order by rejects.batch_id, line, column_name",
    )
    .into_iter()
    .map(|row| row.try_into().unwrap())
    .collect()
}

/// Read, accepted, rejected, duplicate, warned of the newest file of samples.
fn counts(site: &Site) -> [String; 5] {
    site.query(
        "select rows_read, rows_accepted, rows_rejected, rows_duplicate, rows_warned \
         from ledger.batches where source = 'samples' order by batch_id desc limit 1",
    )
    .remove(0)
    .try_into()
    .unwrap()
}

fn note(site: &Site) -> String {
    site.one(
        "select reason from ledger.batches where source = 'samples' and state = 'accepted' \
         order by batch_id desc limit 1",
    )
}

fn held(site: &Site, columns: &str) -> Vec<Vec<String>> {
    site.query(&format!(
        "select {columns} from history.samples where batch_to is null and not is_deleted order by id"
    ))
}

/// What every refusal and every name for it must say.
fn says(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
}

fn replace_age(path: &PathBuf, seconds: u64) {
    let when = std::time::SystemTime::now() - std::time::Duration::from_secs(seconds);
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(when).unwrap();
}

#[test]
fn a_return_inside_a_line_is_part_of_its_cell() {
    let rows = "A,,1,plain\nB,,2,Cam\rden\nC,,\r3,x\nD,,4,\"Is\rling\"\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(rows));
    assert_eq!(
        held(&site, "id, number, place"),
        [
            ["A", "1", "plain"],
            ["B", "2", "Cam\rden"],
            ["C", "3", "x"],
            ["D", "4", "Is\rling"]
        ]
    );
    assert_eq!(counts(&site), ["4", "4", "0", "0", "0"]);
}

#[test]
fn what_only_begins_like_a_date_is_no_date() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "seen_on", type = "date" },
    { name = "seen_at", type = "timestamp" },
    { name = "said_on", type = "date", formats = ["%d/%m/%Y", "%d %b %Y"] },
]
"#;
    let wrong = [
        ("seen_on", "2026-01-4a"),
        ("seen_on", "1026-1-020"),
        ("seen_on", "2026-1-021"),
        ("seen_on", "-026-01-01"),
        ("seen_at", "2026-01-01 10:20:3Z"),
        ("seen_at", "2026-01-01T10:20:3."),
        ("seen_at", "2026-01-01  0:20:30"),
        ("seen_at", "2026-01-01 24:00:00"),
        ("said_on", "epoch"),
        ("said_on", "infinity"),
        ("said_on", "-infinity"),
        ("said_on", "29/02/2026"),
    ];
    let mut text = String::from("id,seen_on,seen_at,said_on\n");
    for (line, (column, value)) in wrong.iter().enumerate() {
        let cell = |name: &str| if name == *column { *value } else { "" };
        let cells = ["seen_on", "seen_at", "said_on"].map(cell).join(",");
        text += &format!("W{line},{cells}\n");
    }
    text += "A,2026-01-04,2026-01-01T10:20:30.5,04/01/2026\n";
    text += "B,2024-02-29 00:00:00,2026-01-01 10:20:30,4 Jan 2026\n";
    let site = night(&contract("", columns), "samples_20261121.csv", text);
    let found: Vec<(String, String, String)> = told(&site)
        .into_iter()
        .map(|[line, column, value, _]| (line, column, value))
        .collect();
    let wanted: Vec<(String, String, String)> = wrong
        .iter()
        .zip(2..)
        .map(|((column, value), line)| (line.to_string(), (*column).into(), (*value).into()))
        .collect();
    assert_eq!(found, wanted);
    assert_eq!(
        held(&site, "seen_on, seen_at, said_on"),
        [
            ["2026-01-04", "2026-01-01 10:20:30.5", "2026-01-04"],
            ["2024-02-29", "2026-01-01 10:20:30", "2026-01-04"]
        ]
    );
}

/// Writes a Parquet file of one query.
fn parquet(site: &Site, path: &std::path::Path, query: &str) {
    let aside = site.dir.join("aside.parquet");
    site.store
        .connection()
        .execute_batch(&format!(
            "copy ({query}) to '{}' (format parquet)",
            aside.display()
        ))
        .unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::rename(aside, path).unwrap();
}

#[test]
fn a_file_whose_name_looks_like_a_pattern_is_read_itself() {
    let text = contract("", COLUMNS).replace("\"samples_{date}.parquet\"", "\"s*.parquet\"");
    let site = site(&text);
    let row = |id: &str| {
        format!("select '{id}' as id, date '2026-01-02' as seen_on, 1 as number, 'x' as place")
    };
    parquet(&site, &site.landing().join("s_[ab].parquet"), &row("brackets"));
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
        daybook::schedule::intake::ingest(context, today, Some(std::slice::from_ref(&path)))
    })
    .unwrap();
    assert_eq!(held(&site, "id, place"), [["A", "Camden"]]);
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn a_zstd_file_is_read_to_its_last_frame() {
    let text = csv("A,,1,x\nB,,2,y\n");
    let two = [zstd(&text[..25]), zstd(&text[25..])].concat();
    let site = night(&contract("", COLUMNS), "samples_20261121.csv.zst", &two);
    assert_eq!(held(&site, "id"), [["A"], ["B"]]);
}

#[test]
fn a_truncated_zstd_file_is_refused() {
    let rows: String = (0..3_000).map(|n| format!("A{n},,{},place {}\n", n * 37, n % 11)).collect();
    let whole = zstd(&csv(&rows));
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv.zst",
        &whole[..whole.len() / 2],
    );
    assert_eq!(refusal(&site), "the compressed stream ends early: the file was cut off");
    site.land("samples_20261122.csv.zst", "id,seen_on,number,place\n");
    site.run("nightly-ingest", "2026-11-22").unwrap();
    says(&refusal(&site), &["the compressed stream is damaged", "magic number"]);
    site.land("samples_20261123.csv.zst", "");
    site.run("nightly-ingest", "2026-11-23").unwrap();
    assert_eq!(refusal(&site), "not a zstd stream: it has no frame");
    site.land("samples_20261124.csv.zst", whole);
    site.run("nightly-ingest", "2026-11-24").unwrap();
    assert_eq!(counts(&site), ["3000", "3000", "0", "0", "0"]);
}

fn fifo(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_manifest_that_is_a_pipe_a_link_or_a_flood_is_told_and_its_file_waits() {
    let site = site(&contract("", COLUMNS));
    for day in ["15", "16", "17", "18", "19", "20"] {
        site.land(&format!("samples_202611{day}.csv"), csv("A,,1,x\n"));
    }
    let beside = |day: &str| site.landing().join(format!("samples_202611{day}.csv.manifest.json"));
    fifo(&beside("15"));
    std::os::unix::fs::symlink("/dev/zero", beside("16")).unwrap();
    std::fs::create_dir(beside("17")).unwrap();
    std::fs::write(beside("18"), vec![b' '; (1 << 20) + 1]).unwrap();
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
                 not a plain file of at most 1 MiB"
            )],
        );
    }
    says(
        &details,
        &[
            "samples_20261119.csv: its manifest cannot be read: as_at is \"-0001-01-01\"; \
             expected local time without offset",
            "samples_20261120.csv: its manifest cannot be read: invalid value: integer `-1`",
        ],
    );
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "0"
    );
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
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
    says(&pass(&site), &[&format!("{name}: not yet what its manifest says")]);
    assert_eq!(
        site.one("select count(*) from ledger.batches where source = 'samples'"),
        "0"
    );
    replace_age(&site.landing().join(name), 3_600);
    pass(&site);
    let reason = refusal(&site);
    says(
        &reason,
        &[&format!("its manifest says sha256 {claimed}, its content has")],
    );
    site.land(name, &whole);
    pass(&site);
    assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
}

fn sha256(bytes: &[u8]) -> String {
    daybook::store::schema::hex_sha256(bytes)
}

#[test]
fn two_columns_that_say_what_happened_refuse_the_file() {
    let text = "id,op,place,OP,seen_on,number\nA,I,x,D,,1\n";
    assert_eq!(
        refused(&contract("", COLUMNS), text),
        "line 1: columns 2 (\"op\") and 4 (\"OP\") both say what happened to a row; expected one"
    );
}

#[test]
fn a_json_object_that_says_something_twice_is_rejected() {
    let lines = [
        r#"{"id": "A", "place": "Camden", "place": "Barnet"}"#,
        r#"{"id": "B", "op": "I", "Op": "D"}"#,
        r#"{"id": "C", "place": "Camden", "beat": 7}"#,
        r#"{"id": "D", "id ": "E"}"#,
        r#"["F"]"#,
        r#"{"id": 12345678901234567890123}"#,
        r#"{"id": "G", "place": ["Camden"]}"#,
    ];
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.jsonl",
        lines.join("\n"),
    );
    assert_eq!(held(&site, "id, place"), [["C", "Camden"]]);
    let found: Vec<[String; 2]> = told(&site)
        .into_iter()
        .map(|[line, _, _, reason]| [line, reason])
        .collect();
    let wanted = [
        ("1", "\"place\" and \"place\" both are place; expected one"),
        ("2", "\"op\" and \"Op\" both are what happened to the row; expected one"),
        ("4", "\"id\" and \"id \" both are id; expected one"),
        ("5", "not a JSON object: invalid type: sequence, expected an object at line 1 column 0"),
        ("6", "a number that a spreadsheet or a program has reshaped; expected the identifier as it was issued"),
        ("7", "place holds a list or an object; expected one value"),
    ]
    .map(|(line, reason)| [line.to_owned(), reason.to_owned()]);
    assert_eq!(found, wanted);
    says(&note(&site), &["columns not in the contract, not read: beat", "no line end"]);
}

#[test]
fn three_hundred_columns_load_and_a_flood_of_them_is_refused() {
    let more: String = (0..300).map(|n| format!(",extra_{n}")).collect();
    let cells: String = (0..300).map(|n| format!(",{n}")).collect();
    let text = format!("id,seen_on,number,place{more}\nA,,1,x{cells}\n");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    assert_eq!(held(&site, "id, place"), [["A", "x"]]);
    says(
        &note(&site),
        &["columns not in the contract, not read: extra_0, extra_1", "extra_9 and 290 more"],
    );
    let columns: String = (0..300)
        .map(|n| format!("    {{ name = \"extra_{n}\", type = \"integer\" }},\n"))
        .collect();
    let wide = COLUMNS.replace("\n]", &format!("\n{columns}]"));
    let text = format!("id,seen_on,number,place{more}\nA,,1,x{cells}\nB,,1,x{}\n", &cells[..cells.len() - 4]);
    let site = night(&contract("", &wide), "samples_20261121.csv", text);
    assert_eq!(held(&site, "id, extra_0, extra_299"), [["A", "0", "299"]]);
    let [line, column, _, reason] = told(&site).remove(0);
    assert_eq!(
        (line.as_str(), column.as_str(), reason.as_str()),
        ("3", "", "303 cells where the header has 304")
    );
    let flood = format!("id,seen_on,number,place{}\n", ",x".repeat(1_000_000));
    assert_eq!(
        refused(&contract("", COLUMNS), flood),
        "line 1: 1000004 columns; is this line a header?"
    );
}

#[test]
fn otherwise_warn_empties_the_value_and_a_rejected_row_is_not_warned_of_as_accepted() {
    let columns = COLUMNS.replace(
        "name = \"seen_on\", type = \"date\"",
        "name = \"seen_on\", type = \"date\", otherwise = \"warn\"",
    );
    let rows = "A,2026-02-31,1,x\nB,2026-02-30,one,x\nC,2026-02-28,2,x\n";
    let site = night(&contract("", &columns), "samples_20261121.csv", csv(rows));
    assert_eq!(
        held(&site, "id, seen_on, number"),
        [["A", "", "1"], ["C", "2026-02-28", "2"]]
    );
    assert_eq!(counts(&site), ["3", "2", "1", "0", "1"]);
    let date = "expected a date that exists, YYYY-MM-DD";
    assert_eq!(
        told(&site),
        [
            ["2", "seen_on", "2026-02-31", date],
            ["3", "number", "one", "expected a whole number"],
            ["3", "seen_on", "2026-02-30", date],
        ]
    );
    assert_eq!(
        site.query("select line from ledger.rejects where is_warning order by line"),
        [["2"], ["3"]]
    );
}

#[test]
fn a_relation_compares_columns_of_one_type() {
    let site = Site::new();
    let text = contract("", COLUMNS)
        + "[[relations]]\ncolumns = [\"number\"]\nsource = \"crimes\"\nsource_columns = [\"crime_ref\"]\n";
    let path = site.dir.join("jobs/nightly-ingest/sources/samples.toml");
    std::fs::write(path, text).unwrap();
    let told = Deployment::load(&site.dir).err().unwrap().to_string();
    says(
        &told,
        &[
            "samples.toml:15",
            "\"number\" is a whole number, \"crime_ref\" of crimes is an identifier; expected one type",
        ],
    );
}

#[test]
fn a_column_may_have_any_name_that_a_contract_lets_it_have() {
    // Names that stand in ingest's own statements.
    let names = [
        "own", "other", "held", "judged", "said", "gone", "raw", "typed", "valued", "source",
        "written", "settled", "later", "value", "row_key", "fault", "reason", "c0", "line_no",
        "select", "order", "group", "table", "key", "missing", "newest", "is_warning", "batch_id",
        "column_name", "past", "unlike", "sound", "scopes", "repeated", "wrong", "dropped", "end",
        "file_row_number", "filename", "count", "hash", "kind", "has_later", "is_past", "from",
    ];
    for mode in ["delta", "snapshot"] {
        let columns: String = names
            .iter()
            .map(|name| format!("    {{ name = \"{name}\", type = \"integer\" }},\n"))
            .collect();
        let key: Vec<String> = names[..names.len() - 1].iter().map(|n| format!("{n:?}")).collect();
        for key in [r#""id""#.to_owned(), format!("\"id\", {}", key.join(", "))] {
            let wide = contract("", &COLUMNS.replace("\n]", &format!("\n{columns}]")))
                .replace("\"delta\"", &format!("{mode:?}"))
                .replace("[\"id\"]", &format!("[{key}]"));
            let site = site(&wide);
            let header = format!("id,seen_on,number,place,{}\n", names.join(","));
            let row = |id: &str, number: u32| {
                format!("{id},,1,x{}\n", format!(",{number}").repeat(names.len()))
            };
            let first = [row("A", 1), row("B", 1), row("B", 1)].concat();
            let second = [row("A", 2), row("C", 2), row("C", 2)].concat();
            site.land("samples_20261120.csv", format!("{header}{first}"));
            site.land("samples_20261121.csv", format!("{header}{second}"));
            pass(&site);
            let states = site.query(
                "select state, rows_accepted, rows_duplicate from ledger.batches \
                 where source = 'samples' order by batch_id",
            );
            assert_eq!(states, [["accepted", "2", "1"], ["accepted", "2", "1"]], "{mode} {key}");
        }
    }
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
    site.land("samples_\u{1b}[2J\n.csv", csv("A,,1,x\n"));
    let details = pass(&site);
    let wanted = [
        "crimes: refused: a symbolic link, which is not followed".to_owned(),
        "samples_\\u{1b}[2J\\n.csv: refused: its name is not plain text".to_owned(),
        "samples_folder.csv: refused: not a plain file".to_owned(),
        "samples_link.csv: refused: a symbolic link, which is not followed".to_owned(),
        "samples_pipe.csv: refused: not a plain file".to_owned(),
        format!("{long}: refused: its name is longer than 200 bytes"),
    ];
    let told: Vec<&str> = details.lines().collect();
    assert_eq!(told, wanted);
    assert_eq!(site.one("select count(*) from history.samples"), "0");
    assert_eq!(std::fs::read_dir(&landing).unwrap().count(), 8);
}

#[test]
fn a_wrong_value_of_any_length_is_kept_short() {
    let long = "x".repeat(3 << 20);
    let rows = format!("A,,{long},x\nB,{long}\nC,,1,{long}\n");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(&rows));
    assert_eq!(held(&site, "id, length(place)"), [["C", &long.len().to_string()]]);
    let short = format!("{}... ({} bytes)", "x".repeat(500), 3 << 20);
    let found = told(&site);
    assert_eq!(found[0], ["2", "number", &short, "expected a whole number"]);
    assert_eq!(found[1][0], "3");
    says(&found[1][2], &["B,xxx", &format!("... ({} bytes)", (3 << 20) + 2)]);
    assert_eq!(found[1][3], "2 cells where the header has 4");
}
