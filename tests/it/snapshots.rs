//! Snapshots settle by the moment they speak of: in each part of a source the
//! newest file stands, whatever the order of arrival and whichever are taken
//! back; one whose rows were rejected ends nothing.

use std::collections::{BTreeMap, BTreeSet};

use daybook::ingest::Outcome;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::settling::cases;
use crate::support::shelf::Shelf;

/// A snapshot source: with or without a key, as a whole or by area.
#[derive(Debug, Clone, Copy)]
struct Kind {
    has_key: bool,
    has_scope: bool,
}

impl Kind {
    fn shelf(self) -> Shelf {
        let key = match (self.has_key, self.has_scope) {
            (true, true) => r#"key = ["area", "id"]"#,
            (true, false) => r#"key = ["id"]"#,
            (false, _) => "",
        };
        let scope = if self.has_scope {
            r#"scope = ["area"]"#
        } else {
            ""
        };
        Shelf::new(&format!(
            r#"
            title = "Deeds"
            mode = "snapshot"
            files = ["deeds_{{date}}_*.csv"]
            {key}
            {scope}
            columns = [
                {{ name = "area", type = "text" }},
                {{ name = "id", type = "text" }},
                {{ name = "number", type = "integer" }},
            ]
            "#
        ))
    }

    /// The part of the source that a row belongs to.
    fn scope(self, row: Row) -> u8 {
        if self.has_scope { row.area } else { 0 }
    }

    /// What tells a row from others of its file.
    fn key(self, row: Row) -> Row {
        Row {
            area: self.scope(row),
            id: row.id,
            number: if self.has_key { 0 } else { row.number },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    area: u8,
    id: u8,
    number: u8,
}

#[derive(Debug, Clone)]
struct Sheet {
    day: u8,
    letter: char,
    rows: Vec<Row>,
    /// Rows that are rejected stand at these places among the others.
    wrong: Vec<Index>,
}

/// Rows with how often each stands.
type State = BTreeMap<Row, u64>;

impl Sheet {
    fn name(&self) -> String {
        format!("deeds_202611{:02}_{}.csv", self.day, self.letter)
    }

    fn when(&self) -> (u8, char) {
        (self.day, self.letter)
    }

    fn text(&self) -> String {
        let row = |row: &Row| {
            let number = if row.number == 0 {
                String::new()
            } else {
                row.number.to_string()
            };
            format!("A{},R{},{number}", row.area, row.id)
        };
        let mut lines: Vec<String> = self.rows.iter().map(row).collect();
        for (at, wrong) in self.wrong.iter().enumerate() {
            let line = format!("A{},R{},x", at % 2, at % 3);
            lines.insert(wrong.index(lines.len() + 1), line);
        }
        format!("area,id,number\n{}\n", lines.join("\n"))
    }

    fn scopes(&self, kind: Kind) -> BTreeSet<u8> {
        self.rows.iter().map(|row| kind.scope(*row)).collect()
    }

    /// The rows of one part: each once for a keyed source.
    fn said(&self, kind: Kind, scope: u8) -> State {
        let mut state = State::new();
        for row in self.rows.iter().filter(|row| kind.scope(**row) == scope) {
            *state.entry(*row).or_default() += 1;
        }
        if kind.has_key {
            for count in state.values_mut() {
                *count = 1;
            }
        }
        state
    }
}

/// In each part what the newest file that covers it says.
fn newest<'a>(kind: Kind, sheets: &(impl Iterator<Item = &'a Sheet> + Clone)) -> State {
    let mut state = State::new();
    for scope in 0..2 {
        let covering = sheets.clone().filter(|s| s.scopes(kind).contains(&scope));
        if let Some(sheet) = covering.max_by_key(|sheet| sheet.when()) {
            state.extend(sheet.said(kind, scope));
        }
    }
    state
}

fn held(shelf: &Shelf, known_at: Option<i64>) -> State {
    let at = known_at.map_or("batch_to is null".to_owned(), |batch| {
        format!("batch_from <= {batch} and (batch_to is null or batch_to > {batch})")
    });
    let digit = |text: &str| text.trim_start_matches(['A', 'R']).parse().unwrap_or(0);
    shelf
        .query(&format!(
            "select area, id, number, count(*) from history.deeds \
             where not is_deleted and {at} group by all"
        ))
        .iter()
        .map(|row| {
            let held = Row {
                area: digit(&row[0]),
                id: digit(&row[1]),
                number: digit(&row[2]),
            };
            (held, row[3].parse().unwrap())
        })
        .collect()
}

