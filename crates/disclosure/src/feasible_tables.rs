//! Other counts that agree with all that is published. A hidden count is safe
//! when such worlds are at hand in which it differs: nobody can tell them from
//! the truth. They are found by a bounded simplex walk over whole numbers, so
//! each one found is a proof; a walk that finds none proves nothing, and its
//! cell is taken for unsafe.

use super::tableau::{Place, Sum, Tableau};

/// As good as no limit.
pub(super) const ENDLESS: i64 = i64::MAX / 4;

/// Exchanges after which a walk gives up.
const PATIENCE: usize = 200;

/// What an attacker holds to be possible for each variable.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<i64>,
}

/// How one world differs from the truth: variables in order, by how much.
#[derive(Debug, Clone, Default)]
pub(super) struct World(Vec<(usize, i64)>);

/// The true counts, and which of them are published.
#[derive(Debug, Clone)]
pub(super) struct Worlds {
    tableau: Tableau,
    truth: Vec<i64>,
    is_fixed: Vec<bool>,
}

enum Next {
    Shift { column: usize, by: i64 },
    Exchange { row: usize, column: usize },
    Stuck,
}

enum Step {
    Free(i64),
    Blocked(usize),
    AtLimit,
}

impl World {
    /// How far a variable lies from its true count.
    pub(super) fn at(&self, variable: usize) -> i64 {
        self.0
            .binary_search_by_key(&variable, |&(own, _)| own)
            .map_or(0, |place| self.0[place].1)
    }
}

impl Worlds {
    /// Counts of the atoms, the sums over them that matter, and sums that are
    /// known to be nothing.
    pub(super) fn new(counts: &[i64], sums: &[Sum], nothing: &[Sum]) -> Self {
        let sums = [sums, nothing].concat();
        let mut truth = counts.to_vec();
        let added = |atoms: &[usize]| atoms.iter().map(|&atom| counts[atom]).sum::<i64>();
        truth.extend(sums.iter().map(|sum| added(&sum.of) - added(&sum.less)));
        let mut worlds = Self {
            tableau: Tableau::new(counts.len(), &sums),
            is_fixed: vec![false; truth.len()],
            truth,
        };
        let known = worlds.variables() - nothing.len()..worlds.variables();
        known.for_each(|variable| worlds.fix(variable));
        worlds
    }

    pub(super) fn truth(&self, variable: usize) -> i64 {
        self.truth[variable]
    }

    pub(super) fn variables(&self) -> usize {
        self.truth.len()
    }

    /// Whether a number grew too large for anything to be told from here on.
    pub(super) fn is_spent(&self) -> bool {
        self.tableau.is_spent()
    }

    /// Publishes a variable's count.
    pub(super) fn fix(&mut self, variable: usize) {
        self.is_fixed[variable] = true;
        let Place::Row(row) = self.tableau.place(variable) else {
            return;
        };
        let evenly = |entry: i64| entry.abs() == self.tableau.scale();
        let free = (0..self.tableau.columns().len())
            .filter(|&column| self.may_move(row, column))
            .max_by_key(|&column| (evenly(self.tableau.entry(row, column)), self.held(column)));
        if let Some(column) = free {
            self.tableau.pivot(row, column);
        }
    }

    /// Takes a variable's count back.
    pub(super) fn unfix(&mut self, variable: usize) {
        self.is_fixed[variable] = false;
        let Place::Column(column) = self.tableau.place(variable) else {
            return;
        };
        let bound = (0..self.tableau.rows().len()).find(|&row| {
            self.is_fixed[self.tableau.rows()[row]] && self.tableau.entry(row, column) != 0
        });
        if let Some(row) = bound {
            self.tableau.pivot(row, column);
        }
    }

    /// Published counts whose multiples, over the last number, add up to this
    /// variable. None when they do not settle it.
    pub(super) fn terms(&self, variable: usize) -> Option<(Vec<(usize, i64)>, i64)> {
        let (columns, scale) = (self.tableau.columns(), self.tableau.scale());
        match self.tableau.place(variable) {
            _ if self.tableau.is_spent() => None,
            Place::Column(_) => self.is_fixed[variable].then(|| (vec![(variable, 1)], 1)),
            Place::Row(row) => (0..columns.len())
                .filter(|&column| self.tableau.entry(row, column) != 0)
                .map(|column| {
                    let entry = self.tableau.entry(row, column);
                    self.is_fixed[columns[column]].then_some((columns[column], entry))
                })
                .collect::<Option<_>>()
                .map(|terms| (terms, scale)),
        }
    }

    /// The world furthest from the truth that a walk finds for a variable, in
    /// the direction of `sign`; far enough at `need`.
    pub(super) fn furthest(
        &mut self,
        limits: &Limits,
        variable: usize,
        sign: i64,
        need: i64,
    ) -> World {
        let mut point = self.truth.clone();
        let mut exchanges = 0;
        while !self.tableau.is_spent() && exchanges < PATIENCE {
            let lacking = need - (point[variable] - self.truth[variable]) * sign;
            if lacking <= 0 {
                break;
            }
            match self.next(&point, limits, variable, (sign, lacking)) {
                Next::Shift { column, by } => self.shift(&mut point, column, by),
                Next::Exchange { row, column } => {
                    self.tableau.pivot(row, column);
                    exchanges += 1;
                }
                Next::Stuck => break,
            }
        }
        self.world(&point)
    }

