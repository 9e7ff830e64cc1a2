//! Files full of marked text, each broken in its own way.

use daybook::ingest::contract::{Column, Contract, Kind};
use daybook::store::Store;
use serde_json::{Value, json};

/// Stands in every marked text, whatever its case.
pub(super) const STEM: &str = "zqmark";

/// One file: what was done to it, its name and its bytes.
pub(super) struct Spoilt {
    pub(super) way: &'static str,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// What a cell of a file in working order holds: marked text where text may be.
fn sound(column: &Column, row: usize) -> String {
    match column.kind {
        _ if !column.values.is_empty() => column.values[0].clone(),
        _ if column.pattern.is_some() => "2026-Q3".to_owned(),
        Kind::Text => format!("Zqmark {} é", column.name),
        Kind::Identifier => format!("Zqmark{}{row}", column.name),
        Kind::Integer | Kind::Decimal => column.min.unwrap_or(1).to_string(),
        Kind::Boolean => "true".to_owned(),
        Kind::Date => "2026-10-01".to_owned(),
        Kind::Timestamp => "2026-10-01 10:00:00".to_owned(),
        Kind::HoCode => "008/06".to_owned(),
    }
}

fn wrong(column: &Column) -> String {
    format!("Zqmark wrong {}", column.name)
}

fn cells(contract: &Contract, row: usize) -> Vec<String> {
    columns(contract).map(|c| sound(c, row)).collect()
}

fn columns(contract: &Contract) -> impl Iterator<Item = &Column> {
    contract.columns.iter().filter(|c| c.from_name.is_none())
}

fn spelling(column: &Column) -> String {
    column.headers.first().unwrap_or(&column.name).clone()
}

fn header(contract: &Contract) -> String {
    columns(contract)
        .map(spelling)
        .collect::<Vec<_>>()
        .join(",")
}

fn csv(header: &str, rows: &[Vec<String>]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

fn rows(contract: &Contract) -> Vec<Vec<String>> {
    (0..30).map(|row| cells(contract, row)).collect()
}

/// One row for every column, wrong in it.
fn wrong_by_column(contract: &Contract) -> Vec<Vec<String>> {
    let count = columns(contract).count();
    (0..count)
        .map(|at| {
            let mut row = cells(contract, 100 + at);
            row[at] = wrong(columns(contract).nth(at).unwrap());
            row
        })
        .collect()
}

fn object(contract: &Contract, row: usize) -> Value {
    let members = columns(contract).zip(cells(contract, row));
    Value::Object(
        members
            .map(|(column, cell)| (column.name.clone(), Value::String(cell)))
            .collect(),
    )
}

fn lines(contract: &Contract, line: impl Fn(Value, usize) -> String) -> String {
    let told: Vec<String> = (0..30)
        .map(|row| line(object(contract, row), row))
        .collect();
    told.join("\n") + "\n"
}

/// Every way that a text file with cells is broken.
pub(super) fn of_cells(contract: &Contract) -> Vec<(&'static str, Vec<u8>)> {
    let head = header(contract);
    let sound = csv(&head, &rows(contract));
    let first = spelling(&contract.columns[0]);
    let all_wrong: Vec<Vec<String>> = (0..30)
        .map(|_| columns(contract).map(wrong).collect())
        .collect();
    let mut twice = rows(contract);
    twice.extend((0..30).map(|row| {
        let mut row = cells(contract, row);
        let last = row.len() - 1;
        row[last] = wrong(columns(contract).last().unwrap());
        row
    }));
    let spoilt_at = |at: usize, byte: u8| {
        let mut bytes = sound.clone().into_bytes();
        let middle = bytes.len() / 2 + at;
        bytes[middle] = byte;
        bytes
    };
    vec![
        ("in order", sound.clone().into_bytes()),
        (
            "wrong in each column",
            csv(&head, &wrong_by_column(contract)).into_bytes(),
        ),
        ("wrong in all columns", csv(&head, &all_wrong).into_bytes()),
        ("one key, other values", csv(&head, &twice).into_bytes()),
        (
            "no header",
            sound.split_once('\n').unwrap().1.to_owned().into_bytes(),
        ),
        (
            "a renamed column",
            sound
                .replacen(&first, "Zqmark renamed see https://zqmark.example", 1)
                .into_bytes(),
        ),
        (
            "a column twice",
            csv(&format!("{head},{first}"), &rows(contract)).into_bytes(),
        ),
        (
            "columns that nobody knows",
            csv(
                &format!("{head},Zqmark one,Zqmark two"),
                &rows(contract)
                    .into_iter()
                    .map(|row| [row, vec!["Zqmark cell".to_owned(); 2]].concat())
                    .collect::<Vec<_>>(),
            )
            .into_bytes(),
        ),
        (
            "too many cells",
            format!("{sound}Zqmark a,{}\n", "Zqmark b,".repeat(40)).into_bytes(),
        ),
        (
            "too few cells",
            format!("{sound}{}", "Zqmark alone\n".repeat(40)).into_bytes(),
        ),
        (
            "a quote left open",
            format!("{sound}\"Zqmark open\nZqmark next\n").into_bytes(),
        ),
        (
            "text after a quote",
            format!("{sound}\"Zqmark a\" Zqmark b,c\n").into_bytes(),
        ),
        ("a NUL", spoilt_at(0, 0)),
        ("a byte of no encoding", spoilt_at(1, 0xff)),
        ("another delimiter", sound.replace(',', ";").into_bytes()),
        (
            "UTF-16",
            sound.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        (
            "one cell of a mebibyte",
            format!("{sound}{}\n", "Zqmark long ".repeat(90_000)).into_bytes(),
        ),
        ("no end", sound.as_bytes()[..sound.len() - 7].to_vec()),
    ]
}

/// Every way that a file of JSON lines is broken.
pub(super) fn of_lines(contract: &Contract) -> Vec<(&'static str, Vec<u8>)> {
    let text = |line: &dyn Fn(Value, usize) -> String| lines(contract, line).into_bytes();
    let first = contract.columns[0].name.clone();
    vec![
        (
            "encoded twice",
            text(&|v, _| Value::String(v.to_string()).to_string()),
        ),
        (
            "encoded three times",
            text(&|v, _| json!(Value::String(v.to_string()).to_string()).to_string()),
        ),
        ("in lists", text(&|v, _| json!([v]).to_string())),
        (
            "lists of cells",
            text(&|v, _| json!(v.as_object().unwrap().values().collect::<Vec<_>>()).to_string()),
        ),
        (
            "cut off",
            text(&|v, _| {
                let t = v.to_string();
                t.chars().take(t.chars().count() - 9).collect()
            }),
        ),
        (
            "cut off in a name",
            text(&|v, _| v.to_string()[..6].to_owned()),
        ),
        (
            "bare words",
            text(&|_, row| format!("Zqmark{row} is no JSON")),
        ),
        ("text behind", text(&|v, _| format!("{v} Zqmark behind"))),
        ("two in a line", text(&|v, _| format!("{v}{v}"))),
        (
            "single quotes",
            text(&|v, _| v.to_string().replace('"', "'")),
        ),
        (
            "a member twice",
            text(&|v, _| {
                v.to_string()
                    .replacen('{', &format!("{{\"{first}\":\"Zqmark twice\","), 1)
            }),
        ),
        (
            "a list in a cell",
            text(&|mut v, _| {
                v[&first] = json!(["Zqmark listed"]);
                v.to_string()
            }),
        ),
        (
            "an object in a cell",
            text(&|mut v, _| {
                v[&first] = json!({"Zqmark name": "Zqmark held"});
                v.to_string()
            }),
        ),
        (
            "names that nobody knows",
            text(&|mut v, _| {
                v["Zqmark name"] = json!("Zqmark held");
                v.to_string()
            }),
        ),
        (
            "deeply nested",
            text(&|v, _| {
                format!(
                    "{{\"Zqmark deep\":{}{v}{}}}",
                    "[".repeat(300),
                    "]".repeat(300)
                )
            }),
        ),
        (
            "a bad escape",
            text(&|v, _| v.to_string().replacen("Zqmark", "Zqmark \\q", 1)),
        ),
        ("wrong in each column", {
            let count = columns(contract).count();
            let spoilt: Vec<String> = (0..count)
                .map(|at| {
                    let column = columns(contract).nth(at).unwrap();
                    let mut row = object(contract, 200 + at);
                    row[&column.name] = Value::String(wrong(column));
                    row.to_string()
                })
                .collect();
            (spoilt.join("\n") + "\n").into_bytes()
        }),
    ]
}

/// Parquet files whose columns hold what no contract asks for.
pub(super) fn of_parquet(
    contract: &Contract,
    folder: &std::path::Path,
) -> Vec<(&'static str, Vec<u8>)> {
    let store = Store::in_memory().unwrap();
    let write = |values: &dyn Fn(&Column) -> String| {
        let path = folder.join("aside.parquet");
        let list: Vec<String> = columns(contract)
            .map(|c| format!("{} as \"{}\"", values(c), spelling(c)))
            .collect();
        let sql = format!(
            "copy (select {} from range(30)) to '{}' (format parquet)",
            list.join(", "),
            path.display()
        );
        store.connection().execute_batch(&sql).unwrap();
        std::fs::read(path).unwrap()
    };
    let sound = write(&|c| format!("'{}'", sound(c, 300)));
    let mut damaged = sound.clone();
    let middle = damaged.len() / 3;
    damaged[middle..middle + 40].fill(b'Z');
    vec![
        (
            "structs",
            write(&|_| "{'Zqmark field': 'Zqmark held'}".to_owned()),
        ),
        (
            "enumerations",
            write(&|_| "cast('Zqmark held' as enum('Zqmark held', 'Zqmark other'))".to_owned()),
        ),
        ("blobs", write(&|_| "'Zqmark held'::blob".to_owned())),
        ("wrong texts", write(&|c| format!("'{}'", wrong(c)))),
        ("lists", write(&|_| "['Zqmark held']".to_owned())),
        ("damaged", damaged),
        ("cut off", sound[..sound.len() - 20].to_vec()),
        ("no Parquet at all", b"PAR1 Zqmark held PAR1".to_vec()),
    ]
}

/// Compressed files that are none, or end early.
pub(super) fn of_streams(contract: &Contract) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    use std::io::Write as _;
    let text = csv(&header(contract), &rows(contract));
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let mut damaged = packed.clone();
    let end = damaged.len() - 6;
    damaged[end] ^= 0xff;
    vec![
        (
            "a stream cut off",
            "gz",
            packed[..packed.len() - 30].to_vec(),
        ),
        ("a stream of another checksum", "gz", damaged),
        ("no stream at all", "gz", b"Zqmark is no stream".to_vec()),
        ("no frame at all", "zst", b"Zqmark is no frame".to_vec()),
    ]
}
