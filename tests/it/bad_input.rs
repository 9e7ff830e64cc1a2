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

/// Runs a night in which a sound file of parties must load. Gives back what
/// was told of files; that nobody in them is known is not meant here.
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
    let details = story.details.into_iter();
    details
        .filter(|line| !line.starts_with("check: "))
        .collect::<Vec<_>>()
        .join("\n")
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

fn make_older(path: &PathBuf, seconds: u64) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let written = file.metadata().unwrap().modified().unwrap();
    let earlier = written - std::time::Duration::from_secs(seconds);
    file.set_modified(earlier).unwrap();
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
            ["2026-01-04", "2026-01-01 10:20:30.500", "2026-01-04"],
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
    let rows: String = (0..3_000)
        .map(|n| format!("A{n},,{},place {}\n", n * 37, n % 11))
        .collect();
    let whole = zstd(&csv(&rows));
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv.zst",
        &whole[..whole.len() / 2],
    );
    assert_eq!(
        refusal(&site),
        "the compressed stream ends early: the file was cut off"
    );
    site.land("samples_20261122.csv.zst", "id,seen_on,number,place\n");
    site.run("nightly-ingest", "2026-11-22").unwrap();
    says(
        &refusal(&site),
        &["the compressed stream is damaged", "BadMagicNumber"],
    );
    site.land("samples_20261123.csv.zst", "");
    site.run("nightly-ingest", "2026-11-23").unwrap();
    assert_eq!(refusal(&site), "not a zstd stream: it has no frame");
    site.land("samples_20261124.csv.zst", whole);
    site.run("nightly-ingest", "2026-11-24").unwrap();
    assert_eq!(counts(&site), ["3000", "3000", "0", "0", "0"]);
}

fn fifo(path: &std::path::Path) {
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
        &[&format!(
            "its manifest says sha256 {claimed}, its content has"
        )],
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
    says(
        &note(&site),
        &["columns not in the contract, not read: beat", "no line end"],
    );
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
        &[
            "columns not in the contract, not read: extra_0, extra_1",
            "extra_9 and 290 more",
        ],
    );
    let columns: String = (0..300)
        .map(|n| format!("    {{ name = \"extra_{n}\", type = \"integer\" }},\n"))
        .collect();
    let wide = COLUMNS.replace("\n]", &format!("\n{columns}]"));
    let text = format!(
        "id,seen_on,number,place{more}\nA,,1,x{cells}\nB,,1,x{}\n",
        &cells[..cells.len() - 4]
    );
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
        "own",
        "other",
        "held",
        "judged",
        "said",
        "gone",
        "raw",
        "typed",
        "valued",
        "source",
        "written",
        "settled",
        "later",
        "value",
        "row_key",
        "fault",
        "reason",
        "c0",
        "line_no",
        "select",
        "order",
        "group",
        "table",
        "key",
        "missing",
        "newest",
        "is_warning",
        "batch_id",
        "column_name",
        "past",
        "unlike",
        "sound",
        "scopes",
        "repeated",
        "wrong",
        "dropped",
        "end",
        "file_row_number",
        "filename",
        "count",
        "hash",
        "kind",
        "has_later",
        "is_past",
        "from",
    ];
    for mode in ["delta", "snapshot"] {
        let columns: String = names
            .iter()
            .map(|name| format!("    {{ name = \"{name}\", type = \"integer\" }},\n"))
            .collect();
        let key: Vec<String> = names[..names.len() - 1]
            .iter()
            .map(|n| format!("{n:?}"))
            .collect();
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
            assert_eq!(
                states,
                [["accepted", "2", "1"], ["accepted", "2", "1"]],
                "{mode} {key}"
            );
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
    assert_eq!(
        held(&site, "id, length(place)"),
        [["C", &long.len().to_string()]]
    );
    let short = format!("{}... ({} bytes)", "x".repeat(500), 3 << 20);
    let found = told(&site);
    assert_eq!(found[0], ["2", "number", &short, "expected a whole number"]);
    assert_eq!(found[1][0], "3");
    says(
        &found[1][2],
        &["B,xxx", &format!("... ({} bytes)", (3 << 20) + 2)],
    );
    assert_eq!(found[1][3], "2 cells where the header has 4");
}

