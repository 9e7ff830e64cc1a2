//! The views of the ledgers, through which much of them is read: what a view
//! says is not in any row, so that it is held against the program's own.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::Connection;

use super::{Finding, What};
use crate::store::{Store, bind};

/// Views that say something else than those of a new database, or are gone, or
/// are none of the program's.
pub(super) fn check(connection: &Connection) -> Result<Vec<Finding>> {
    let wanted = views(Store::in_memory()?.connection())?;
    let found = views(connection)?;
    let finding = |name: &str, what, told: &str| Finding {
        ledger: name.to_owned(),
        key: "view".to_owned(),
        what,
        told: told.to_owned(),
    };
    let mut findings = Vec::new();
    for (name, sql) in &wanted {
        match found.get(name) {
            Some(own) if own == sql => {}
            Some(_) => findings.push(finding(name, What::Edited, "it does not say what it did")),
            None => findings.push(finding(name, What::Deleted, "")),
        }
    }
    let strange = found.keys().filter(|name| !wanted.contains_key(*name));
    // Whoever can write to the file must not have their words told.
    findings
        .extend(strange.map(|_| finding("ledger", What::Inserted, "a view that is not its own")));
    Ok(findings)
}

fn views(connection: &Connection) -> Result<BTreeMap<String, String>> {
    let views = bind::query(
        connection,
        "select schema_name || '.' || view_name, sql from duckdb_views() \
         where not internal and schema_name in ('ledger', 'conduct_ledger')",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(views.into_iter().collect())
}
