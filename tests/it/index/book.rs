//! A workbook in the layout of the official ones, with whatever is wrong.

use rust_xlsxwriter::{Format, Workbook};

#[derive(Clone, Copy)]
pub(super) enum Cell {
    Text(&'static str),
    Number(f64),
    Truth,
    Empty,
}

pub(super) use Cell::{Empty, Number, Text, Truth};

pub(super) struct Book {
    pub(super) sheet: &'static str,
    pub(super) head: Vec<&'static str>,
    /// Row of the header, counted from nought.
    pub(super) header: u32,
    pub(super) rows: Vec<Vec<Cell>>,
    /// First and last row and column.
    pub(super) merged: Option<(u32, u16, u32, u16)>,
}

pub(super) const NOTE: &str = "If no sentencing data available, what similar offence was used?";

/// Title, score, classification, class and sub-code of a row.
pub(super) type Offence = (&'static str, Cell, Cell, Cell, Cell);

impl Book {
    /// The 2026 layout: a banner, the header in row 3, the table under it.
    pub(super) fn of_2026(offences: &[Offence]) -> Self {
        let rows = offences
            .iter()
            .zip(1..)
            .map(|(&(title, score, code, class, sub_code), urn)| {
                vec![
                    Number(f64::from(urn)),
                    Text(title),
                    score,
                    Text("a starting point"),
                    Text("VIOLENCE"),
                    Empty,
                    Empty,
                    code,
                    class,
                    sub_code,
                    Empty,
                    Empty,
                ]
            })
            .collect();
        Self {
            sheet: "CCHI 2026 values sheet",
            head: vec![
                "ATHENA URN",
                " full_offence_title ",
                "CCHI Score",
                "Starting Point",
                "GROUP",
                "SUB_GROUP",
                "SUB_SUB_GROUP",
                "HOME_OFFICE_CLASSIFICATION",
                "HO_CODE",
                "HO_SUB_CODE",
                "HO_SUB_SUB_CODE",
                NOTE,
            ],
            header: 2,
            rows,
            merged: None,
        }
    }

    /// The 2020 layout: the header in the first row, more columns before the
    /// code, whether the offence has a guideline of its own among them.
    pub(super) fn of_2020(offences: &[Offence]) -> Self {
        let later = Self::of_2026(offences);
        let spread = |row: &Vec<Cell>| {
            let mut cells = vec![row[0], row[1], row[2], Empty, Empty, Text("Yes")];
            cells.extend([row[3], row[4], Empty, Empty, Empty, Empty, Empty]);
            cells.extend([row[7], row[8], row[9], row[11]]);
            cells
        };
        Self {
            sheet: "CCHI 2020 values sheet",
            head: vec![
                "ATHENA URN",
                "FULL_OFFENCE_TITLE",
                "CCHI Score",
                "MAX_SENTENCE",
                "ACT",
                "Is sentencing data from actual offence?",
                "Starting Point",
                "GROUP",
                "SUB_GROUP",
                "SUB_SUB_GROUP",
                "START_DATE",
                "END_DATE",
                "NOTIFIABLE",
                "HOME_OFFICE_CLASSIFICATION",
                "HO_CODE",
                "HO_SUB_CODE",
                NOTE,
            ],
            header: 0,
            rows: later.rows.iter().map(spread).collect(),
            merged: None,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let cover = book.add_worksheet().set_name("Cover page").unwrap();
        cover.write(0, 0, "The Cambridge Crime Harm Index").unwrap();
        let sheet = book.add_worksheet().set_name(self.sheet).unwrap();
        // The banner may be merged: it is above the table.
        if self.header > 0 {
            let banner = Format::new();
            sheet
                .merge_range(0, 0, 0, 5, "CCHI values", &banner)
                .unwrap();
        }
        for (column, name) in self.head.iter().enumerate() {
            let column = u16::try_from(column).unwrap();
            sheet.write(self.header, column, *name).unwrap();
        }
        for (row, cells) in (self.header + 1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Text(text) => sheet.write(row, column, *text).unwrap(),
                    Number(number) => sheet.write(row, column, *number).unwrap(),
                    Truth => sheet.write(row, column, true).unwrap(),
                    Empty => continue,
                };
            }
        }
        if let Some((top, left, bottom, right)) = self.merged {
            let plain = Format::new();
            sheet
                .merge_range(top, left, bottom, right, "merged", &plain)
                .unwrap();
        }
        for name in ["Expired offences", "Offences need clarity"] {
            let other = book.add_worksheet().set_name(name).unwrap();
            other.write(0, 0, "CCHI Score").unwrap();
        }
        book.save_to_buffer().unwrap()
    }
}

/// Codes as text, numbers and half padded; scores with fractions; one code on
/// two rows that agree; rows without a code or a score.
pub(super) fn sound() -> Vec<Offence> {
    vec![
        (
            "Murder",
            Number(5475.0),
            Text("001/01"),
            Number(1.0),
            Number(1.0),
        ),
        (
            "Taking indecent photographs",
            Number(547.5),
            Text(" 86 / 2 "),
            Text("086"),
            Text("02"),
        ),
        (
            "Common assault",
            Number(1.0),
            Number(10_501.0),
            Number(105.0),
            Number(1.0),
        ),
        (
            "ABH",
            Number(182.0),
            Number(806.0),
            Number(8.0),
            Number(6.0),
        ),
        ("ABH on a spouse", Number(182.0), Text("8/06"), Empty, Empty),
        ("No code", Number(9.0), Empty, Number(8.0), Number(6.0)),
        ("No score", Empty, Text("008/30"), Empty, Empty),
        ("Nought", Number(0.0), Text("008/65"), Empty, Empty),
        ("Exposure", Number(0.125), Text("088/09"), Empty, Empty),
    ]
}

/// The sound rows, with three scores of one code and two of another.
pub(super) fn disputed() -> Vec<Offence> {
    let rape = |title, days| {
        (
            title,
            Number(days),
            Text("019/08"),
            Number(19.0),
            Number(8.0),
        )
    };
    let mut rows = sound();
    rows.extend([
        rape("Rape of a woman", 2555.0),
        rape("Rape of a woman in a campaign", 4745.0),
        rape("Attempted rape of a woman", 1825.0),
        rape("Rape of a spouse", 1825.0),
        (
            "Threat to kill",
            Number(182.0),
            Text("003/01"),
            Empty,
            Empty,
        ),
        (
            "Threat to murder",
            Number(365.0),
            Text("003/01"),
            Empty,
            Empty,
        ),
    ]);
    rows
}