fn utf16(text: &str, is_big: bool, mark: bool) -> Vec<u8> {
    let units = mark
        .then_some(0xFEFF)
        .into_iter()
        .chain(text.encode_utf16());
    let pair = |unit: u16| {
        if is_big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    units.flat_map(pair).collect()
}

const ACCENTED: &str = "id,seen_on,number,place\nA,,1,Brontë’s Moor\n";

#[test]
fn utf_16_declared_as_utf_8_is_refused_and_the_reverse() {
    let utf8 = contract("", COLUMNS);
    assert_eq!(
        refused(&utf8, utf16(ACCENTED, false, false)),
        "line 1: a NUL byte; the file is not UTF-8 text"
    );
    assert_eq!(
        refused(&utf8, utf16(ACCENTED, false, true)),
        "line 1: 0xFF is not UTF-8; say the file's real encoding in its contract"
    );
    for label in ["utf-16le", "utf-16be"] {
        let utf16 = contract(&format!("encoding = \"{label}\""), COLUMNS);
        says(
            &refused(&utf16, ACCENTED),
            &[
                "line 1: the header lacks id, seen_on, number, place",
                "is the file in another encoding than its contract says?",
            ],
        );
    }
    let utf16le = contract("encoding = \"utf-16le\"", COLUMNS);
    let site = night(
        &utf16le,
        "samples_20261121.csv",
        utf16(ACCENTED, false, true),
    );
    assert_eq!(held(&site, "place"), [["Brontë’s Moor"]]);
    // Half a unit at the end.
    let mut cut = utf16(ACCENTED, false, false);
    cut.pop();
    says(
        &refused(&utf16le, cut),
        &["line 2: a character cut off at the end of the file is not UTF-16LE"],
    );
}

#[test]
fn an_encoding_that_is_to_be_found_out_is_found() {
    let site = site(&contract("encoding = \"detect\"", COLUMNS));
    let windows = |text: &str| {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        bytes.into_owned()
    };
    let named = |id: &str| ACCENTED.replace("A,", &format!("{id},"));
    let files = [
        named("A").into_bytes(),
        format!("\u{feff}{}", named("B")).into_bytes(),
        windows(&named("C")),
        utf16(&named("D"), false, true),
        utf16(&named("E"), true, true),
        utf16(&named("F"), false, false),
        utf16(&named("G"), true, false),
        gzip(&utf16(&named("H"), true, false)),
    ];
    for (day, bytes) in (11..).zip(files) {
        let ending = if day == 18 { ".gz" } else { "" };
        site.land(&format!("samples_202611{day}.csv{ending}"), bytes);
    }
    pass(&site);
    let ids = ["A", "B", "C", "D", "E", "F", "G", "H"];
    assert_eq!(
        held(&site, "id, place"),
        ids.map(|id| [id, "Brontë’s Moor"])
    );
}

#[test]
fn a_nul_byte_refuses_the_file_with_its_line() {
    let rows = "A,,1,x\nB,,2,Cam\0den\n";
    assert_eq!(
        refused(&contract("", COLUMNS), csv(rows)),
        "line 3: a NUL byte; the file is not UTF-8 text"
    );
    let escaped = "{\"id\": \"A\", \"place\": \"Cam\\u0000den\"}\n{\"id\": \"B\"}\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.jsonl", escaped);
    assert_eq!(held(&site, "id"), [["B"]]);
    assert_eq!(told(&site)[0][3], "place holds a NUL character");
}