    fn world(&self, point: &[i64]) -> World {
        if self.tableau.is_spent() {
            return World::default();
        }
        let differences = point
            .iter()
            .zip(&self.truth)
            .map(|(own, truth)| own - truth);
        World(differences.enumerate().filter(|d| d.1 != 0).collect())
    }

    /// The first column that can carry the variable on; if none can at once,
    /// the exchange that Bland's rule names.
    fn next(
        &self,
        point: &[i64],
        limits: &Limits,
        variable: usize,
        (sign, lacking): (i64, i64),
    ) -> Next {
        if self.room(point, limits, variable, sign) == 0 {
            return Next::Stuck;
        }
        let scale = self.tableau.scale();
        let mut exchange: Option<(usize, usize)> = None;
        for (column, slope) in self.slopes(variable, sign) {
            let grain = self.grain(column);
            match self.step(point, limits, (column, slope.signum()), grain) {
                Step::Free(most) => {
                    let wanted = ceiling(ceiling(lacking * scale, slope.abs()), grain);
                    let by = most.min(wanted * grain) * slope.signum();
                    return Next::Shift { column, by };
                }
                Step::Blocked(row) => {
                    let columns = self.tableau.columns();
                    if exchange.is_none_or(|(_, held)| columns[column] < columns[held]) {
                        exchange = Some((row, column));
                    }
                }
                Step::AtLimit => {}
            }
        }
        exchange.map_or(Next::Stuck, |(row, column)| Next::Exchange { row, column })
    }

    /// Columns that move the variable, with how fast.
    fn slopes(&self, variable: usize, sign: i64) -> Vec<(usize, i64)> {
        match self.tableau.place(variable) {
            Place::Column(column) => vec![(column, sign * self.tableau.scale())],
            Place::Row(row) => (0..self.tableau.columns().len())
                .filter(|&column| self.may_move(row, column))
                .map(|column| (column, sign * self.tableau.entry(row, column)))
                .collect(),
        }
    }

    /// How far a column can go, in whole grains, before it or a row reaches a
    /// limit.
    fn step(
        &self,
        point: &[i64],
        limits: &Limits,
        (column, sign): (usize, i64),
        grain: i64,
    ) -> Step {
        let own = self.room(point, limits, self.tableau.columns()[column], sign);
        let mut most = own / grain * grain;
        if most == 0 {
            return Step::AtLimit;
        }
        let mut blocked: Option<usize> = None;
        for (row, &variable) in self.tableau.rows().iter().enumerate() {
            let entry = self.tableau.entry(row, column) * sign;
            if entry == 0 {
                continue;
            }
            let room = self.room(point, limits, variable, entry.signum());
            let able = room.saturating_mul(self.tableau.scale()) / entry.abs() / grain * grain;
            if able == 0 && blocked.is_none_or(|held| variable < self.tableau.rows()[held]) {
                blocked = Some(row);
            }
            most = most.min(able);
        }
        blocked.map_or(Step::Free(most), Step::Blocked)
    }

    /// The least change of a column that leaves every row a whole number.
    fn grain(&self, column: usize) -> i64 {
        let scale = self.tableau.scale();
        if scale == 1 {
            return 1;
        }
        (0..self.tableau.rows().len())
            .map(|row| self.tableau.entry(row, column))
            .fold(1, |grain, entry| {
                let own = scale / divisor(scale, entry.abs());
                grain / divisor(grain, own) * own
            })
    }

    fn shift(&self, point: &mut [i64], column: usize, by: i64) {
        for (row, &variable) in self.tableau.rows().iter().enumerate() {
            point[variable] += self.tableau.entry(row, column) * by / self.tableau.scale();
        }
        point[self.tableau.columns()[column]] += by;
    }

    fn room(&self, point: &[i64], limits: &Limits, variable: usize, sign: i64) -> i64 {
        if self.is_fixed[variable] {
            0
        } else if sign > 0 {
            limits.high[variable] - point[variable]
        } else {
            point[variable] - limits.low[variable]
        }
    }

    fn may_move(&self, row: usize, column: usize) -> bool {
        !self.is_fixed[self.tableau.columns()[column]] && self.tableau.entry(row, column) != 0
    }

    fn held(&self, column: usize) -> i64 {
        self.truth[self.tableau.columns()[column]]
    }
}

/// The greatest common divisor; of nothing, the first number.
fn divisor(first: i64, second: i64) -> i64 {
    if second == 0 {
        first
    } else {
        divisor(second, first % second)
    }
}

fn ceiling(number: i64, by: i64) -> i64 {
    (number + by - 1) / by
}
