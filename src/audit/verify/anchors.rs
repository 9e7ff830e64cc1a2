//! Whether the chains still hold the heads that were anchored, and the anchors
//! those that went outside. Only these tell a chain that was made anew, or cut
//! at its end.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDateTime;
use duckdb::Connection;

use super::{Finding, Outside, What};
use crate::audit::heads;
use crate::store::bind;
use crate::store::chain::anchor::{self, Anchor, Head};

const ANCHORS: &str = "conduct_ledger.anchors";

struct Kept {
    anchor: Anchor,
    taken_at: NaiveDateTime,
}

/// The anchors among themselves, and against the chains.
pub(super) fn check(connection: &Connection) -> Result<Vec<Finding>> {
    let mut heads = all_heads(connection)?;
    let mut findings = Vec::new();
    let mut before = Anchor {
        number: 0,
        sha256: String::new(),
    };
    for Kept { anchor, taken_at } in kept(connection)? {
        let own = heads.remove(&anchor.number).unwrap_or_default();
        if anchor.number != before.number + 1 {
            findings.push(found(before.number + 1, What::Cut, "no such anchor"));
        } else if anchor::link(&before.sha256, anchor.number, taken_at, &own) != anchor.sha256 {
            let told = "it does not follow from the one before";
            findings.push(found(anchor.number, What::Forged, told));
        }
        before = anchor;
    }
    for number in heads.keys() {
        findings.push(found(*number, What::Deleted, "its heads are there still"));
    }
    findings.extend(unlike(connection)?);
    Ok(findings)
}

/// The anchors of the log and of mails and receipts, against those kept.
pub(super) fn check_outside(connection: &Connection, outside: &Outside) -> Result<Vec<Finding>> {
    let kept: BTreeMap<i64, String> = kept(connection)?
        .into_iter()
        .map(|kept| (kept.anchor.number, kept.anchor.sha256))
        .collect();
    let held = |anchor: &Anchor| match kept.get(&anchor.number) {
        Some(sha256) if *sha256 == anchor.sha256 => None,
        Some(_) => Some((What::Forged, "the database has another hash for it")),
        None => Some((What::Cut, "the database has no such anchor")),
    };
    let mut findings = Vec::new();
    for given in &outside.anchors {
        if let Some((what, told)) = held(given) {
            findings.push(found(given.number, what, told));
        }
    }
    let Some(log) = &outside.log else {
        return Ok(findings);
    };
    let name = log.file_name().unwrap_or(log.as_os_str()).to_string_lossy();
    let in_log = |line: usize, what, told: &str| Finding {
        ledger: name.to_string(),
        key: format!("line {line}"),
        what,
        told: told.to_owned(),
    };
    match heads::read(log)? {
        None if is_awaited(connection)? => {
            findings.push(in_log(1, What::Deleted, "the log of anchors is gone"));
        }
        None => {}
        Some(lines) => {
            let last = lines.last().and_then(|line| line.anchor.as_ref());
            let newest = last_logged(connection)?;
            if last.is_some_and(|last| last.number < newest) {
                let told = format!("it ends before anchor {newest}, which was written to it");
                findings.push(in_log(lines.len() + 1, What::Cut, &told));
            }
            // The line after one that was altered cannot follow it.
            let mut is_altered = false;
            for line in lines {
                let of_anchor = line
                    .anchor
                    .as_ref()
                    .map(|anchor| (anchor.number, held(anchor)));
                let (what, told) = match of_anchor {
                    None => (What::Edited, "it holds no anchor".to_owned()),
                    Some((number, Some((what, told)))) => {
                        (what, format!("anchor {number}: {told}"))
                    }
                    Some((_, None)) if !line.follows && !is_altered => {
                        let told = "the line that it was written after does not stand before it";
                        (What::Deleted, told.to_owned())
                    }
                    Some((_, None)) => {
                        is_altered = false;
                        continue;
                    }
                };
                is_altered = true;
                findings.push(in_log(line.number, what, &told));
            }
        }
    }
    Ok(findings)
}

/// Whether the log has been written to before.
fn is_awaited(connection: &Connection) -> Result<bool> {
    bind::query_one(
        connection,
        "select count(*) > 0 from ledger.verifications",
        &[],
        |row| row.get(0),
    )
}

/// The newest anchor that was taken to be written to the log: each record is
/// anchored there when it was verified.
fn last_logged(connection: &Connection) -> Result<i64> {
    bind::query_one(
        connection,
        "select coalesce(max(anchor_id), 0) from conduct_ledger.anchor_heads \
         where ledger = 'ledger.verifications'",
        &[],
        |row| row.get(0),
    )
}

/// Heads that the chains do not hold.
fn unlike(connection: &Connection) -> Result<Vec<Finding>> {
    bind::query(
        connection,
        "select heads.ledger, heads.entries, min(heads.anchor_id), any_value(chain.entry) is null \
         from conduct_ledger.anchor_heads as heads \
         left join conduct_ledger.chain as chain \
             on chain.ledger = heads.ledger and chain.entry = heads.entries \
         where chain.entry_sha256 is distinct from heads.head \
         group by heads.ledger, heads.entries order by heads.ledger, heads.entries",
        &[],
        |row| {
            let (ledger, entry): (String, i64) = (row.get(0)?, row.get(1)?);
            let (anchor, is_gone): (i64, bool) = (row.get(2)?, row.get(3)?);
            Ok(Finding {
                ledger,
                key: format!("entry {entry}"),
                what: if is_gone { What::Cut } else { What::Forged },
                told: format!("anchor {anchor} knew it"),
            })
        },
    )
}

fn kept(connection: &Connection) -> Result<Vec<Kept>> {
    bind::query(
        connection,
        "select anchor_id, sha256, taken_at from conduct_ledger.anchors order by anchor_id",
        &[],
        |row| {
            Ok(Kept {
                anchor: Anchor {
                    number: row.get(0)?,
                    sha256: row.get(1)?,
                },
                taken_at: row.get(2)?,
            })
        },
    )
}

fn all_heads(connection: &Connection) -> Result<BTreeMap<i64, Vec<Head>>> {
    let rows: Vec<(i64, Head)> = bind::query(
        connection,
        "select anchor_id, ledger, entries, head from conduct_ledger.anchor_heads \
         order by anchor_id, ledger",
        &[],
        |row| {
            let head = Head {
                ledger: row.get(1)?,
                entries: row.get(2)?,
                sha256: row.get(3)?,
            };
            Ok((row.get(0)?, head))
        },
    )?;
    let mut heads: BTreeMap<i64, Vec<Head>> = BTreeMap::new();
    for (anchor, head) in rows {
        heads.entry(anchor).or_default().push(head);
    }
    Ok(heads)
}

fn found(number: i64, what: What, told: &str) -> Finding {
    Finding {
        ledger: ANCHORS.to_owned(),
        key: format!("anchor {number}"),
        what,
        told: told.to_owned(),
    }
}
