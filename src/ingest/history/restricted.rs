//! Moves what is held of a source into the room that its contract names, once,
//! and lets nothing come back out of it.

use anyhow::{Result, ensure};
use duckdb::{Connection, params};

use crate::ingest::contract::Contract;
use crate::model::restricted::Room;
use crate::store::bind;
use crate::store::chain::{self, catalogue};

/// Moves the history of a source into its room, with the values of its
/// rejected rows; what stood on it outside is dropped, and made again inside
/// when the warehouse is rebuilt. Must run inside a transaction.
pub fn move_in(tx: &Connection, contract: &Contract) -> Result<()> {
    if contract.room == Room::Open {
        return refuse_to_leave(tx, contract);
    }
    if !has_table(tx, Room::Open, contract)? {
        return Ok(());
    }
    let (old, new) = (format!("history.{}", contract.name), contract.history());
    // Written out, since a table made from a query loses what it forbids.
    let sql = format!(
        "create table {new} ({columns}); \
         insert into {new} select * from {old} order by rowid; \
         drop table {old}; \
         drop table if exists staging.{name};",
        columns = columns(tx, contract)?,
        name = contract.name,
    );
    let note = format!("{} moved into its room", contract.name);
    let moves = [catalogue::brought, catalogue::ended].map(|of| (of(&old), of(&new)));
    chain::relocate(tx, &moves, &note, || Ok(tx.execute_batch(&sql)?))?;
    let rewritten = [
        "ledger.rejects",
        "conduct_ledger.rejected_values",
        "ledger.relation_checks",
    ];
    let rewritten = rewritten
        .into_iter()
        .map(catalogue::named)
        .collect::<Result<Vec<_>>>()?;
    chain::rewrite(tx, &rewritten, &note, || move_rejects(tx, contract))
}

/// Rows of a room would be open to all, or lie forgotten beside a new table.
fn refuse_to_leave(connection: &Connection, contract: &Contract) -> Result<()> {
    ensure!(
        !has_table(connection, Room::Conduct, contract)?,
        "jobs/nightly-ingest/sources/{name}.toml no longer says room = \"conduct\", \
         but conduct_history.{name} holds what arrived under it; what is in a room stays there: \
         say it again",
        name = contract.name
    );
    Ok(())
}

fn has_table(connection: &Connection, room: Room, contract: &Contract) -> Result<bool> {
    bind::query_one(
        connection,
        "select count(*) > 0 from duckdb_tables() where not internal \
             and schema_name = $schema and table_name = $name",
        &[("schema", &room.history()), ("name", &contract.name)],
        |row| row.get(0),
    )
}

/// The columns of the table outside, as it has them.
fn columns(connection: &Connection, contract: &Contract) -> Result<String> {
    bind::query_one(
        connection,
        "select string_agg( \
             format('\"{}\" {}{}', column_name, data_type, \
                 case when is_nullable then '' else ' not null' end), \
             ', ' order by column_index) \
         from duckdb_columns() where schema_name = 'history' and table_name = $name",
        &[("name", &contract.name)],
        |row| row.get(0),
    )
}

fn move_rejects(tx: &Connection, contract: &Contract) -> Result<()> {
    const OWN: &str = "batch_id in (select batch_id from ledger.batches where source = ?)";
    let source = &contract.name;
    tx.execute(
        &format!(
            "insert into conduct_ledger.rejected_values \
             select batch_id, line, column_name, reason, value, row_key from ledger.rejects \
             where {OWN} and (value is not null or row_key is not null) order by rowid"
        ),
        params![source],
    )?;
    tx.execute(
        &format!("update ledger.rejects set value = null, row_key = null where {OWN}"),
        params![source],
    )?;
    tx.execute(
        "update ledger.relation_checks set example = null where source = ?",
        params![source],
    )?;
    Ok(())
}