#[test]
fn a_line_of_a_hundred_megabytes_is_refused_before_it_fills_the_memory() {
    let mut bytes = csv("A,,1,x\nB,,2,");
    bytes.resize(100 << 20, b'x');
    let site = site(&contract("", COLUMNS));
    site.land("samples_20261121.csv", &bytes);
    site.land("samples_20261120.csv.gz", gzip(&bytes));
    drop(bytes);
    let before = most_memory();
    pass(&site);
    assert_eq!(
        refusal(&site),
        "line 3: longer than 16 MiB; is this file text?"
    );
    // Other tests run beside this one; the line itself would be 100 MiB.
    let grown = most_memory().saturating_sub(before);
    eprintln!("a line of 100 MB took {} MiB at most", grown >> 10);
}

/// The most memory this process has had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.map_or(0, |kib| kib.parse().unwrap())
}

#[test]
fn a_line_just_within_bounds_loads() {
    let place = "x\"\"y,".repeat(3 << 20);
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv",
        csv(&format!("A,,1,\"{place}\"\nB,,2,y\n")),
    );
    let wanted = (4 * (3_u64 << 20) - 1).to_string();
    assert_eq!(
        held(&site, "id, length(rtrim(place, ','))"),
        [["A", wanted.as_str()], ["B", "1"]]
    );
}

#[test]
fn two_columns_of_one_name_are_refused_unless_the_contract_says_which() {
    let text = "id,place,number,Place ,seen_on\nA,Camden,1,Barnet,\n";
    assert_eq!(
        refused(&contract("", COLUMNS), text),
        "line 1: columns 2 (\"place\") and 4 (\"Place\") both are place; \
         expected one, or say which with nth in the contract"
    );
    let second = COLUMNS.replace("name = \"place\",", "name = \"place\", nth = 2,");
    let site = night(&contract("", &second), "samples_20261121.csv", text);
    assert_eq!(held(&site, "place"), [["Barnet"]]);
    assert_eq!(note(&site), "columns not in the contract, not read: place");
    says(
        &refused(
            &contract(
                "",
                &COLUMNS.replace("name = \"place\",", "name = \"place\", nth = 3,"),
            ),
            text,
        ),
        &["line 1: the header lacks place"],
    );
}

