//! Whether what was written out is what the ledger keeps: texts by their own
//! hash, pages of reports on disk.

use std::path::Path;

use anyhow::Result;
use duckdb::Connection;

use super::{Finding, What};
use crate::store::bind;
use crate::store::schema::hex_sha256;

pub(super) fn check(connection: &Connection) -> Result<Vec<Finding>> {
    let pages: Vec<(String, String)> = bind::query(
        connection,
        "select path, arg_max(sha256, report_id) from ledger.reports group by path order by path",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    // A page that is gone was put away, and the ledger has it still.
    let is_other = |(path, sha256): &(String, String)| {
        std::fs::read(Path::new(path)).is_ok_and(|bytes| hex_sha256(&bytes) != *sha256)
    };
    Ok(pages
        .into_iter()
        .filter(is_other)
        .map(|(path, _)| Finding {
            ledger: "reports".to_owned(),
            key: path,
            what: What::Edited,
            told: "the page is not the one that ledger.reports keeps".to_owned(),
        })
        .collect())
}
