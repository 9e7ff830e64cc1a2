//! Whether the rows are as many as the sender counted, and sum to what the
//! sender summed.

use anyhow::Result;
use duckdb::Connection;
use rust_decimal::Decimal;

use super::stage::Reading;
use crate::ingest::arrive::Arrival;
use crate::ingest::contract::Kind;
use crate::store::bind;

/// Why the rows are not what the manifest counts and sums.
pub fn check(
    tx: &Connection,
    arrival: &Arrival<'_>,
    reading: &Reading<'_>,
    rows_read: u64,
) -> Result<Option<String>> {
    let Some(manifest) = &arrival.manifest else {
        return Ok(None);
    };
    if let Some(claimed) = manifest.rows.filter(|claimed| *claimed != rows_read) {
        return Ok(Some(format!(
            "its manifest says {claimed} rows, the file has {rows_read}"
        )));
    }
    for (name, claimed) in &manifest.totals {
        let Some(column) = arrival.contract.column(name) else {
            let reason = "its manifest sums a column that its contract does not have";
            return Ok(Some(reason.to_owned()));
        };
        if !matches!(column.kind, Kind::Integer | Kind::Decimal) {
            let told = "its manifest sums something that is no number of its contract";
            return Ok(Some(told.to_owned()));
        }
        let found = total(tx, reading, name)?;
        if found != *claimed {
            return Ok(Some(format!(
                "its manifest says {name} sums to {claimed}, the rows sum to {found}"
            )));
        }
    }
    Ok(None)
}

fn total(tx: &Connection, reading: &Reading<'_>, name: &str) -> Result<Decimal> {
    let typed = reading.typed(None);
    let sql = format!(
        "with {typed} select cast(coalesce(sum(\"{name}\"), 0) as decimal(38, 6)) from typed"
    );
    let sum: Decimal = bind::query_one(tx, &sql, &[], |row| row.get(0))?;
    Ok(sum.normalize())
}
