//! Takes a batch back: what it said no longer counts, and what stands is what
//! the other files say. Nothing is erased: a new batch ends the rows and
//! brings back the ones before.

use anyhow::{Result, bail, ensure};
use chrono::NaiveDateTime;
use duckdb::{Connection, OptionalExt, params};

use super::batch::Reverted;
use super::ledger;
use crate::audit::{self, Event, Kind};
use crate::ingest::contract::keys::{key_list, names, same_key, scope_text};
use crate::ingest::contract::{Contract, Mode};
use crate::ingest::history;
use crate::model::act::Act;
use crate::store::chain::{self, catalogue};
use crate::store::{Store, bind};

/// Takes back an accepted batch. `reason` is kept with it.
pub fn revert(
    store: &Store,
    contracts: &[Contract],
    batch_id: i64,
    reason: &str,
    act: Act<'_>,
) -> Result<Reverted> {
    let (source, file_name, as_at) = revertible(store.connection(), batch_id)?;
    let Some(contract) = contracts.iter().find(|contract| contract.name == source) else {
        bail!("batch {batch_id} is of {source}, for which there is no contract any more");
    };
    store.transaction(|tx| {
        history::ensure(tx, contract)?;
        refuse_if_hidden(tx, contract, batch_id)?;
        let undoing = ledger::next_id(tx)?;
        tx.execute(
            "update ledger.batches set reverted_by = ? where batch_id = ?",
            params![undoing, batch_id],
        )?;
        // What it corrected stands open again.
        tx.execute(
            "update ledger.rejects set corrected_by = null where corrected_by = ?",
            [batch_id],
        )?;
        chain::seal(tx, catalogue::CORRECTED, &[batch_id])?;
        find_touched(tx, contract, batch_id)?;
        find_winners(tx, contract)?;
        let ended = end_fallen(tx, contract, undoing)?;
        let restored = restore(tx, contract, undoing)?;
        let reverted = Reverted {
            batch_id: undoing,
            undone: batch_id,
            source: source.clone(),
            file_name: file_name.clone(),
            ended,
            restored,
        };
        ledger::record_revert(tx, contract, &reverted, (as_at, act.at), reason)?;
        ledger::seal_history(tx, contract, undoing)?;
        let event = Event {
            reason: Some(reason),
            detail: serde_json::json!({ "batch": batch_id, "by_batch": undoing }),
            ..Event::new(Kind::Alteration, "ingest revert")
        };
        audit::record(tx, act.into(), &event)?;
        Ok(reverted)
    })
}

/// The source, file and moment of a batch that can be taken back.
fn revertible(connection: &Connection, batch_id: i64) -> Result<(String, String, NaiveDateTime)> {
    let found = connection
        .query_row(
            "select source, file_name, as_at, state, kind, reverted_by \
             from ledger.batches where batch_id = ?",
            [batch_id],
            |row| {
                Ok((
                    (row.get(0)?, row.get(1)?, row.get(2)?),
                    row.get::<_, String>(3)?,
                    row.get::<_, String>(4)?,
                    row.get::<_, Option<i64>>(5)?,
                ))
            },
        )
        .optional()?;
    let Some((batch, state, kind, reverted_by)) = found else {
        bail!("there is no batch {batch_id}");
    };
    ensure!(
        state == "accepted",
        "batch {batch_id} was refused; there is nothing to take back"
    );
    ensure!(
        kind == "file",
        "batch {batch_id} took another back; take the file in again by name instead"
    );
    if let Some(by) = reverted_by {
        bail!("batch {batch_id} was taken back before, by batch {by}");
    }
    Ok(batch)
}

/// A snapshot that came after a newer one left no trace of what it did not
/// say; with the newer one gone, what it said alone could not be told.
fn refuse_if_hidden(tx: &Connection, contract: &Contract, batch_id: i64) -> Result<()> {
    let late: Option<i64> = bind::query_one(
        tx,
        "select min(late.batch_id) from ledger.batch_scopes as late \
         inner join ledger.batch_scopes as undone \
             on undone.scope = late.scope and undone.batch_id = $batch_id \
         inner join ledger.standing_files as files \
             on files.batch_id = late.batch_id and files.source = $source \
         where not late.is_standing and late.batch_id > $batch_id",
        &[("batch_id", &batch_id), ("source", &contract.name)],
        |row| row.get(0),
    )?;
    if let Some(late) = late {
        bail!(
            "batch {batch_id} cannot be taken back before batch {late}, whose file came late and \
             was superseded by it; take that one back first, and in again afterwards"
        );
    }
    Ok(())
}

/// Fills `touched` with the keys whose standing row may rest on the batch:
/// rows it brought, ended or said again, and those left to rest on it when
/// the batch that brought them was taken back.
fn find_touched(tx: &Connection, contract: &Contract, batch_id: i64) -> Result<()> {
    let key = key_list(contract, "version");
    bind::execute(
        tx,
        &format!(
            "create or replace temp table touched as \
             select distinct {key} from {history} as version \
             where said_by = $batch_id or batch_from = $batch_id or batch_to = $batch_id \
                 or confirmed_by = $batch_id \
                 or exists (select 1 from ledger.confirmations as again \
                     where again.source = '{source}' and again.batch_id = $batch_id \
                         and again.said_by = version.said_by \
                         and again.file_line = version.file_line)",
            source = contract.name,
            history = contract.history()
        ),
        &[("batch_id", &batch_id)],
    )?;
    Ok(())
}