fn kinds() -> impl Strategy<Value = Kind> {
    (any::<bool>(), any::<bool>()).prop_map(|(has_key, has_scope)| Kind { has_key, has_scope })
}

/// Files of distinct names, each with a row or more; equal rows may repeat.
fn sheets(kind: Kind, most_wrong: usize) -> impl Strategy<Value = Vec<Sheet>> {
    let row = (0..2_u8, 0..3_u8, 0..3_u8).prop_map(|(area, id, number)| Row { area, id, number });
    let rows = proptest::collection::vec(row, 1..9);
    let wrong = proptest::collection::vec(any::<Index>(), 0..=most_wrong);
    let sheet = (1..4_u8, prop::char::range('a', 'c'), rows, wrong);
    let sheet = sheet.prop_map(move |(day, letter, rows, wrong)| {
        let mut first: BTreeMap<Row, Row> = BTreeMap::new();
        for row in &rows {
            first.entry(kind.key(*row)).or_insert(*row);
        }
        let rows = rows.iter().map(|row| {
            if kind.has_key {
                first[&kind.key(*row)]
            } else {
                *row
            }
        });
        Sheet {
            day,
            letter,
            rows: rows.collect(),
            wrong,
        }
    });
    proptest::collection::vec(sheet, 1..6).prop_map(|sheets| {
        let by_name: BTreeMap<String, Sheet> = sheets.into_iter().map(|s| (s.name(), s)).collect();
        by_name.into_values().collect()
    })
}

/// A source, its files, and an order in which each arrives at least once.
fn arrivals() -> impl Strategy<Value = (Kind, Vec<Sheet>, Vec<usize>)> {
    let again = proptest::collection::vec(any::<Index>(), 0..3);
    (kinds(), again)
        .prop_flat_map(|(kind, again)| (Just(kind), sheets(kind, 0), Just(again)))
        .prop_flat_map(|(kind, sheets, again)| {
            let count = sheets.len();
            let again = again.into_iter().map(|index| index.index(count));
            let order: Vec<usize> = (0..count).chain(again).collect();
            (Just(kind), Just(sheets), Just(order).prop_shuffle())
        })
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn the_newest_snapshot_stands_in_whatever_order_they_arrive(
        (kind, sheets, order) in arrivals(),
    ) {
        let shelf = kind.shelf();
        let mut come: BTreeSet<usize> = BTreeSet::new();
        let mut known: BTreeMap<i64, State> = BTreeMap::new();
        for at in order {
            match shelf.take(&sheets[at].name(), &sheets[at].text()) {
                Outcome::Accepted(batch) => {
                    assert!(come.insert(at), "{} was accepted twice", sheets[at].name());
                    assert_eq!(batch.rows_rejected, 0);
                    let so_far = newest(kind, &come.iter().map(|at| &sheets[*at]));
                    known.insert(batch.batch_id, so_far);
                }
                Outcome::Known { .. } => assert!(come.contains(&at)),
                other => panic!("{other:?}"),
            }
        }
        prop_assert_eq!(held(&shelf, None), newest(kind, &sheets.iter()));
        for (batch, then) in known {
            prop_assert_eq!(held(&shelf, Some(batch)), then, "as known at batch {}", batch);
        }
    }
}

/// A file over what stood before it: a sound one replaces its parts, one with
/// rejected rows only adds and changes.
fn laid_over(kind: Kind, mut state: State, sheet: &Sheet) -> State {
    for scope in sheet.scopes(kind) {
        let said = sheet.said(kind, scope);
        if sheet.wrong.is_empty() {
            state.retain(|row, _| kind.scope(*row) != scope);
        } else if kind.has_key {
            let keys: BTreeSet<Row> = said.keys().map(|row| kind.key(*row)).collect();
            state.retain(|row, _| !keys.contains(&kind.key(*row)));
        }
        for (row, count) in said {
            let stands = state.entry(row).or_default();
            *stands = count.max(*stands);
        }
    }
    state
}

