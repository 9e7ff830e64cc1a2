use super::book::{Book, Cell, Empty, Number, Offence, Text, Truth, sound};
use super::{edition, errors, imports, lay, stewarded};
use crate::support::{STEWARD, Site};

/// Imports bytes that must be refused; gives what was told.
fn refused(site: &mut Site, name: &str, bytes: &[u8]) -> String {
    let file = lay(site, name, bytes);
    let output = site.command(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &file,
        "--edition",
        "2026",
    ]);
    assert_eq!(output.status.code(), Some(1), "{name} was let through");
    assert_eq!(
        (edition(site, "cchi-2026"), imports(site)),
        (None, "0".to_owned())
    );
    let told = errors(&output);
    assert!(told.contains("not imported, nothing was changed"), "{told}");
    told
}

fn with(change: impl Fn(&mut Book)) -> Vec<u8> {
    let mut book = Book::of_2026(&sound());
    change(&mut book);
    book.bytes()
}

/// A first row with this score and classification, class 8, sub-code 6.
fn cells(score: Cell, code: Cell) -> Vec<u8> {
    let mut rows = sound();
    rows[0] = ("X", score, code, Number(8.0), Number(6.0));
    Book::of_2026(&rows).bytes()
}

#[test]
fn what_is_wrong_with_a_workbook_is_told_by_its_cell() {
    let mut site = stewarded();
    let code = Text("008/06");
    let cases: [(Vec<u8>, &str); 17] = [
        (
            with(|book| book.sheet = "CCHI 2023 values sheet"),
            "bad.xlsx: not imported, nothing was changed\n  there is no sheet \"CCHI 2026 values sheet\"; there are [\"Cover page\", \"CCHI 2023 values sheet\", \"Expired offences\", \"Offences need clarity\"]",
        ),
        (
            with(|book| book.merged = Some((5, 1, 7, 2))),
            "B6:C8 are merged cells in the table; expected one value per cell",
        ),
        (
            with(|book| book.merged = Some((2, 12, 2, 13))),
            "M3:N3 are merged cells in the table",
        ),
        (
            with(|book| book.head[2] = "Score"),
            "row 3 is the header and has no column CCHI Score; expected ATHENA URN, FULL_OFFENCE_TITLE",
        ),
        (
            with(|book| book.head[6] = "cchi score "),
            "G3: the column CCHI Score stands in C3 already; expected it once",
        ),
        (
            with(|book| book.head[5] = "ho_code"),
            "I3: the column HO_CODE stands in F3 already",
        ),
        (
            with(|book| book.head = vec!["a", "b"]),
            "no header among the first 50 rows; expected the columns ATHENA URN",
        ),
        (
            with(|book| book.rows.clear()),
            "no row under the header in row 3 holds a code and a score",
        ),
        (
            cells(Text("182"), code),
            "sheet \"CCHI 2026 values sheet\": not imported, nothing was changed\n  C4 is the text \"182\"; expected a number of days, such as 547.5",
        ),
        (
            cells(Number(-1.0), code),
            "C4 is -1; expected more than 0 days",
        ),
        (
            cells(Number(1.0625), code),
            "C4 is 1.0625; expected at most 3 decimals",
        ),
        (
            cells(Number(54_750.0), code),
            "C4 is 54750; expected more than 0 days and at most 36525",
        ),
        (
            cells(Truth, code),
            "C4 is the truth value true; expected a number of days",
        ),
        (
            cells(Number(182.0), Text("various")),
            "H4 is \"various\"; expected a Home Office classification, NNN/SS",
        ),
        (
            cells(Number(182.0), Number(4.1)),
            "H4 is \"4.1\"; expected a Home Office classification",
        ),
        (
            with(|book| {
                book.rows.truncate(1);
                book.rows[0][7] = Text("008/60");
            }),
            "row 4: H4 is \"008/60\", which is another code than I4 1 and J4 1 (HO_CODE and HO_SUB_CODE) say",
        ),
        (
            with(|book| book.rows[0][8] = Text("8N")),
            "I4 is \"8N\"; expected a whole number",
        ),
    ];
    for (bytes, wanted) in cases {
        let told = refused(&mut site, "bad.xlsx", &bytes);
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
}

#[test]
fn a_file_that_is_no_workbook_is_told_as_what_it_is() {
    let mut site = stewarded();
    let packed = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes);
    let protected: Vec<u8> = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
        .iter()
        .copied()
        .chain(packed)
        .collect();
    let sound = Book::of_2026(&sound()).bytes();
    for (name, bytes, wanted) in [
        (
            "a.xlsx",
            protected.as_slice(),
            "is protected with a password; open it in a spreadsheet program",
        ),
        (
            "a.xlsx",
            &protected[..8],
            "is a workbook of the old .xls format; save it as .xlsx",
        ),
        (
            "a.xlsx",
            b"ho_code,title",
            "is no .xlsx workbook; expected the file as it was downloaded",
        ),
        ("a.xlsx", b"", "is no .xlsx workbook"),
        (
            "a.xlsx",
            &sound[..sound.len() / 2],
            "the workbook is damaged: its parts cannot be unpacked",
        ),
        (
            "a.ods",
            &sound,
            "expected a workbook (.xlsx) or a table (.csv)",
        ),
    ] {
        let told = refused(&mut site, name, bytes);
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
}

#[test]
fn no_damage_to_a_workbook_ends_the_program() {
    let sound = Book::of_2026(&sound()).bytes();
    let mut read = 0;
    for seed in 0..400_usize {
        let mut bytes = sound.clone();
        for step in 0..=seed % 3 {
            let at = (seed * 7919 + step * 104_729) % bytes.len();
            bytes[at] ^= u8::try_from(seed % 255 + 1).unwrap();
        }
        // Some bytes say nothing; the rest must be refused in words.
        match daybook::harm::index::workbook::read("damaged.xlsx", &bytes, "2026") {
            Ok(values) => read += usize::from(values.rows_read > 0),
            Err(refusal) => assert!(!refusal.problems.is_empty()),
        }
    }
    assert!(read < 400, "nothing was damaged");
}

#[test]
fn twenty_problems_are_shown_and_the_rest_counted() {
    let mut site = stewarded();
    let wrong: Offence = ("X", Text("many"), Text("no code"), Empty, Empty);
    let told = refused(
        &mut site,
        "bad.xlsx",
        &Book::of_2026(&vec![wrong; 15]).bytes(),
    );
    assert_eq!(told.matches("expected a Home Office").count(), 10, "{told}");
    assert_eq!(told.matches("is the text \"many\"").count(), 10, "{told}");
    assert!(
        told.contains("H13 is") && !told.contains("H14 is"),
        "{told}"
    );
    assert!(told.contains("  and 10 problems more"), "{told}");
}

#[test]
fn a_table_that_is_wrong_changes_nothing() {
    let mut site = stewarded();
    let head = "ho_code,title,days,basis,source\n";
    for (name, bytes, wanted) in [
        (
            "ours",
            format!("{head}4.10,x,1,published,x\n001/01,x,many,published,x\n"),
            "ours.csv:2:1: 4.10,x,1,published,x\n    ho_code is wrong",
        ),
        (
            "ours",
            format!("{head}4.10,x,1,published,x\n001/01,x,many,published,x\n"),
            "ours.csv:3:10: 001/01,x,many,published,x\n    days is \"many\"",
        ),
        ("ours", head.to_owned(), "has no rows"),
        (
            "ours",
            "ho_code,days\n".to_owned(),
            "there is no column title",
        ),
        (
            "aliases",
            format!("{head}001/01,x,1,published,x\n"),
            "\"aliases\" is no name for an edition",
        ),
        (
            "../ours",
            format!("{head}001/01,x,1,published,x\n"),
            "\"../ours\" is no name for an edition",
        ),
        (
            "",
            format!("{head}001/01,x,1,published,x\n"),
            "\"\" is no name for an edition",
        ),
    ] {
        let file = lay(&site, "ours.csv", bytes);
        let output = site.command(&["index", "import", "--by", STEWARD, &file, "--edition", name]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            errors(&output).contains(wanted),
            "{wanted}\n{}",
            errors(&output)
        );
        assert_eq!(
            (edition(&site, "ours"), imports(&site)),
            (None, "0".to_owned())
        );
    }
    let file = lay(&site, "ours.csv", b"ho_code,title\n001/01,Caf\xE9\n");
    let told = errors(&site.command(&[
        "index",
        "import",
        "--by",
        STEWARD,
        &file,
        "--edition",
        "ours",
    ]));
    assert!(
        told.contains("line 2 is not UTF-8; save it as CSV UTF-8"),
        "{told}"
    );
    assert!(
        edition(&site, "aliases")
            .unwrap()
            .starts_with("recorded_code")
    );
}

#[test]
fn what_cannot_be_meant_is_bad_usage() {
    let mut site = stewarded();
    let book = lay(&site, "cchi.xlsx", Book::of_2026(&sound()).bytes());
    let table = lay(&site, "ours.csv", "");
    for (arguments, code, wanted) in [
        (
            vec![&*book, "--edition", "2026", "--conflicts", "by-title"],
            2,
            "needs --titles",
        ),
        (
            vec![&*book, "--edition", "2026", "--titles", &table],
            2,
            "--titles needs --conflicts by-title",
        ),
        (
            vec![&*table, "--edition", "ours", "--conflicts", "highest"],
            2,
            "a table holds each code and title once",
        ),
        (
            vec![&*book, "--edition", "starter-2026"],
            1,
            "the edition is \"starter-2026\"; expected the year of the workbook",
        ),
        (
            vec!["nowhere.xlsx", "--edition", "2026"],
            1,
            "cannot read nowhere.xlsx",
        ),
    ] {
        let output =
            site.command(&[&["index", "import", "--by", STEWARD], arguments.as_slice()].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(errors(&output).contains(wanted), "{}", errors(&output));
    }
    assert_eq!(imports(&site), "0");
}
