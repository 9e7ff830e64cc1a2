//! The walk from the national basket to the Met's published total, as a table.

use crate::harm::index::bridge::Bridge;
use crate::report::format;
use crate::report::sentence::bridge as say;
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct BridgeSection {
    pub heading: String,
    /// Absent when there is nothing to walk over.
    pub table: Option<Table>,
    pub end: Option<String>,
}

impl BridgeSection {
    pub fn new(bridge: &Bridge) -> Self {
        let is_there = bridge.missing.is_none();
        Self {
            heading: say::heading(bridge),
            table: is_there.then(|| table(bridge)),
            end: is_there.then(|| say::end(bridge)),
        }
    }
}

fn table(bridge: &Bridge) -> Table {
    let columns = vec![
        Column::words("What"),
        Column::words("Step"),
        Column::words("Codes").on_wide(),
        Column::figure("Offences"),
        Column::figure("So far"),
    ];
    let caption = "From the NPCC basket to what the Met publishes";
    let mut table = Table::new(caption, columns);
    for line in &bridge.lines {
        let count = |offences: i64| Cell::new(format::count(offences.unsigned_abs()));
        table.push(vec![
            Cell::new(line.what.as_str()),
            Cell::new(say::step(line.step)),
            Cell::new(say::codes(line)),
            line.offences.map_or_else(|| Cell::new("[x]"), count),
            count(line.so_far),
        ]);
    }
    table
}
