//! A chain for every ledger, so that whoever alters a row in the file has to
//! make every later entry anew, and the heads that went outside tell that.
//! Whoever writes to a ledger seals the rows in the same transaction.

pub mod anchor;
pub mod catalogue;
pub mod content;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use duckdb::{Connection, params};

use super::bind;
use super::schema::hex_sha256;
use catalogue::Ledger;
use content::{Content, Keys};

/// An entry of a chain. No content means that the rows were rightly taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: i64,
    pub key: String,
    pub content: Option<String>,
    pub marks: Option<String>,
    pub note: Option<String>,
    pub sha256: String,
}

/// Seals the rows of a ledger that have these keys: an entry for each that is
/// new, changed or gone since its last one. Must run in the transaction that
/// wrote them.
pub fn seal<K: ToString>(tx: &Connection, ledger: &str, keys: &[K]) -> Result<()> {
    seal_in(tx, &catalogue::named(ledger)?, keys)
}

/// The same for a ledger at hand: those of a source's history.
pub fn seal_in<K: ToString>(tx: &Connection, ledger: &Ledger, keys: &[K]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let now = content::take(tx, ledger, Keys::These(&keys))?;
    append(tx, &ledger.name, &now, &keys, None)
}

/// Keys of a ledger whose rows are not what their last entry says.
pub type Altered = BTreeMap<String, BTreeSet<String>>;

/// Seals everything as it is found, with a note that says so, but what was
/// altered before: it would never be found again.
pub fn seal_as_found(tx: &Connection, note: &str, altered: &Altered) -> Result<()> {
    let none = BTreeSet::new();
    for ledger in catalogue::all(tx)? {
        let but = altered.get(&ledger.name).unwrap_or(&none);
        seal_all(tx, &ledger, note, but)?;
    }
    Ok(())
}

/// Does what rewrites sealed rows of a table, and seals them again with a note
/// that says why, but those that had been altered before.
pub fn rewrite(
    tx: &Connection,
    ledgers: &[Ledger],
    note: &str,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let altered = altered(tx, ledgers)?;
    work()?;
    ledgers
        .iter()
        .try_for_each(|ledger| seal_all(tx, ledger, note, &altered[&ledger.name]))
}

/// Moves the chains of a table that has moved: what was altered before it did
/// stays as it was sealed, under a table that is gone.
pub fn relocate(
    tx: &Connection,
    moves: &[(Ledger, Ledger)],
    note: &str,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let from: Vec<Ledger> = moves.iter().map(|(from, _)| from.clone()).collect();
    let altered = altered(tx, &from)?;
    work()?;
    for (from, to) in moves {
        let but = &altered[&from.name];
        let mut left: Vec<String> = last(tx, &from.name)?.into_keys().collect();
        left.retain(|key| !but.contains(key));
        append(tx, &from.name, &[], &left, Some(note))?;
        seal_all(tx, to, note, but)?;
    }
    Ok(())
}

/// The keys of some ledgers whose rows are not what their last entries say.
pub fn altered(connection: &Connection, ledgers: &[Ledger]) -> Result<Altered> {
    let mut found = Altered::new();
    for ledger in ledgers {
        let mut sealed = last(connection, &ledger.name)?;
        let keys = found.entry(ledger.name.clone()).or_default();
        for now in content::take(connection, ledger, Keys::All)? {
            let entry = sealed.remove(&now.key).and_then(|entry| entry.content);
            if entry.as_ref() != Some(&now.sha256) {
                keys.insert(now.key);
            }
        }
        let gone = sealed
            .into_iter()
            .filter(|(_, entry)| entry.content.is_some());
        keys.extend(gone.map(|(key, _)| key));
    }
    Ok(found)
}

fn seal_all(tx: &Connection, ledger: &Ledger, note: &str, but: &BTreeSet<String>) -> Result<()> {
    let mut now = content::take(tx, ledger, Keys::All)?;
    now.retain(|content| !but.contains(&content.key));
    let mut known: Vec<String> = last(tx, &ledger.name)?.into_keys().collect();
    known.retain(|key| !but.contains(key));
    append(tx, &ledger.name, &now, &known, Some(note))
}