/// Fills `winners` with what the other files say of each touched key: the
/// version whose latest backing speaks of the latest moment. A version is
/// backed by the file that said it and by those that said it again: a delta by
/// word, a snapshot by covering it while it stood. What a newer whole snapshot
/// of its part does not back is gone.
fn find_winners(tx: &Connection, contract: &Contract) -> Result<()> {
    let source = &contract.name;
    let again = match contract.mode {
        Mode::Delta => format!(
            "select version.version_row, again.batch_id from versions as version \
             inner join ledger.confirmations as again \
                 on again.source = '{source}' and again.said_by = version.said_by \
                 and again.file_line = version.file_line"
        ),
        Mode::Snapshot => "select version.version_row, covering.batch_id from versions as version \
             inner join ledger.batch_scopes as covering \
                 on covering.scope = version.scope and covering.is_standing \
                 and covering.is_whole \
                 and covering.batch_id >= version.batch_from \
                 and (version.batch_to is null or covering.batch_id < version.batch_to)"
            .to_owned(),
    };
    tx.execute_batch(&format!(
        "create or replace temp table versions as \
         select version.rowid as version_row, {scope} as scope, version.said_by, \
             version.file_line, version.batch_from, version.batch_to, {key} \
         from {history} as version \
         where exists (select 1 from touched where {same}); \
         create or replace temp table winners as \
         with backings as ( \
             select version_row, said_by as batch_id from versions \
             union \
             {again} \
         ), \
         newest as ( \
             select whole.scope, files.as_at, files.file_name, files.batch_id \
             from ledger.batch_scopes as whole \
             inner join ledger.standing_files as files on files.batch_id = whole.batch_id \
             where files.source = '{source}' and whole.is_whole \
             qualify row_number() over ( \
                 partition by whole.scope \
                 order by files.as_at desc, files.file_name desc, files.batch_id desc \
             ) = 1 \
         ) \
         select versions.version_row, backings.batch_id as backed_by, {versions_key} \
         from backings \
         inner join versions on versions.version_row = backings.version_row \
         inner join ledger.standing_files as files on files.batch_id = backings.batch_id \
         left join newest on newest.scope = versions.scope \
         where files.source = '{source}' and (newest.batch_id is null \
             or (files.as_at, files.file_name, files.batch_id) \
                 >= (newest.as_at, newest.file_name, newest.batch_id)) \
         qualify row_number() over ( \
             partition by {versions_key} \
             order by files.as_at desc, files.file_name desc, files.batch_id desc, \
                 versions.batch_from desc, versions.version_row desc \
         ) = 1",
        history = contract.history(),
        scope = scope_text(contract),
        key = key_list(contract, "version"),
        same = same_key(contract, "version", "touched"),
        versions_key = key_list(contract, "versions"),
    ))?;
    Ok(())
}

/// Ends the standing versions that are not the winners' words.
fn end_fallen(tx: &Connection, contract: &Contract, undoing: i64) -> Result<u64> {
    // A winner that was restored before is the same word in another version.
    bind::execute(
        tx,
        &format!(
            "create or replace temp table standing as \
             select current.rowid as standing_row, winner.said_by is not null as is_winner, \
                 {key} \
             from {history} as current \
             inner join touched on {same} \
             left join (select versions.*, winners.backed_by from winners \
                        inner join versions using (version_row)) as winner \
                 on {same_winner} and winner.said_by = current.said_by \
                 and winner.file_line = current.file_line \
             where current.batch_to is null",
            history = contract.history(),
            key = key_list(contract, "current"),
            same = same_key(contract, "current", "touched"),
            same_winner = same_key(contract, "current", "winner"),
        ),
        &[],
    )?;
    let ended = bind::execute(
        tx,
        &format!(
            "update {} set batch_to = $undoing \
             where rowid in (select standing_row from standing where not is_winner)",
            contract.history()
        ),
        &[("undoing", &undoing)],
    )?;
    Ok(ended as u64)
}

/// Brings the winners that do not stand back as versions of the new batch.
fn restore(tx: &Connection, contract: &Contract, undoing: i64) -> Result<u64> {
    tx.execute_batch(&format!(
        "create or replace temp table returning_rows as \
         select winners.version_row, winners.backed_by from winners \
         where not exists (select 1 from standing where standing.is_winner and {})",
        same_key(contract, "standing", "winners")
    ))?;
    // Ones that stand may rest on another file now.
    bind::execute(
        tx,
        &format!(
            "update {history} as current set confirmed_by = winners.backed_by \
             from standing inner join winners on {same} \
             where current.rowid = standing.standing_row and standing.is_winner",
            history = contract.history(),
            same = same_key(contract, "standing", "winners"),
        ),
        &[],
    )?;
    let wanted: u64 = bind::query_one(tx, "select count(*) from returning_rows", &[], |row| {
        row.get(0)
    })?;
    if wanted == 0 {
        return Ok(0);
    }
    let names = names(contract);
    let restored = bind::execute(
        tx,
        &format!(
            "insert into {history} ({names}, row_hash, occurrence, file_line, as_at, \
                 said_by, confirmed_by, batch_from, batch_to, is_deleted) \
             select {names}, row_hash, occurrence, file_line, as_at, said_by, \
                 returning_rows.backed_by, $undoing, null, is_deleted \
             from {history} as version \
             inner join returning_rows on returning_rows.version_row = version.rowid \
             order by version.rowid",
            history = contract.history()
        ),
        &[("undoing", &undoing)],
    )?;
    ensure!(
        restored as u64 == wanted,
        "{wanted} versions to restore, {restored} restored"
    );
    Ok(wanted)
}
