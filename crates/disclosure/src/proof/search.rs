//! An attacker who tries every table that agrees with what is published.

use super::attack::{View, row};

impl View {
    /// Whether some table agrees with all that is known and gives `holds` this
    /// sum. None if that took too many tries to tell. `near` is where to begin;
    /// every table is tried in the end.
    pub(super) fn allows(&self, holds: &[usize], sum: i64, near: &[i64]) -> Option<bool> {
        let known = self.cells.iter().map(|seen| {
            let (low, high) = seen.count.map_or(seen.range, |count| (count, count));
            (seen.holds.clone(), low, high)
        });
        let mut search = Search {
            sums: known.chain([(holds.to_vec(), sum, sum)]).collect(),
            near,
            tries: 0,
        };
        let found = search.fill(vec![(0, i64::from(u16::MAX)); self.atoms]);
        (found || search.tries < MOST_TRIES).then_some(found)
    }

    /// How far apart the values lie that tables agreeing with all that is known
    /// give to `holds`, up to `enough`. None if it cannot be told.
    pub(super) fn spread(&self, holds: &[usize], truth: &[i64], enough: i64) -> Option<i64> {
        let count: i64 = holds.iter().map(|&atom| truth[atom]).sum();
        let (mut low, mut high, mut is_told) = (count, count, true);
        for away in 1..=30 {
            for value in [count + away, count - away] {
                if value < 0 || high - low >= enough {
                    continue;
                }
                match self.allows(holds, value, truth) {
                    Some(true) => (low, high) = (low.min(value), high.max(value)),
                    Some(false) => {}
                    None => is_told = false,
                }
            }
        }
        (is_told || high - low >= enough).then_some(high - low)
    }
}

/// Tries values atom by atom, the most nearly settled first, and turns back
/// where a cell cannot be met.
struct Search<'a> {
    /// What each cell holds, and between what it lies.
    sums: Vec<(Vec<usize>, i64, i64)>,
    near: &'a [i64],
    tries: usize,
}

const MOST_TRIES: usize = 20_000;

impl Search<'_> {
    fn fill(&mut self, mut ranges: Vec<(i64, i64)>) -> bool {
        self.tries += 1;
        if self.tries >= MOST_TRIES || !self.narrow(&mut ranges) {
            return false;
        }
        let open = (0..ranges.len()).filter(|&atom| ranges[atom].0 < ranges[atom].1);
        let Some(atom) = open.min_by_key(|&atom| ranges[atom].1 - ranges[atom].0) else {
            return true;
        };
        let mut values: Vec<i64> = (ranges[atom].0..=ranges[atom].1).collect();
        values.sort_by_key(|value| (value - self.near[atom]).abs());
        values.into_iter().any(|value| {
            let mut ranges = ranges.clone();
            ranges[atom] = (value, value);
            self.fill(ranges)
        })
    }

    /// Narrows what each atom may be by every cell that holds it, until nothing
    /// changes. False when a cell cannot be met.
    fn narrow(&self, ranges: &mut [(i64, i64)]) -> bool {
        let mut has_changed = true;
        while has_changed {
            has_changed = false;
            for (holds, low, high) in &self.sums {
                let least: i64 = holds.iter().map(|&atom| ranges[atom].0).sum();
                let most: i64 = holds.iter().map(|&atom| ranges[atom].1).sum();
                if least > *high || most < *low {
                    return false;
                }
                for &atom in holds {
                    let (own_low, own_high) = ranges[atom];
                    let narrowed = (
                        own_low.max(low - (most - own_high)),
                        own_high.min(high - (least - own_low)),
                    );
                    has_changed |= narrowed != ranges[atom];
                    ranges[atom] = narrowed;
                }
            }
        }
        true
    }
}

#[test]
fn the_trying_attacker_knows_two_small_counts_that_sum_to_2_or_18() {
    for (sum, value) in [(2, 1), (18, 9)] {
        let view = row(&[Some(40 - sum), None, None]);
        let allowed: Vec<i64> = (0..20)
            .filter(|&count| view.allows(&[1], count, &[0; 3]).unwrap())
            .collect();
        assert_eq!(allowed, [value]);
        assert_eq!(view.spread(&[1], &[40 - sum, value, value], 4), Some(0));
    }
}
