//! Whether a file has about as many rows as its source's files have.

use anyhow::Result;
use duckdb::Connection;

use crate::ingest::contract::Contract;
use crate::store::bind;

/// Files that the median is taken of.
pub const FILES_COMPARED: usize = 28;
/// Fewer files than this say nothing about what is usual; the first is often
/// the whole past.
const FEWEST_COMPARED: usize = 7;

/// What is unusual about a number of rows, in words.
pub(crate) fn unusual(
    connection: &Connection,
    contract: &Contract,
    rows: u64,
) -> Result<Option<String>> {
    let volume = &contract.volume;
    if let Some(least) = volume.least.filter(|least| rows < *least) {
        return Ok(Some(format!("{rows} rows, expected at least {least}")));
    }
    if let Some(most) = volume.most.filter(|most| rows > *most) {
        return Ok(Some(format!("{rows} rows, expected at most {most}")));
    }
    let Some((low, high)) = volume.median_share else {
        return Ok(None);
    };
    let (files, median) = usual(connection, &contract.name)?;
    if files < FEWEST_COMPARED {
        return Ok(None);
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts are below 2^52")]
    let share = rows as f64 / median.max(1.0);
    Ok((share < low || share > high).then(|| {
        format!(
            "{rows} rows, {share:.2} times the median of {median} of the last {files} files; \
             expected {low} to {high} times"
        )
    }))
}

/// How many of the last files are compared, and the median of their rows.
pub fn usual(connection: &Connection, source: &str) -> Result<(usize, f64)> {
    bind::query_one(
        connection,
        &format!(
            "select count(*), coalesce(median(rows_read), 0)::double from ( \
                 select rows_read from ledger.standing_files where source = $source \
                 order by as_at desc, batch_id desc limit {FILES_COMPARED})"
        ),
        &[("source", &source)],
        |row| Ok((row.get::<_, u64>(0)?, row.get(1)?)),
    )
    .map(|(files, median)| (usize::try_from(files).unwrap_or(FILES_COMPARED), median))
}
