//! What earlier releases have told already.

use std::collections::BTreeSet;

use super::cell_bounds::Extent;
use super::release::{Release, Released};
use super::table::Table;

/// One figure of an earlier release, placed among the counts of today.
pub(super) struct Past<'a> {
    pub(super) release: usize,
    name: &'a str,
    released: &'a Released,
    pub(super) extent: Extent,
}

/// Figures of the same subject that lie within the counts of today. Where one
/// shares months with the table but reaches beyond the counts, or names an area
/// or group that they do not, that is told, since nothing could be proved.
pub(super) fn related<'a>(
    table: &Table,
    earlier: &'a [Release],
) -> Result<Vec<Past<'a>>, Vec<String>> {
    let mut related = Vec::new();
    let mut faults = BTreeSet::new();
    for (number, release) in earlier.iter().enumerate() {
        if release.subject != table.subject {
            continue;
        }
        for released in &release.cells {
            let months = released.cell.months;
            let matters = table.cells.iter().any(|cell| cell.months.overlaps(months));
            match table.extent(&released.cell) {
                Ok(extent) => related.push(Past {
                    release: number,
                    name: &release.name,
                    released,
                    extent,
                }),
                Err(fault) if matters => {
                    faults.insert(format!("{}: {fault}", release.name));
                }
                Err(_) => {}
            }
        }
    }
    if faults.is_empty() {
        Ok(related)
    } else {
        Err(faults.into_iter().collect())
    }
}

impl Past<'_> {
    pub(super) fn is_shown(&self) -> bool {
        self.released.exact.is_some()
    }

    /// The count as it was, if it was shown.
    pub(super) fn exact(&self) -> Option<i64> {
        self.released
            .exact
            .and_then(|count| i64::try_from(count).ok())
    }

    /// The cell with the release it is from.
    pub(super) fn name(&self) -> String {
        format!("{} ({})", self.released.cell, self.name)
    }
}
