//! Where a cell lies among the finest counts.

/// Months from and until, areas and groups, all by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Extent {
    pub(super) months: (usize, usize),
    pub(super) areas: Vec<usize>,
    pub(super) groups: Vec<usize>,
}

impl Extent {
    pub(super) fn is_within(&self, whole: &Self) -> bool {
        let within = |part: &[usize], whole: &[usize]| {
            part.len() <= whole.len()
                && part
                    .iter()
                    .all(|number| whole.binary_search(number).is_ok())
        };
        whole.months.0 <= self.months.0
            && self.months.1 <= whole.months.1
            && within(&self.areas, &whole.areas)
            && within(&self.groups, &whole.groups)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        let meet = |one: &[usize], other: &[usize]| {
            one.iter().any(|number| other.binary_search(number).is_ok())
        };
        self.months.0 < other.months.1
            && other.months.0 < self.months.1
            && meet(&self.areas, &other.areas)
            && meet(&self.groups, &other.groups)
    }

    /// Whether all but one of months, area and group are the same.
    pub(super) fn differs_in_one(&self, other: &Self) -> bool {
        let equal = [
            self.months == other.months,
            self.areas == other.areas,
            self.groups == other.groups,
        ];
        equal.into_iter().filter(|&is_equal| is_equal).count() == 2
    }
}