#[test]
fn an_identifier_that_became_a_decimal_is_rejected_unless_the_contract_mends_it() {
    let rows = "15646.0,,7.0,x\n1.5E+10,,1,x\n1E+10,,1,x\nA1.0,,1,x\n12.50,,1,x\n007,,1.5,x\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(rows));
    let reshaped = "a number that a spreadsheet or a program has reshaped; \
                    expected the identifier as it was issued";
    let whole = "expected a whole number";
    assert_eq!(held(&site, "id"), [["A1.0"]]);
    assert_eq!(
        told(&site),
        [
            ["2", "id", "15646.0", reshaped],
            ["2", "number", "7.0", whole],
            ["3", "id", "1.5E+10", reshaped],
            ["4", "id", "1E+10", reshaped],
            ["6", "id", "12.50", reshaped],
            ["7", "number", "1.5", whole],
        ]
    );
    let mended = COLUMNS
        .replace(
            "\"identifier\"",
            "\"identifier\", drop_zero_decimals = true",
        )
        .replace("\"integer\"", "\"integer\", drop_zero_decimals = true");
    let site = night(&contract("", &mended), "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "id, number"), [["15646", "7"], ["A1.0", "1"]]);
    let lines: Vec<[String; 4]> = told(&site);
    let lines: Vec<&str> = lines.iter().map(|told| told[0].as_str()).collect();
    assert_eq!(lines, ["3", "4", "6", "7"]);
}

#[test]
fn dates_outside_the_years_of_the_contract_are_rejected() {
    let rows = "A,1899-12-31,1,x\nB,1900-01-01,1,x\nC,2027-12-31,1,x\nD,2028-01-01,1,x\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "id"), [["B"], ["C"]]);
    let years = "expected a year from 1900 to 2027";
    assert_eq!(
        told(&site),
        [
            ["2", "seen_on", "1899-12-31", years],
            ["5", "seen_on", "2028-01-01", years]
        ]
    );
    let longer = COLUMNS.replace("\"date\"", "\"date\", years_ahead = 2, first_year = 1899");
    let site = night(&contract("", &longer), "samples_20261121.csv", csv(rows));
    assert_eq!(counts(&site), ["4", "4", "0", "0", "0"]);
    let ahead = COLUMNS.replace("\"date\"", "\"date\", years_ahead = 0");
    let site = night(&contract("", &ahead), "samples_20261121.csv", csv(rows));
    assert_eq!(told(&site)[1][3], "expected a year from 1900 to 2026");
    assert_eq!(held(&site, "id"), [["B"]]);
}

#[test]
fn a_snapshot_of_headers_only_is_refused_and_ends_nothing() {
    let text = contract("", COLUMNS).replace("\"delta\"", "\"snapshot\"");
    let site = night(&text, "samples_20261120.csv", csv("A,,1,x\nB,,2,y\n"));
    site.land("samples_20261121.csv", csv(""));
    pass(&site);
    let batch = site.query(
        "select state, refusal, reason from ledger.batches where file_name = 'samples_20261121.csv'",
    );
    let reason = "a snapshot without a sound row would end everything that is held; \
                  nothing was changed";
    assert_eq!(batch, [["refused", "empty", reason]]);
    assert_eq!(held(&site, "id"), [["A"], ["B"]]);
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", csv(""));
    assert_eq!(counts(&site), ["0", "0", "0", "0", "0"]);
    assert_eq!(held(&site, "id"), Vec::<Vec<String>>::new());
}

#[test]
fn a_parquet_file_whose_types_changed_is_refused_and_a_damaged_one_too() {
    let site = site(&contract("", COLUMNS));
    let path = site.landing().join("samples_20261120.parquet");
    parquet(
        &site,
        &path,
        "select 15646.0::double as id, timestamptz '2026-01-02 10:00:00+01' as seen_on, \
         1.5::double as number, ['x'] as place",
    );
    pass(&site);
    assert_eq!(
        refusal(&site),
        "column \"id\" holds DOUBLE; expected an identifier; \
         column \"seen_on\" holds TIMESTAMP WITH TIME ZONE; expected a date that exists; \
         column \"number\" holds DOUBLE; expected a whole number; \
         column \"place\" holds VARCHAR[]; expected text"
    );
    let path = site.landing().join("samples_20261121.parquet");
    let sound = "select 'A' || i as id, date '2026-01-02' as seen_on, i as number, 'x' as place \
                 from range(5000) as t (i)";
    parquet(&site, &path, sound);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    pass(&site);
    says(&refusal(&site), &["not a readable Parquet file"]);
    let mut damaged = whole.clone();
    damaged[40..200].fill(0xAB);
    std::fs::write(&path, damaged).unwrap();
    pass(&site);
    says(&refusal(&site), &["not a readable Parquet file"]);
    std::fs::write(&path, whole).unwrap();
    pass(&site);
    assert_eq!(counts(&site), ["5000", "5000", "0", "0", "0"]);
}

#[test]
fn totals_that_a_manifest_claims_are_held_against_the_rows() {
    let columns = COLUMNS.replace("\"integer\"", "\"decimal\"");
    let site = site(&contract("", &columns));
    let claim = |manifest: &str| {
        site.land(
            "samples_20261121.csv",
            csv("A,,1.5,x\nB,,-7.8e-05,y\nC,,,z\n"),
        );
        site.land("samples_20261121.csv.manifest.json", manifest);
        // Another contract's text would judge it anew; another moment does so too.
        pass(&site);
    };
    claim(r#"{"as_at": "2026-11-19", "rows": 3, "totals": {"number": 1.6}}"#);
    assert_eq!(
        refusal(&site),
        "its manifest says number sums to 1.6, the rows sum to 1.499922"
    );
    claim(r#"{"as_at": "2026-11-20", "totals": {"place": 3}}"#);
    assert_eq!(
        refusal(&site),
        "its manifest sums place, which is no number of its contract"
    );
    claim(r#"{"as_at": "2026-11-21", "rows": 3, "totals": {"number": 1.499922}}"#);
    assert_eq!(counts(&site), ["3", "3", "0", "0", "0"]);
    assert_eq!(held(&site, "number"), [["1.500000"], ["-0.000078"], [""]]);
}

#[test]
fn delimiters_and_quotes_are_what_the_contract_says() {
    let cases = [
        ("delimiter = \";\"", "A;;1;\"a;b\"\n", "a;b"),
        ("delimiter = \"\\t\"", "A\t\t1\ta,b\n", "a,b"),
        (
            "delimiter = \"|\"",
            "A||1|\"say \"\"a|b\"\"\"\n",
            "say \"a|b\"",
        ),
        ("quote = \"'\"", "A,,1,'a,''b'' \"c\"'\n", "a,'b' \"c\""),
        ("quote = \"\"", "A,,1,5\" blade\n", "5\" blade"),
        ("quote = \"\"", "A,,1,\"never closed\n", "\"never closed"),
        ("delimiter = \" \"", "A  1 \"a b\"\n", "a b"),
        ("delimiter = \"\\u0001\"", "A\u{1}\u{1}1\u{1}a,b\n", "a,b"),
    ];
    for (file, row, place) in cases {
        let delimiter = row.as_bytes()[1] as char;
        let header = "id,seen_on,number,place".replace(',', &delimiter.to_string());
        let text = format!("{header}\n{row}");
        let site = night(&contract(file, COLUMNS), "samples_20261121.csv", text);
        assert_eq!(held(&site, "number, place"), [["1", place]], "{file}");
    }
    assert_eq!(
        refused(&contract("", COLUMNS), csv("A,,1,\"a\" and b\n")),
        "line 2: text goes on after the quote that closes a cell; \
         a quote inside a cell is written twice"
    );
}

#[test]
fn line_ends_are_lf_or_cr_lf_and_nothing_else() {
    let text = "id,seen_on,number,place\r\nA,,1,x\r\n\r\nB,,2,\"y\"\r\n";
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", text);
    assert_eq!(
        held(&site, "id, place, file_line"),
        [["A", "x", "2"], ["B", "y", "4"]]
    );
    let lines = "select lines, blank_lines from ledger.batches where source = 'samples'";
    assert_eq!(site.query(lines), [["4", "1"]]);
    assert_eq!(note(&site), "1 blank lines");
    assert_eq!(
        refused(&contract("", COLUMNS), text.replace("\r\n", "\r")),
        "line 1: a carriage return inside the header; lines must end with LF or CR LF"
    );
    // A header with LF over rows with CR: one row of far too many cells.
    let mixed = csv("A,,1,x\rB,,2,y\rC,,3,z\r");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", mixed);
    assert_eq!(counts(&site), ["1", "0", "1", "0", "0"]);
    assert_eq!(told(&site)[0][3], "10 cells where the header has 4");
}

#[test]
fn a_file_without_a_last_line_end_is_noted_and_blank_lines_are_counted() {
    let site = night(
        &contract("", COLUMNS),
        "samples_20261121.csv",
        csv("\nA,,1,x\n\n\nB,,2,y"),
    );
    assert_eq!(held(&site, "id, file_line"), [["A", "3"], ["B", "6"]]);
    assert_eq!(
        note(&site),
        "the last line has no line end; the file may have been cut off; 3 blank lines"
    );
    let ragged = csv("A,,1\nB,,2,y,z\nC,,3,z\n,,,\n \n");
    let site = night(&contract("", COLUMNS), "samples_20261121.csv", ragged);
    assert_eq!(held(&site, "id"), [["C"]]);
    assert_eq!(
        told(&site),
        [
            ["2", "", "A,,1", "3 cells where the header has 4"],
            ["3", "", "B,,2,y,z", "5 cells where the header has 4"],
            ["5", "id", "", "empty, but it is part of the key"],
            ["6", "", "", "1 cells where the header has 4"],
        ]
    );
    assert_eq!(counts(&site), ["5", "1", "4", "0", "0"]);
}

#[test]
fn an_unusual_number_of_rows_is_told_or_refused_as_the_contract_says() {
    let rows = |count: u32, from: u32| -> String {
        (0..count)
            .map(|n| format!("A{},,1,x\n", n + from))
            .collect()
    };
    for (volume, count, wanted) in [
        ("least = 3", 2, "2 rows, expected at least 3"),
        ("most = 1", 2, "2 rows, expected at most 1"),
    ] {
        let warning = contract(&format!("volume = {{ {volume} }}"), COLUMNS);
        let site = night(&warning, "samples_20261121.csv", csv(&rows(count, 0)));
        assert_eq!(note(&site), wanted);
        assert_eq!(counts(&site), ["2", "2", "0", "0", "0"]);
        let strict = contract(
            &format!("volume = {{ {volume}, otherwise = \"reject_file\" }}"),
            COLUMNS,
        );
        assert_eq!(refused(&strict, csv(&rows(count, 0))), wanted);
    }
    let strict = contract(
        "volume = { median_share = [0.5, 2.0], otherwise = \"reject_file\" }",
        COLUMNS,
    );
    let site = site(&strict);
    // Six files say nothing yet; the seventh compares the eighth.
    for (day, count) in (10..).zip([10, 1, 10, 10, 10, 10, 10]) {
        site.land(
            &format!("samples_202611{day}.csv"),
            csv(&rows(count, day * 100)),
        );
    }
    site.land("samples_20261117.csv", csv(&rows(4, 5_000)));
    site.land("samples_20261118.csv", csv(&rows(21, 6_000)));
    site.land("samples_20261119.csv", csv(&rows(5, 7_000)));
    pass(&site);
    let refused = site.query(
        "select file_name, refusal, reason from ledger.batches \
         where source = 'samples' and state = 'refused' order by 1",
    );
    assert_eq!(
        refused,
        [
            [
                "samples_20261117.csv",
                "volume",
                "4 rows, 0.40 times the median of 10 of the last 7 files; expected 0.5 to 2 times"
            ],
            [
                "samples_20261118.csv",
                "volume",
                "21 rows, 2.10 times the median of 10 of the last 7 files; expected 0.5 to 2 times"
            ],
        ]
    );
    assert_eq!(site.one("select count(*) from history.samples"), "66");
}

#[test]
fn too_many_rejected_rows_refuse_the_file_and_are_kept() {
    let limit = contract("rejects = { refuse_above = 0.5, at_least = 2 }", COLUMNS);
    let text = csv("A,,1,x\nB,,two,x\nC,,three,x\n");
    let site = night(&limit, "samples_20261121.csv", text);
    assert_eq!(
        refusal(&site),
        "2 of 3 rows are wrong, more than the 50% that its contract lets pass; \
         the first: line 3, expected a whole number"
    );
    let whole = "expected a whole number";
    assert_eq!(
        told(&site),
        [
            ["3", "number", "two", whole],
            ["4", "number", "three", whole]
        ]
    );
    // Half is not more than half, and one is fewer than two.
    for rows in ["A,,1,x\nB,,2,x\nC,,three,x\nD,,four,x\n", "A,,one,x\n"] {
        let site = night(&limit, "samples_20261121.csv", csv(rows));
        assert_eq!(
            site.one("select state from ledger.batches where source = 'samples'"),
            "accepted"
        );
    }
}

#[test]
fn a_column_may_refuse_the_file() {
    let columns = COLUMNS.replace("\"integer\"", "\"integer\", otherwise = \"reject_file\"");
    let text = csv("A,,1,x\nB,2026-02-30,2,x\nC,,three,x\n");
    let site = night(&contract("", &columns), "samples_20261121.csv", text);
    assert_eq!(
        refusal(&site),
        "line 4: number: expected a whole number; its contract then refuses the file"
    );
    assert_eq!(counts(&site), ["3", "0", "3", "0", "0"]);
    assert_eq!(told(&site).len(), 2);
}

#[test]
fn relations_reject_the_row_or_the_file() {
    let related = |otherwise: &str| {
        let relation = format!(
            "[[relations]]\ncolumns = [\"place\"]\nsource = \"crimes\"\n\
             source_columns = [\"crime_ref\"]\notherwise = \"{otherwise}\"\n"
        );
        contract("", &(COLUMNS.to_owned() + &relation))
    };
    let crimes = file(CRIMES, &[crime("C1", "019/08", "2026-06-01", &[])]);
    let text = csv("A,,1,C1\nB,,2,C2\nC,,3,\n");
    let site = site(&related("reject_row"));
    site.land("crimes_20261121.csv", &crimes);
    site.land("samples_20261121.csv", &text);
    pass(&site);
    assert_eq!(held(&site, "id"), [["A"], ["C"]]);
    assert_eq!(
        told(&site),
        [["3", "place", "C2", "expected one that crimes holds"]]
    );
    assert_eq!(counts(&site), ["3", "2", "1", "0", "0"]);
    // A removal names nothing any more.
    site.land(
        "samples_20261122.csv",
        "op,id,seen_on,number,place\nD,A,,,C9\nI,E,,,C9\n",
    );
    site.run("nightly-ingest", "2026-11-22").unwrap();
    assert_eq!(held(&site, "id"), [["C"]]);
    assert_eq!(counts(&site), ["2", "1", "1", "0", "0"]);

    let site = self::site(&related("reject_file"));
    site.land("crimes_20261121.csv", &crimes);
    site.land("samples_20261121.csv", &text);
    pass(&site);
    assert_eq!(
        refusal(&site),
        "line 3: place: expected one that crimes holds; its contract then refuses the file"
    );
}

#[test]
fn rows_may_wait_for_what_they_name_and_are_told_when_overdue() {
    let relation = "[[relations]]\ncolumns = [\"place\"]\nsource = \"crimes\"\n\
                    source_columns = [\"crime_ref\"]\nwithin_days = 3\notherwise = \"warn\"\n";
    let site = site(&contract("", &(COLUMNS.to_owned() + relation)));
    let crimes = |day: &str, reference: &str| {
        let row = crime(reference, "019/08", "2026-06-01", &[]);
        site.land(&format!("crimes_{day}.csv"), file(CRIMES, &[row]));
    };
    let checks = || {
        site.query(
            "select rows_missing, rows_overdue, within_days, example from ledger.relation_checks \
             where source = 'samples' order by known_at desc limit 1",
        )
    };
    site.land("samples_20261110.csv", csv("A,,1,C1\nB,,2,C2\nC,,3,\n"));
    crimes("20261110", "C9");
    site.run("nightly-ingest", "2026-11-10").unwrap();
    assert_eq!(held(&site, "id").len(), 3);
    assert_eq!(checks(), [["2", "0", "3", "C1"]]);
    crimes("20261112", "C1");
    site.run("nightly-ingest", "2026-11-12").unwrap();
    assert_eq!(checks(), [["1", "0", "3", "C2"]]);
    crimes("20261113", "C8");
    let story = site.run("nightly-ingest", "2026-11-13").unwrap();
    assert_eq!(checks(), [["1", "1", "3", "C2"]]);
    assert!(
        story.details.contains(
            &"samples: 1 rows name a place that crimes does not hold, 1 of them for longer than 3 days"
                .to_owned()
        ),
        "{story:?}"
    );
    crimes("20261114", "C2");
    let story = site.run("nightly-ingest", "2026-11-14").unwrap();
    assert_eq!(checks(), [["0", "0", "3", ""]]);
    assert!(
        !story.details.iter().any(|line| line.starts_with("samples")),
        "{story:?}"
    );
}

#[test]
fn date_formats_are_tried_in_their_order() {
    let both = |first: &str, second: &str| {
        COLUMNS.replace(
            "\"date\"",
            &format!("\"date\", formats = [\"{first}\", \"{second}\"]"),
        )
    };
    let rows = "A,03/04/2026,1,x\nB,13/04/2026,1,x\nC,04/13/2026,1,x\nD,2026-04-13,1,x\n";
    let british = contract("", &both("%d/%m/%Y", "%m/%d/%Y"));
    let site = night(&british, "samples_20261121.csv", csv(rows));
    assert_eq!(
        held(&site, "id, seen_on"),
        [
            ["A", "2026-04-03"],
            ["B", "2026-04-13"],
            ["C", "2026-04-13"]
        ]
    );
    let form = "expected a date that exists, as %d/%m/%Y or %m/%d/%Y";
    assert_eq!(told(&site), [["5", "seen_on", "2026-04-13", form]]);
    let american = contract("", &both("%m/%d/%Y", "%d/%m/%Y"));
    let site = night(&american, "samples_20261121.csv", csv(rows));
    assert_eq!(held(&site, "seen_on")[0], ["2026-03-04"]);
}

#[test]
fn values_are_mapped_filled_in_and_taken_from_the_files_name() {
    let columns = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "sure", type = "boolean", map = { Y = "true", N = "false", U = "" } },
    { name = "sex", type = "text", required = true, default = "U", map = { Female = "F", "-" = "" }, values = ["F", "M", "U"] },
    { name = "force", type = "text", from_name = "force", values = ["kent", "essex"] },
]
"#;
    let text = contract("", columns).replace("samples_{date}", "samples_{force}_{date}");
    let site = site(&text);
    let rows = "id,sure,sex,force\nA,Y,Female,elsewhere\nB,N,-,\nC,U,,\nD,y,M,\nE,,f,\n";
    site.land("samples_kent_20261120.csv", rows);
    site.land("samples_sussex_20261121.csv", "id,sure,sex\nF,,\n");
    pass(&site);
    assert_eq!(
        held(&site, "id, sure, sex, force"),
        [
            ["A", "true", "F", "kent"],
            ["B", "false", "U", "kent"],
            ["C", "", "U", "kent"]
        ]
    );
    assert_eq!(
        told(&site),
        [
            ["5", "sure", "y", "expected true or false"],
            ["6", "sex", "f", "expected one of F, M, U"],
            ["2", "force", "sussex", "expected one of kent, essex"],
        ]
    );
}

#[test]
fn what_happened_to_a_row_may_have_another_name_and_other_codes() {
    let op = "op = { headers = [\"Action\"], map = { a = \"I\", C = \"U\", X = \"D\" } }";
    let site = site(&contract(op, COLUMNS));
    site.land(
        "samples_20261119.csv",
        "Action,id,seen_on,number,place\nA,A,,1,x\nA,B,,1,x\n",
    );
    site.land(
        "samples_20261120.csv",
        "ACTION,id,seen_on,number,place,op\nC,A,,2,y,D\nx,B,,,,\nD,C,,,,\nZ,E,,1,x,\n,F,,1,x,\n",
    );
    pass(&site);
    assert_eq!(held(&site, "id, number"), [["A", "2"], ["F", "1"]]);
    assert_eq!(told(&site), [["5", "op", "Z", "expected I, U or D"]]);
    assert_eq!(note(&site), "columns not in the contract, not read: op");
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
        let told = Deployment::load(&site.dir).err().unwrap().to_string();
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

/// The receipts on a shelf, by the file they stand for.
fn receipts(site: &Site, shelf: &str) -> Vec<(String, serde_json::Value)> {
    let folder = site.landing().join(shelf).join("samples");
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
fn judged_files_are_put_away_with_receipts_that_agree_with_the_ledger() {
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
        &["0 files taken in", "1 known already", "0 refused"],
    );
    site.land("samples_20261120.csv", csv("A,,5,x\n"));
    site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(held(&site, "id, number"), [["A", "5"]]);

    let accepted = receipts(&site, "accepted");
    let names: Vec<&str> = accepted.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "000001_samples_20261120.csv",
            "000001_samples_20261120.csv.again-2",
            "000004_samples_20261120.csv"
        ]
    );
    let shelf = site.landing().join("accepted/samples");
    assert!(
        shelf
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
        let place = site.landing().join(&row[0]).join("samples").join(name);
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
