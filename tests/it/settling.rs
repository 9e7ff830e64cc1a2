//! Deltas settle by the moment they speak of: whatever the order in which
//! files arrive, however often, and whichever are taken back, what stands is
//! what a plain fold over the files says, and the past stays as it was known.

use std::collections::{BTreeMap, BTreeSet};

use daybook::ingest::Outcome;
use daybook::ingest::history::batch::Batch;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use crate::support::shelf::Shelf;

const CONTRACT: &str = r#"
title = "Deeds"
mode = "delta"
files = ["deeds_{date}_*.csv"]
key = ["id"]
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "word", type = "text" },
    { name = "number", type = "integer" },
]
"#;

/// As many cases as a test asks for, the same ones every time.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 150,
        rng_seed: RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    }
}

/// A file: the day it speaks of, the letter that orders files of one day, and
/// its rows.
#[derive(Debug, Clone)]
struct Sheet {
    day: u8,
    letter: char,
    has_op: bool,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    id: u8,
    word: &'static str,
    /// `x` is no number and rejects the row.
    number: &'static str,
    op: &'static str,
}

/// What a file says of a key: word, number, and whether it is deleted.
type Said = (String, String, bool);
type State = BTreeMap<String, Said>;

impl Sheet {
    fn name(&self) -> String {
        format!("deeds_202611{:02}_{}.csv", self.day, self.letter)
    }

    fn text(&self) -> String {
        let mut text = String::from(if self.has_op {
            "id,word,number,op\n"
        } else {
            "id,word,number\n"
        });
        for row in &self.rows {
            text += &format!("K{},{},{}", row.id, row.word, row.number);
            text += &if self.has_op {
                format!(",{}\n", row.op)
            } else {
                "\n".to_owned()
            };
        }
        text
    }

    /// What it says of each key, without wrong rows and without keys of which
    /// it says two things.
    fn said(&self) -> State {
        let mut all: BTreeMap<String, BTreeSet<Said>> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.number != "x") {
            let is_deleted = self.has_op && row.op == "D";
            let said = (row.word.to_owned(), row.number.to_owned(), is_deleted);
            all.entry(format!("K{}", row.id)).or_default().insert(said);
        }
        all.into_iter()
            .filter(|(_, said)| said.len() == 1)
            .filter_map(|(id, said)| Some((id, said.into_iter().next()?)))
            .collect()
    }
}

/// For each key what the latest of the files says.
fn fold<'a>(sheets: impl IntoIterator<Item = &'a Sheet>) -> State {
    let mut sheets: Vec<&Sheet> = sheets.into_iter().collect();
    sheets.sort_by_key(|sheet| (sheet.day, sheet.letter));
    sheets.into_iter().flat_map(Sheet::said).collect()
}

/// What stands, or stood when a batch was the newest.
fn held(shelf: &Shelf, known_at: Option<i64>) -> State {
    let at = known_at.map_or("batch_to is null".to_owned(), |batch| {
        format!("batch_from <= {batch} and (batch_to is null or batch_to > {batch})")
    });
    let rows = shelf.query(&format!(
        "select id, word, number, is_deleted from history.deeds where {at}"
    ));
    let count = rows.len();
    let state: State = rows
        .into_iter()
        .map(|row| {
            let said = (row[1].clone(), row[2].clone(), row[3] == "true");
            (row[0].clone(), said)
        })
        .collect();
    assert_eq!(state.len(), count, "a key stands twice");
    state
}

fn sheets() -> impl Strategy<Value = Vec<Sheet>> {
    let row = (
        0..4_u8,
        prop_oneof![Just(""), Just("a"), Just("b")],
        prop_oneof![5 => Just("1"), 5 => Just("2"), 1 => Just(""), 1 => Just("x")],
        prop_oneof![Just("I"), Just("U"), Just("D"), Just("")],
    );
    let row = row.prop_map(|(id, word, number, op)| Row {
        id,
        word,
        number,
        op,
    });
    let rows = proptest::collection::vec(row, 0..7);
    let sheet = (1..4_u8, prop::char::range('a', 'c'), any::<bool>(), rows);
    let sheet = sheet.prop_map(|(day, letter, has_op, rows)| Sheet {
        day,
        letter,
        has_op,
        rows,
    });
    proptest::collection::vec(sheet, 1..6).prop_map(|sheets| {
        let by_name: BTreeMap<String, Sheet> = sheets.into_iter().map(|s| (s.name(), s)).collect();
        by_name.into_values().collect()
    })
}

/// Files, and an order in which each arrives at least once.
fn arrivals() -> impl Strategy<Value = (Vec<Sheet>, Vec<usize>)> {
    (sheets(), proptest::collection::vec(any::<Index>(), 0..3)).prop_flat_map(|(sheets, again)| {
        let count = sheets.len();
        let again = again.into_iter().map(move |index| index.index(count));
        let order: Vec<usize> = (0..count).chain(again).collect();
        (Just(sheets), Just(order).prop_shuffle())
    })
}

