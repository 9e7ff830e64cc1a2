//! Anchors: the heads of all chains at a moment, as one hash that goes outside.

use std::fmt;

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::{Connection, params};

use crate::store::bind;
use crate::store::schema::hex_sha256;

/// A moment of the record, by its number and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub number: i64,
    pub sha256: String,
}

/// The number of entries of a chain, and the hash of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub ledger: String,
    pub entries: i64,
    pub sha256: String,
}

/// As it stands in mails, receipts and the log.
impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.sha256)
    }
}

/// Takes an anchor at an instant in UTC; the newest when nothing was sealed
/// since. Must run in a transaction.
pub fn take(tx: &Connection, at: NaiveDateTime) -> Result<Anchor> {
    let newest = newest(tx)?;
    let grown = grown(tx)?;
    if let (Some(newest), true) = (&newest, grown.is_empty()) {
        return Ok(newest.clone());
    }
    let number = newest.as_ref().map_or(0, |anchor| anchor.number) + 1;
    let before = newest.map(|anchor| anchor.sha256).unwrap_or_default();
    let anchor = Anchor {
        number,
        sha256: link(&before, number, at, &grown),
    };
    tx.execute(
        "insert into conduct_ledger.anchors values (?, ?, ?)",
        params![anchor.number, at, anchor.sha256],
    )?;
    let mut rows = tx.appender_to_db("anchor_heads", "conduct_ledger")?;
    for head in &grown {
        rows.append_row(params![number, head.ledger, head.entries, head.sha256])?;
    }
    rows.flush()?;
    Ok(anchor)
}

/// The newest anchor; none before the first.
pub fn newest(connection: &Connection) -> Result<Option<Anchor>> {
    let found = bind::query(
        connection,
        "select anchor_id, sha256 from conduct_ledger.anchors order by anchor_id desc limit 1",
        &[],
        |row| {
            Ok(Anchor {
                number: row.get(0)?,
                sha256: row.get(1)?,
            })
        },
    )?;
    Ok(found.into_iter().next())
}

/// The hash that binds an anchor to the one before it.
pub fn link(before: &str, number: i64, at: NaiveDateTime, heads: &[Head]) -> String {
    let mut lines = vec![
        before.to_owned(),
        number.to_string(),
        at.and_utc().timestamp_micros().to_string(),
    ];
    lines.extend(heads.iter().map(|head| {
        let Head {
            ledger,
            entries,
            sha256,
        } = head;
        format!("{sha256} {entries} {ledger}")
    }));
    hex_sha256(lines.join("\n").as_bytes())
}

/// The chains that have grown since they were last anchored.
fn grown(tx: &Connection) -> Result<Vec<Head>> {
    bind::query(
        tx,
        "with heads as ( \
             select ledger, max(entry) as entries, arg_max(entry_sha256, entry) as head \
             from conduct_ledger.chain group by ledger \
         ), \
         anchored as ( \
             select ledger, max(entries) as entries from conduct_ledger.anchor_heads group by ledger \
         ) \
         select heads.ledger, heads.entries, head from heads \
         left join anchored using (ledger) \
         where heads.entries > coalesce(anchored.entries, 0) order by heads.ledger",
        &[],
        |row| {
            Ok(Head {
                ledger: row.get(0)?,
                entries: row.get(1)?,
                sha256: row.get(2)?,
            })
        },
    )
}