/// Every entry of a ledger's chain, in order.
pub fn entries(connection: &Connection, ledger: &str) -> Result<Vec<Entry>> {
    bind::query(
        connection,
        "select entry, row_key, content_sha256, marks, note, entry_sha256 \
         from conduct_ledger.chain where ledger = $ledger order by entry",
        &[("ledger", &ledger)],
        |row| {
            Ok(Entry {
                number: row.get(0)?,
                key: row.get(1)?,
                content: row.get(2)?,
                marks: row.get(3)?,
                note: row.get(4)?,
                sha256: row.get(5)?,
            })
        },
    )
}

/// The last entry of every key.
pub fn last(connection: &Connection, ledger: &str) -> Result<BTreeMap<String, Entry>> {
    let entries = entries(connection, ledger)?;
    Ok(entries
        .into_iter()
        .map(|entry| (entry.key.clone(), entry))
        .collect())
}

/// The hash that binds an entry to the one before it. Every part is preceded
/// by its length, so that nothing can move from one to the next.
pub fn link(before: &str, ledger: &str, entry: &Entry) -> String {
    let parts = [
        Some(before),
        Some(ledger),
        Some(entry.key.as_str()),
        entry.content.as_deref(),
        entry.marks.as_deref(),
        entry.note.as_deref(),
    ];
    let mut text = entry.number.to_string();
    for part in parts {
        text.push_str(&part.map_or_else(
            || "\n-".to_owned(),
            |part| format!("\n{} {part}", part.len()),
        ));
    }
    hex_sha256(text.as_bytes())
}

/// Appends what differs from the last entries. A key that is `meant` and has
/// no rows now, but had some, gets an entry without content.
fn append(
    tx: &Connection,
    ledger: &str,
    now: &[Content],
    meant: &[String],
    note: Option<&str>,
) -> Result<()> {
    let sealed = sealed(tx, ledger, meant, now)?;
    let held: BTreeSet<&str> = now.iter().map(|content| content.key.as_str()).collect();
    let is_new =
        |content: &&Content| sealed.get(&content.key) != Some(&Some(content.sha256.clone()));
    let written = now.iter().filter(is_new).map(|content| {
        (
            content.key.as_str(),
            Some(&content.sha256),
            content.marks.as_ref(),
        )
    });
    let gone = meant
        .iter()
        .filter(|key| !held.contains(key.as_str()))
        .filter(|key| matches!(sealed.get(*key), Some(Some(_))))
        .map(|key| (key.as_str(), None, None));
    let due: Vec<_> = written.chain(gone).collect();
    if due.is_empty() {
        return Ok(());
    }
    let (mut number, mut head) = head(tx, ledger)?;
    let mut appender = tx.appender_to_db("chain", "conduct_ledger")?;
    for (key, content, marks) in due {
        number += 1;
        let mut entry = Entry {
            number,
            key: key.to_owned(),
            content: content.cloned(),
            marks: marks.cloned(),
            note: note.map(str::to_owned),
            sha256: String::new(),
        };
        entry.sha256 = link(&head, ledger, &entry);
        appender.append_row(params![
            ledger,
            entry.number,
            entry.key,
            entry.content,
            entry.marks,
            entry.note,
            entry.sha256
        ])?;
        head = entry.sha256;
    }
    appender.flush()?;
    Ok(())
}

/// What the last entries of some keys say.
fn sealed(
    tx: &Connection,
    ledger: &str,
    meant: &[String],
    now: &[Content],
) -> Result<BTreeMap<String, Option<String>>> {
    let keys: BTreeSet<&str> = meant
        .iter()
        .map(String::as_str)
        .chain(now.iter().map(|content| content.key.as_str()))
        .collect();
    if keys.len() > MANY_KEYS {
        let last = last(tx, ledger)?;
        return Ok(last
            .into_iter()
            .map(|(key, entry)| (key, entry.content))
            .collect());
    }
    let literals: Vec<String> = keys
        .iter()
        .map(|key| format!("'{}'", super::quoted(key)))
        .collect();
    if literals.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = bind::query(
        tx,
        &format!(
            "select row_key, content_sha256 from conduct_ledger.chain \
             where ledger = $ledger and row_key in ({}) order by entry",
            literals.join(", ")
        ),
        &[("ledger", &ledger)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// Above so many keys all entries are read rather than asked for by name.
const MANY_KEYS: usize = 500;

/// The number and hash of a chain's last entry.
fn head(tx: &Connection, ledger: &str) -> Result<(i64, String)> {
    bind::query_one(
        tx,
        "select coalesce(max(entry), 0), coalesce(arg_max(entry_sha256, entry), '') \
         from conduct_ledger.chain where ledger = $ledger",
        &[("ledger", &ledger)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
