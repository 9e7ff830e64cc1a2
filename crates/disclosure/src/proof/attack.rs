//! An attacker who solves the linear system of what is published, and who knows
//! nothing of how cells are hidden.

use std::collections::BTreeMap;

/// What is before an attacker: cells over some counts. Counts that no cell
/// tells apart are one.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) atoms: usize,
    pub(super) cells: Vec<Seen>,
}

/// A cell: what it holds, its count if shown, and what the attacker takes for
/// possible otherwise.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) holds: Vec<usize>,
    pub(super) count: Option<i64>,
    pub(super) range: (i64, i64),
}

/// Rows in echelon form, whole numbers only.
pub(super) struct Span(Vec<Vec<i64>>);

impl View {
    /// Cells over the finest counts there are, and those counts taken together
    /// where no cell tells them apart. What no cell holds is left out.
    pub(super) fn new(mut cells: Vec<Seen>, counts: &[i64]) -> (Self, Vec<i64>) {
        let mut within = vec![Vec::new(); counts.len()];
        for (number, seen) in cells.iter().enumerate() {
            seen.holds
                .iter()
                .for_each(|&atom| within[atom].push(number));
        }
        let mut classes: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
        for (cells, count) in within.into_iter().zip(counts) {
            *classes.entry(cells).or_insert(0) += count;
        }
        classes.remove(&Vec::new());
        for seen in &mut cells {
            seen.holds.clear();
        }
        for (class, holders) in classes.keys().enumerate() {
            for &cell in holders {
                cells[cell].holds.push(class);
            }
        }
        let view = Self {
            atoms: classes.len(),
            cells,
        };
        (view, classes.into_values().collect())
    }

    /// The part of it that some of the cells are.
    pub(super) fn only(&self, cells: std::ops::Range<usize>) -> Self {
        Self {
            atoms: self.atoms,
            cells: self.cells[cells].to_vec(),
        }
    }

    pub(super) fn hidden(&self) -> impl Iterator<Item = (usize, &Seen)> {
        self.cells
            .iter()
            .enumerate()
            .filter(|(_, seen)| seen.count.is_none())
    }

    pub(super) fn shown(&self) -> Vec<(&Seen, i64)> {
        self.cells
            .iter()
            .filter_map(|seen| Some((seen, seen.count?)))
            .collect()
    }

    /// The sums that follow from the shown cells. Nothing counts below zero, so
    /// whatever a cell of none holds is none, where `truth` has it so.
    pub(super) fn span(&self, truth: &[i64]) -> Span {
        let mut span = Span(Vec::new());
        for (seen, count) in self.shown() {
            span.add(&self.row(&seen.holds));
            for &class in seen
                .holds
                .iter()
                .filter(|&&class| count == 0 && truth[class] == 0)
            {
                span.add(&self.row(&[class]));
            }
        }
        span
    }

    /// The same with each count beside its row, and a place for a mark.
    pub(super) fn counted_span(&self) -> Span {
        let mut span = Span(Vec::new());
        for (seen, count) in self.shown() {
            span.add(&[self.row(&seen.holds), vec![count, 0]].concat());
            for &class in seen.holds.iter().filter(|_| count == 0) {
                span.add(&[self.row(&[class]), vec![0, 0]].concat());
            }
        }
        span
    }

    pub(super) fn row(&self, holds: &[usize]) -> Vec<i64> {
        let mut row = vec![0; self.atoms];
        for &atom in holds {
            row[atom] += 1;
        }
        row
    }
}

/// What one set holds beyond another that lies within it.
pub(super) fn beyond(whole: &[usize], part: &[usize]) -> Option<Vec<usize>> {
    let left: Vec<usize> = whole
        .iter()
        .filter(|atom| !part.contains(atom))
        .copied()
        .collect();
    (left.len() + part.len() == whole.len()).then_some(left)
}

impl Span {
    /// Whether a sum is a combination of those that are known.
    pub(super) fn holds(&self, row: &[i64]) -> bool {
        self.reduced(row).iter().all(|&entry| entry == 0)
    }

    /// By how much a count differs from what the known ones add up to. None if
    /// they do not tell. For a span with counts.
    pub(super) fn change(&self, row: &[i64], count: i64) -> Option<i64> {
        let left = self.reduced(&[row, &[count, 1]].concat());
        let (sums, [change, mark]) = left.split_last_chunk().unwrap();
        sums.iter().all(|&entry| entry == 0).then(|| change / mark)
    }

    fn add(&mut self, row: &[i64]) {
        let left = self.reduced(row);
        if left.iter().any(|&entry| entry != 0) {
            self.0.push(left);
        }
    }

    fn reduced(&self, row: &[i64]) -> Vec<i64> {
        let mut row = row.to_vec();
        for known in &self.0 {
            let lead = known.iter().position(|&entry| entry != 0).unwrap();
            if row[lead] != 0 {
                let (times, less) = (known[lead], row[lead]);
                for (entry, known) in row.iter_mut().zip(known) {
                    let change = less.checked_mul(*known).unwrap();
                    *entry = entry.checked_mul(times).unwrap() - change;
                }
                let common = row
                    .iter()
                    .fold(0, |common, entry| divisor(common, entry.abs()));
                for entry in &mut row {
                    *entry /= common.max(1);
                }
            }
        }
        row
    }
}

fn divisor(first: i64, second: i64) -> i64 {
    if second == 0 {
        first
    } else {
        divisor(second, first % second)
    }
}

/// A row of cells under a total of 40: `None` is hidden.
pub(super) fn row(counts: &[Option<i64>]) -> View {
    let parts = counts.iter().enumerate().map(|(atom, &count)| Seen {
        holds: vec![atom],
        count,
        range: (1, 9),
    });
    let total = Seen {
        holds: (0..counts.len()).collect(),
        count: Some(40),
        range: (1, 9),
    };
    View {
        atoms: counts.len(),
        cells: parts.chain([total]).collect(),
    }
}

#[test]
fn the_linear_attacker_finds_what_is_left_of_a_total() {
    let one = row(&[Some(20), None, Some(15)]);
    assert!(one.span(&[20, 5, 15]).holds(&[0, 1, 0]));
    let two = row(&[Some(20), None, None]);
    assert!(!two.span(&[20, 5, 15]).holds(&[0, 1, 0]));
    assert!(two.span(&[20, 5, 15]).holds(&[0, 1, 1]));
}

#[test]
fn the_linear_attacker_finds_by_how_much_a_count_was_revised() {
    let parts = row(&[Some(20), Some(5), Some(15)]).only(0..3);
    assert_eq!(parts.counted_span().change(&[1, 1, 1], 43), Some(3));
    assert_eq!(parts.only(0..2).counted_span().change(&[1, 1, 1], 43), None);
}
