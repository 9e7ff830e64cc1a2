//! What is read and reckoned through without being a row: views, and functions
//! that would be used in place of the database's own. Both are held against
//! those that the program makes, of which no function is one.

use std::collections::BTreeMap;

use anyhow::Result;
use duckdb::Connection;

use super::{Finding, What};
use crate::store::{Store, bind};

/// Definitions that say something else than those of a new database, or are
/// gone, or are none of the program's.
pub(super) fn check(connection: &Connection) -> Result<Vec<Finding>> {
    let wanted = views(Store::in_memory()?.connection())?;
    let found = views(connection)?;
    let finding = |(schema, view): &(String, String), what, told: &str| Finding {
        ledger: format!("{schema}.{view}"),
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
    // Whoever can write to the file must not have their words told.
    let strange = |kind: &str, told: &str| Finding {
        ledger: "database".to_owned(),
        key: kind.to_owned(),
        what: What::Inserted,
        told: told.to_owned(),
    };
    let views = found.keys().filter(|name| !wanted.contains_key(*name));
    findings.extend(views.map(|_| strange("view", "one that is not the program's")));
    for _ in 0..functions(connection)? {
        findings.push(strange(
            "function",
            "one that is not the program's; figures may have been made with it",
        ));
    }
    Ok(findings)
}

/// Neither this nor the next uses a function or an operator that a definition in
/// the file could stand for.
fn views(connection: &Connection) -> Result<BTreeMap<(String, String), String>> {
    let views = bind::query(
        connection,
        "select schema_name, view_name, sql from system.main.duckdb_views() \
         where not internal and not temporary",
        &[],
        |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)),
    )?;
    Ok(views.into_iter().collect())
}

fn functions(connection: &Connection) -> Result<usize> {
    let names = bind::query(
        connection,
        "select function_name from system.main.duckdb_functions() where not internal",
        &[],
        |row| row.get::<_, String>(0),
    )?;
    Ok(names.len())
}
