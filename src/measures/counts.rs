//! The counts behind a set's months, for those who publish them.

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;

use super::measure_value::State;
use super::results;
use crate::store::bind;

/// What was counted in one month.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub period: NaiveDate,
    pub area: String,
    pub group: String,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub state: State,
}

/// The months of one reading of a set, by month, area and group.
pub fn monthly(connection: &Connection, set_id: i64, basis: &str) -> Result<Vec<Counted>> {
    let rows = bind::query(
        connection,
        "select period, area, \"group\", numerator, denominator, state \
         from ledger.measure_values \
         where set_id = $set_id and basis = $basis and span = 'month' \
         order by period, area, \"group\"",
        &[("set_id", &set_id), ("basis", &basis)],
        |row| {
            let counted = Counted {
                period: row.get(0)?,
                area: row.get(1)?,
                group: row.get(2)?,
                numerator: row.get(3)?,
                denominator: row.get(4)?,
                state: State::Empty,
            };
            Ok((counted, row.get::<_, String>(5)?))
        },
    )?;
    rows.into_iter()
        .map(|(counted, state)| {
            let state = results::state(&state)?;
            Ok(Counted { state, ..counted })
        })
        .collect()
}
