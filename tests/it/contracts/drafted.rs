//! Contracts drafted from files that differ in shape.

use std::path::{Path, PathBuf};

use daybook::ingest::contract::house;
use daybook::ingest::draft;

use super::{reloaded, write};
use crate::support::Site;

fn file(site: &Site, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = site.parent().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Drafts a contract by the program, puts it where it says, and has `check` pass
/// it; gives back the contract.
fn drafted(site: &mut Site, file: &Path, source: &str) -> String {
    let output = site.command(&["source", "draft", file.to_str().unwrap()]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    let path = format!("jobs/nightly-ingest/sources/{source}.toml");
    assert!(errors.contains(&path), "{errors}");
    let contract = String::from_utf8(output.stdout).unwrap();
    write(site, &path, &contract);
    let told = site.told(&["check"]);
    assert!(told.contains("no problems found"), "{told}");
    contract
}

/// Takes the file in by its drafted contract.
fn taken_in(site: Site, path: &PathBuf) -> Site {
    let site = reloaded(site);
    let name = path.file_name().unwrap().to_str().unwrap();
    site.land(name, std::fs::read(path).unwrap());
    site.run("nightly-ingest", "2026-11-21").unwrap();
    assert_eq!(
        site.query("select state, rows_rejected from ledger.batches"),
        [["accepted", "0"]]
    );
    site
}

fn has(contract: &str, words: &[&str]) {
    for word in words {
        assert!(contract.contains(word), "{word:?} is not in:\n{contract}");
    }
}

#[test]
fn dates_of_day_and_month_are_read_off_the_sample() {
    let mut site = Site::new();
    let path = file(
        &site,
        "licences_20261120.csv",
        "Licence No,Issued,Checked at,Active,Fee\nL1,21/11/2025,01/02/2026 09:30,Y,10.50\nL2,03/04/2026,14/02/2026 10:00,N,9\n",
    );
    let contract = drafted(&mut site, &path, "licences");
    has(
        &contract,
        &[
            "files = [\"licences_{date}.csv\"]",
            "key = [\"licence_no\"]",
            "name = \"issued\", type = \"date\", formats = [\"%d/%m/%Y\"]",
            "name = \"checked_at\", type = \"timestamp\", headers = [\"Checked at\"], formats = [\"%d/%m/%Y %H:%M\"]",
            "map = { Y = \"true\", N = \"false\" }",
            "# TO DO: mode:",
        ],
    );
    let site = taken_in(site, &path);
    assert_eq!(
        site.query("select issued, active, fee from history.licences order by 1"),
        [
            ["2025-11-21", "true", "10.500000"],
            ["2026-04-03", "false", "9.000000"]
        ]
    );
}

#[test]
fn a_semicolon_and_windows_1252_are_read_off_the_sample() {
    let mut site = Site::new();
    let path = file(
        &site,
        "wards-20261120.csv",
        b"Ward ID;Name\n1;Caf\xe9 Row\n2;Zo\xeb Lane\n",
    );
    let contract = drafted(&mut site, &path, "wards");
    has(
        &contract,
        &[
            "encoding = \"windows-1252\"",
            "delimiter = \";\"",
            "type = \"identifier\"",
        ],
    );
    let site = taken_in(site, &path);
    assert_eq!(
        site.query("select name from history.wards order by 1"),
        [["Caf\u{e9} Row"], ["Zo\u{eb} Lane"]]
    );
}

#[test]
fn json_lines_of_the_house_format_name_what_they_lack() {
    let mut site = Site::new();
    let path = file(
        &site,
        "parties_20261120.jsonl",
        "{\"op\":\"I\",\"crime_ref\":\"C1\",\"Nominal ID\":\"S1\",\"role\":\"suspect\",\"extra\":1}\n\
         {\"op\":\"I\",\"crime_ref\":\"C2\",\"Nominal ID\":\"S2\",\"role\":\"victim\",\"extra\":2}\n",
    );
    let contract = drafted(&mut site, &path, "parties");
    has(
        &contract,
        &[
            "mode = \"delta\"",
            "key = [\"crime_ref\",\"nominal_id\",\"role\"]",
            "# TO DO: relationship (text) was not found",
            "# TO DO: named_by (text) was not found",
            "name = \"relationship\", type = \"text\", may_be_absent = true",
            "headers = [\"Nominal ID\"]",
            "name = \"extra\", type = \"integer\"",
        ],
    );
    taken_in(site, &path);
}

#[test]
fn a_parquet_file_gives_its_names() {
    let mut site = Site::new();
    let path = site.parent().join("beats_20261120.parquet");
    site.store
        .connection()
        .execute_batch(&format!(
            "copy (select 'B' || n as beat_id, date '2026-11-20' as on_day, n * 1.5 as share \
             from range(3) as t (n)) to '{}' (format parquet)",
            path.display()
        ))
        .unwrap();
    let contract = drafted(&mut site, &path, "beats");
    has(
        &contract,
        &[
            "files = [\"beats_{date}.parquet\"]",
            "name = \"on_day\", type = \"date\"",
            "name = \"share\", type = \"decimal\"",
        ],
    );
    taken_in(site, &path);
}

#[test]
fn a_monthly_snapshot_is_held_to_the_month_of_its_name() {
    let mut site = Site::new();
    let path = file(
        &site,
        "2026-10-noise-reports.csv",
        "Month,Area,Reports\n2026-10,North,5\n2026-10,South,7\n",
    );
    let contract = drafted(&mut site, &path, "noise_reports");
    has(
        &contract,
        &[
            "mode = \"snapshot\"",
            "files = [\"{month}-noise-reports.csv\"]",
            "scope = [\"month\"]",
            "as_in_name = \"month\"",
            "[ending]\nconfirm_above = 0.1",
        ],
    );
    taken_in(site, &path);
}

#[test]
fn a_draft_quotes_no_row_and_says_what_is_no_table() {
    let site = Site::new();
    let house = house::contracts();
    let path = file(
        &site,
        "people_20261120.csv",
        "nominal_id,surname,sex,Zq\nS1,Aldermoss,M,Thistle\n",
    );
    let draft = draft::draft(&path, &house).unwrap();
    assert_eq!(draft.source, "nominals");
    for word in ["Aldermoss", "Thistle", "S1"] {
        assert!(!draft.contract.contains(word), "{}", draft.contract);
    }
    for (name, bytes, words) in [
        ("a.csv", "", "the file is empty"),
        ("b.csv", "1,2,3\n4,5,6\n", "expected a header"),
        ("c.jsonl", "[1]\n", "no JSON object"),
        ("d.parquet", "PAR1", "not a readable Parquet file"),
    ] {
        let path = file(&site, name, bytes);
        let told = format!("{:#}", draft::draft(&path, &house).unwrap_err());
        assert!(told.contains(words), "{name}: {told}");
    }
}

/// A workbook with a title above its table, and a second sheet.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Permits").unwrap();
    sheet.write(0, 0, "Permits of the borough").unwrap();
    for (column, header) in ["Permit Ref", "Granted", "Fee", "Note"]
        .into_iter()
        .enumerate()
    {
        sheet
            .write(2, u16::try_from(column).unwrap(), header)
            .unwrap();
    }
    for row in 3..6 {
        sheet.write(row, 0, format!("P{row}")).unwrap();
        sheet.write(row, 1, format!("2026-11-{row:02}")).unwrap();
        sheet.write(row, 2, 10.5).unwrap();
    }
    sheet.write(4, 3, "late").unwrap();
    book.add_worksheet().set_name("Notes").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_gives_its_sheet_and_what_stands_above_the_table() {
    let mut site = Site::new();
    let path = file(&site, "permits_20261120.xlsx", workbook());
    let contract = drafted(&mut site, &path, "permits");
    has(
        &contract,
        &[
            "files = [\"permits_{date}.xlsx\"]",
            "sheet = \"Permits\"",
            "skip_lines = 2",
            "# TO DO: sheet:",
            "# TO DO: skip_lines:",
            "key = [\"permit_ref\"]",
            "name = \"granted\", type = \"date\"",
        ],
    );
    let site = taken_in(site, &path);
    assert_eq!(
        site.query("select permit_ref, granted, note from history.permits order by 1"),
        [
            ["P3", "2026-11-03", ""],
            ["P4", "2026-11-04", "late"],
            ["P5", "2026-11-05", ""]
        ]
    );
}

#[test]
fn a_title_above_a_text_is_passed_over() {
    let mut site = Site::new();
    let text =
        "Extract of 20 November 2026\n\nRef;Opened;Ward\nR1;2026-11-01;North\nR2;2026-11-02;\n";
    let path = file(&site, "visits_20261120.csv", text);
    let contract = drafted(&mut site, &path, "visits");
    has(
        &contract,
        &["skip_lines = 2", "delimiter = \";\"", "key = [\"ref\"]"],
    );
    let site = taken_in(site, &path);
    assert_eq!(site.one("select count(*) from history.visits"), "2");
}

#[test]
fn the_one_text_of_a_zip_archive_is_drafted_from() {
    let mut site = Site::new();
    let path = file(
        &site,
        "stays_20261120.zip",
        zipped(&[("stays.csv", "Ref,Nights\nS1,3\nS2,4\n")]),
    );
    let contract = drafted(&mut site, &path, "stays");
    has(
        &contract,
        &["files = [\"stays_{date}.zip\"]", "type = \"integer\""],
    );
    let site = taken_in(site, &path);
    assert_eq!(site.one("select sum(nights) from history.stays"), "7");
    let two = [("a.csv", "Ref\nS1\n"), ("b.csv", "Ref\nS1\n")];
    let path = file(&site, "two.zip", zipped(&two));
    let told = format!(
        "{:#}",
        draft::draft(&path, &house::contracts()).unwrap_err()
    );
    assert!(told.contains("holds 2 files"), "{told}");
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(*name, options).unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn columns_of_one_header_and_of_none_are_told_apart() {
    let mut site = Site::new();
    let path = file(
        &site,
        "links_20261120.csv",
        "Ref, ref  ,,2nd place,Place,ref_2\nA1,B1,x,Camden,Hackney,7\nA2,B2,y,Barnet,Brent,8\n",
    );
    let contract = drafted(&mut site, &path, "links");
    has(
        &contract,
        &[
            "key = [\"ref\"]",
            "name = \"ref\", type = \"identifier\", nth = 1",
            "name = \"ref_2\", type = \"identifier\", headers = [\"ref\"], nth = 2",
            "name = \"column_4_2nd_place\"",
            "# TO DO: column 3 has no header, and is not read",
            "name = \"ref_2_6\", type = \"integer\", headers = [\"ref_2\"]",
        ],
    );
    let site = taken_in(site, &path);
    assert_eq!(
        site.query("select ref, ref_2, column_4_2nd_place, ref_2_6 from history.links order by 1"),
        [["A1", "B1", "Camden", "7"], ["A2", "B2", "Barnet", "8"]]
    );
}

#[test]
fn what_holds_more_than_a_value_is_left_out_and_moments_are_of_utc() {
    let rows = "select 'B' || n as \"Beat \"\"ID\"\"\", [n] as parts, {'a': n} as whole, \
                timestamptz '2026-07-01 10:00:00+00' as seen from range(3) as t (n)";
    let mut site = Site::new();
    let path = site.parent().join("beats_20261120.parquet");
    let copy = format!("copy ({rows}) to '{}' (format parquet)", path.display());
    site.store.connection().execute_batch(&copy).unwrap();
    let contract = drafted(&mut site, &path, "beats");
    has(
        &contract,
        &[
            "headers = [\"Beat \\\"ID\\\"\"]",
            "# TO DO: column 2 holds a list, and is not read",
            "# TO DO: column 3 holds a structure, and is not read",
            "name = \"seen\", type = \"timestamp\", zone = \"UTC\"",
        ],
    );
    let site = taken_in(site, &path);
    assert_eq!(
        site.query("select distinct seen from history.beats"),
        [["2026-07-01 11:00:00"]]
    );
    let mut site = Site::new();
    let path = file(
        &site,
        "notes_20261120.jsonl",
        "{\"id\":\"N1\",\"tags\":[\"x\"],\"text\":\"a\"}\n{\"id\":\"N2\",\"tags\":null,\"text\":\"b\"}\n",
    );
    let contract = drafted(&mut site, &path, "notes");
    has(
        &contract,
        &["# TO DO: column 2 holds a list, and is not read"],
    );
    assert!(!contract.contains("tags"), "{contract}");
    taken_in(site, &path);
}
