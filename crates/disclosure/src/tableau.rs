//! Sums written in terms of one another, by exact integer pivoting (Edmonds):
//! every entry is a whole number over one common denominator.

/// Where a variable stands: a row says what it is in terms of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Row(usize),
    Column(usize),
}

/// Variables added up, and others taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sum {
    pub(super) of: Vec<usize>,
    pub(super) less: Vec<usize>,
}

/// Each row's variable is the sum over columns of entry times the column's
/// variable, over `scale`.
#[derive(Debug, Clone)]
pub(super) struct Tableau {
    places: Vec<Place>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    entries: Vec<i64>,
    scale: i64,
    is_spent: bool,
}

impl Sum {
    pub(super) fn of(variables: impl Into<Vec<usize>>) -> Self {
        Self {
            of: variables.into(),
            less: Vec::new(),
        }
    }
}

impl Tableau {
    /// `atoms` variables that stand on their own, then one for each sum of them,
    /// less others.
    pub(super) fn new(atoms: usize, sums: &[Sum]) -> Self {
        let mut entries = vec![0; atoms * sums.len()];
        for (row, sum) in sums.iter().enumerate() {
            let signed = sum.of.iter().map(|atom| (atom, 1));
            for (atom, sign) in signed.chain(sum.less.iter().map(|atom| (atom, -1))) {
                entries[row * atoms + atom] += sign;
            }
        }
        let places = (0..atoms).map(Place::Column);
        Self {
            places: places.chain((0..sums.len()).map(Place::Row)).collect(),
            rows: (atoms..atoms + sums.len()).collect(),
            columns: (0..atoms).collect(),
            entries,
            scale: 1,
            is_spent: false,
        }
    }

    pub(super) fn place(&self, variable: usize) -> Place {
        self.places[variable]
    }

    /// The variables of the rows.
    pub(super) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The variables of the columns.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }

    pub(super) fn row(&self, row: usize) -> &[i64] {
        let width = self.columns.len();
        &self.entries[row * width..(row + 1) * width]
    }

    pub(super) fn entry(&self, row: usize, column: usize) -> i64 {
        self.entries[row * self.columns.len() + column]
    }

    /// The common denominator, above zero.
    pub(super) fn scale(&self) -> i64 {
        self.scale
    }

    /// Whether a number grew too large to be kept. Nothing that is read from
    /// the tableau holds then.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// Exchanges the variables of a row and a column whose entry is not zero.
    pub(super) fn pivot(&mut self, row: usize, column: usize) {
        let pivot = self.entry(row, column);
        let exchanged = if pivot.abs() == self.scale {
            self.exchange_evenly(row, column, pivot.signum())
        } else {
            self.exchange(row, column, pivot)
        };
        self.is_spent |= exchanged.is_none();
        let (leaving, entering) = (self.rows[row], self.columns[column]);
        self.rows[row] = entering;
        self.columns[column] = leaving;
        self.places[entering] = Place::Row(row);
        self.places[leaving] = Place::Column(column);
    }

    /// The denominator stays, and only rows that hold the column change.
    fn exchange_evenly(&mut self, row: usize, column: usize, sign: i64) -> Option<()> {
        let width = self.columns.len();
        let scale = self.scale;
        let held: Vec<(usize, i64)> = (0..width)
            .filter(|&k| k != column)
            .map(|k| (k, self.entry(row, k)))
            .filter(|&(_, entry)| entry != 0)
            .collect();
        for other in (0..self.rows.len()).filter(|&other| other != row) {
            let factor = self.entry(other, column) * sign;
            if factor == 0 {
                continue;
            }
            let start = other * width;
            for &(k, entry) in &held {
                let change = i128::from(factor) * i128::from(entry) / i128::from(scale);
                let changed = i128::from(self.entries[start + k]) - change;
                self.entries[start + k] = i64::try_from(changed).ok()?;
            }
            self.entries[start + column] = factor;
        }
        for (k, entry) in held {
            self.entries[row * width + k] = -entry * sign;
        }
        self.entries[row * width + column] = scale * sign;
        Some(())
    }

    /// The pivot becomes the denominator.
    fn exchange(&mut self, row: usize, column: usize, pivot: i64) -> Option<()> {
        let width = self.columns.len();
        let (sign, scale) = (pivot.signum(), self.scale);
        let own = self.row(row).to_vec();
        for other in (0..self.rows.len()).filter(|&other| other != row) {
            let start = other * width;
            let factor = self.entries[start + column];
            for (k, &entry) in own.iter().enumerate().filter(|&(k, _)| k != column) {
                let changed = i128::from(self.entries[start + k]) * i128::from(pivot)
                    - i128::from(factor) * i128::from(entry);
                let changed = changed / i128::from(scale) * i128::from(sign);
                self.entries[start + k] = i64::try_from(changed).ok()?;
            }
            self.entries[start + column] = factor * sign;
        }
        for (k, entry) in own.into_iter().enumerate() {
            self.entries[row * width + k] = -entry * sign;
        }
        self.entries[row * width + column] = scale * sign;
        self.scale = pivot.abs();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    proptest! {
        #[test]
        fn rows_stay_what_their_sums_are_through_every_exchange(
            sums in vec(vec(any::<bool>(), 8), 1..13),
            counts in vec(0..50_i64, 8),
            exchanges in vec((any::<Index>(), any::<Index>()), 0..12),
        ) {
            let sums: Vec<Sum> = sums
                .chunks(2)
                .map(|pair| {
                    let held = |held: &Vec<bool>| (0..8).filter(|&atom| held[atom]).collect();
                    Sum { of: held(&pair[0]), less: pair.get(1).map(held).unwrap_or_default() }
                })
                .collect();
            let mut values = counts.clone();
            let added = |atoms: &[usize]| atoms.iter().map(|&atom| counts[atom]).sum::<i64>();
            values.extend(sums.iter().map(|sum| added(&sum.of) - added(&sum.less)));
            let mut tableau = Tableau::new(8, &sums);
            for (row, column) in exchanges {
                let (row, column) = (row.index(sums.len()), column.index(8));
                if tableau.entry(row, column) != 0 {
                    tableau.pivot(row, column);
                }
            }
            prop_assert!(!tableau.is_spent() && tableau.scale() > 0);
            for (row, &variable) in tableau.rows().iter().enumerate() {
                let terms = tableau.columns().iter().zip(tableau.row(row));
                let sum: i64 = terms.map(|(&column, entry)| values[column] * entry).sum();
                prop_assert_eq!(sum, values[variable] * tableau.scale());
                prop_assert_eq!(tableau.place(variable), Place::Row(row));
            }
        }
    }

    #[test]
    fn three_sums_of_two_give_a_denominator_of_two() {
        let mut tableau = Tableau::new(3, &[[0, 1], [1, 2], [0, 2]].map(Sum::of));
        for exchange in 0..3 {
            tableau.pivot(exchange, exchange);
        }
        assert_eq!(tableau.scale(), 2);
        assert_eq!(tableau.row(0), [1, -1, 1]);
    }
}