fn check_counts(sheet: &Sheet, batch: &Batch) {
    let rows = sheet.rows.len() as u64;
    assert_eq!(batch.rows_read, rows, "{sheet:?}");
    assert_eq!(
        batch.rows_accepted,
        sheet.said().len() as u64,
        "{sheet:?} {batch:?}"
    );
    let merged = batch.merged;
    assert_eq!(
        batch.rows_accepted,
        merged.new + merged.changed + merged.unchanged + merged.superseded + merged.ended,
        "{sheet:?} {batch:?}"
    );
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_order_and_any_repetition_of_deltas_gives_the_same_state((sheets, order) in arrivals()) {
        let shelf = Shelf::new(CONTRACT);
        let mut come: BTreeSet<usize> = BTreeSet::new();
        let mut known: BTreeMap<i64, State> = BTreeMap::new();
        for at in order {
            match shelf.take(&sheets[at].name(), &sheets[at].text()) {
                Outcome::Accepted(batch) => {
                    assert!(come.insert(at), "{} was accepted twice", sheets[at].name());
                    check_counts(&sheets[at], &batch);
                    let so_far = fold(come.iter().map(|at| &sheets[*at]));
                    known.insert(batch.batch_id, so_far);
                }
                Outcome::Known { .. } => assert!(come.contains(&at)),
                other => panic!("{other:?}"),
            }
        }
        prop_assert_eq!(held(&shelf, None), fold(&sheets));
        for (batch, then) in known {
            prop_assert_eq!(held(&shelf, Some(batch)), then, "as known at batch {}", batch);
        }
    }
}

/// One thing that happens to a source.
#[derive(Debug, Clone)]
enum Step {
    Lands(Index),
    IsNamed(Index),
    IsTakenBack(Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => any::<Index>().prop_map(Step::Lands),
        1 => any::<Index>().prop_map(Step::IsNamed),
        4 => any::<Index>().prop_map(Step::IsTakenBack),
    ];
    proptest::collection::vec(step, 2..14)
}

/// A batch as the test keeps it: its number, its file, whether it stands.
struct Kept {
    batch_id: i64,
    /// None: it took another back.
    sheet: Option<usize>,
    stands: bool,
}

fn standing<'a>(kept: &'a [Kept], sheets: &'a [Sheet]) -> impl Iterator<Item = &'a Sheet> {
    let files = kept.iter().filter(|batch| batch.stands);
    files.filter_map(|batch| Some(&sheets[batch.sheet?]))
}

fn arrive(shelf: &Shelf, sheets: &[Sheet], at: usize, is_named: bool, kept: &mut Vec<Kept>) {
    let (name, text) = (sheets[at].name(), sheets[at].text());
    let before = kept.iter().rev().find(|batch| batch.sheet == Some(at));
    let before = before.map(|batch| (batch.batch_id, batch.stands));
    let outcome = if is_named {
        shelf.take_by_name(&name, &text)
    } else {
        shelf.take(&name, &text)
    };
    match (outcome, before) {
        (Outcome::Accepted(batch), None) => keep(kept, batch.batch_id, at),
        (Outcome::Accepted(batch), Some((_, false))) if is_named => keep(kept, batch.batch_id, at),
        (Outcome::Known { batch_id, state }, Some((known, stands))) => {
            let wanted = if stands { "accepted" } else { "reverted" };
            assert_eq!((batch_id, state.as_str()), (known, wanted));
        }
        (other, before) => panic!("{name}: {other:?} after {before:?}"),
    }
}

fn keep(kept: &mut Vec<Kept>, batch_id: i64, sheet: usize) {
    kept.push(Kept {
        batch_id,
        sheet: Some(sheet),
        stands: true,
    });
}

fn take_back(shelf: &Shelf, which: Index, kept: &mut Vec<Kept>) {
    if kept.is_empty() {
        return;
    }
    let at = which.index(kept.len());
    let outcome = shelf.revert(kept[at].batch_id);
    if kept[at].sheet.is_some() && kept[at].stands {
        kept[at].stands = false;
        kept.push(Kept {
            batch_id: outcome.unwrap().batch_id,
            sheet: None,
            stands: true,
        });
        return;
    }
    let told = outcome.unwrap_err().to_string();
    let wanted = match kept[at].sheet {
        None => "took another back",
        Some(_) => "was taken back before",
    };
    assert!(told.contains(wanted), "{told}");
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn a_delta_that_is_taken_back_leaves_what_the_others_say(
        sheets in sheets(),
        steps in steps(),
    ) {
        let shelf = Shelf::new(CONTRACT);
        let mut kept: Vec<Kept> = Vec::new();
        let mut known: BTreeMap<i64, State> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Lands(which) => {
                    arrive(&shelf, &sheets, which.index(sheets.len()), false, &mut kept);
                }
                Step::IsNamed(which) => {
                    arrive(&shelf, &sheets, which.index(sheets.len()), true, &mut kept);
                }
                Step::IsTakenBack(which) => take_back(&shelf, which, &mut kept),
            }
            if let Some(newest) = kept.last() {
                let wanted = fold(standing(&kept, &sheets));
                prop_assert_eq!(&held(&shelf, None), &wanted);
                known.insert(newest.batch_id, wanted);
            }
        }
        for (batch, then) in known {
            prop_assert_eq!(held(&shelf, Some(batch)), then, "as known at batch {}", batch);
        }
    }
}
