//! Areas and groups of a measure of a room are printed where the room is not:
//! they may name no row of it.

use anyhow::{Result, ensure};
use duckdb::Connection;

use super::definition::Definition;
use crate::model::restricted::Room;
use crate::store::bind;

/// Different areas and groups that a measure of a room may tell apart. The
/// shipped ones have fewer than forty.
const MOST: i64 = 200;

/// Refuses labels in the temporary table `measured` that say a record's id, or
/// are so many that each could be a record.
pub(super) fn check(connection: &Connection, definition: &Definition) -> Result<()> {
    let room = definition.commitment.room;
    if room == Room::Open {
        return Ok(());
    }
    let labels: i64 = bind::query_one(
        connection,
        "select count(distinct (area, \"group\")) from measured",
        &[],
        |row| row.get(0),
    )?;
    ensure!(
        labels <= MOST,
        "{}: {labels} different areas and groups, more than {MOST}; a measure of a room tells \
         groups, not rows",
        definition.file
    );
    for (table, column) in identifiers(connection, room)? {
        let named: i64 =
            bind::query_one(connection, &naming(&table, &column), &[], |row| row.get(0))?;
        ensure!(
            named == 0,
            "{}: {named} areas or groups hold a value of {table}.{column}; a measure of a room \
             names no row of it",
            definition.file
        );
    }
    Ok(())
}

/// Columns of the room by whose values its rows are known.
fn identifiers(connection: &Connection, room: Room) -> Result<Vec<(String, String)>> {
    bind::query(
        connection,
        "select schema_name || '.' || table_name, column_name from duckdb_columns() \
         where database_name = current_database() and schema_name = $schema \
             and data_type = 'VARCHAR' and regexp_matches(column_name, '(^|_)(id|ref|key)$') \
         order by all",
        &[("schema", &room.layer())],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Counts the labels that hold a value of a column, whole or as a word. A short
/// number says nothing by itself: it may be an age or a year.
fn naming(table: &str, column: &str) -> String {
    format!(
        "with labels as ( \
             select area as label from measured union select \"group\" from measured \
         ), \
         words as ( \
             select label, \
                 unnest([label] || regexp_split_to_array(label, '[\\s,;:/|()]+')) as word \
             from labels \
         ) \
         select count(distinct label) from words \
         where (regexp_matches(word, '[A-Za-z]') or length(word) >= 5) \
             and word in (select \"{column}\" from {table} where \"{column}\" is not null)"
    )
}