proptest! {
    #![proptest_config(cases(70))]

    #[test]
    fn a_snapshot_with_rejected_rows_ends_nothing(
        (kind, sheets) in kinds().prop_flat_map(|kind| (Just(kind), sheets(kind, 2))),
    ) {
        let shelf = kind.shelf();
        let mut state = State::new();
        for sheet in &sheets {
            let Outcome::Accepted(batch) = shelf.take(&sheet.name(), &sheet.text()) else {
                panic!("{} was not accepted", sheet.name());
            };
            assert_eq!(batch.rows_rejected, sheet.wrong.len() as u64);
            if !sheet.wrong.is_empty() {
                assert_eq!(batch.merged.ended, 0);
            }
            state = laid_over(kind, state, sheet);
            prop_assert_eq!(&held(&shelf, None), &state, "after {}", sheet.name());
        }
    }
}

/// A batch as the test keeps it.
struct Kept {
    batch_id: i64,
    /// None: it took another back, or was taken back.
    sheet: Option<usize>,
    /// Parts for which a newer file stood when it came.
    late: BTreeSet<u8>,
}

fn keep(kind: Kind, sheets: &[Sheet], at: usize, batch_id: i64, kept: &mut Vec<Kept>) {
    let newer: BTreeSet<u8> = kept
        .iter()
        .filter_map(|batch| Some(&sheets[batch.sheet?]))
        .filter(|other| other.when() > sheets[at].when())
        .flat_map(|other| other.scopes(kind))
        .collect();
    let own = sheets[at].scopes(kind);
    kept.push(Kept {
        batch_id,
        sheet: Some(at),
        late: own.intersection(&newer).copied().collect(),
    });
}

/// A file that came late to a part hides what it does not say from whatever
/// came there before it.
fn is_hidden(kind: Kind, sheets: &[Sheet], kept: &[Kept], at: usize) -> bool {
    let own = kept[at].sheet.map(|sheet| sheets[sheet].scopes(kind));
    kept[at + 1..]
        .iter()
        .filter(|later| later.sheet.is_some())
        .any(|later| own.iter().flatten().any(|scope| later.late.contains(scope)))
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_snapshot_that_is_taken_back_leaves_the_newest_of_the_others(
        (kind, sheets) in kinds().prop_flat_map(|kind| (Just(kind), sheets(kind, 0))),
        steps in proptest::collection::vec((any::<bool>(), any::<Index>()), 2..16),
    ) {
        let shelf = kind.shelf();
        let mut kept: Vec<Kept> = Vec::new();
        let mut known: BTreeMap<i64, State> = BTreeMap::new();
        for (arrives, which) in steps {
            let at = which.index(sheets.len());
            if arrives {
                match shelf.take_by_name(&sheets[at].name(), &sheets[at].text()) {
                    Outcome::Accepted(batch) => {
                        keep(kind, &sheets, at, batch.batch_id, &mut kept);
                    }
                    Outcome::Known { state, .. } => assert_eq!(state, "accepted"),
                    other => panic!("{other:?}"),
                }
            } else if !kept.is_empty() {
                let at = which.index(kept.len());
                let outcome = shelf.revert(kept[at].batch_id);
                if kept[at].sheet.is_none() {
                    assert!(outcome.is_err());
                } else if is_hidden(kind, &sheets, &kept, at) {
                    let told = outcome.unwrap_err().to_string();
                    assert!(told.contains("came late"), "{told}");
                } else {
                    let batch_id = outcome.unwrap().batch_id;
                    kept[at].sheet = None;
                    kept.push(Kept { batch_id, sheet: None, late: BTreeSet::new() });
                }
            }
            if let Some(last) = kept.last() {
                let files = kept.iter().filter_map(|batch| Some(&sheets[batch.sheet?]));
                let wanted = newest(kind, &files);
                prop_assert_eq!(&held(&shelf, None), &wanted);
                known.insert(last.batch_id, wanted);
            }
        }
        for (batch, then) in known {
            prop_assert_eq!(held(&shelf, Some(batch)), then, "as known at batch {}", batch);
        }
    }
}
