//! Migrations: numbered SQL, each run once, in order, in its own transaction,
//! and never edited afterwards (its hash is kept and compared).

use anyhow::{Context, Result, bail, ensure};
use duckdb::params;
use sha2::{Digest, Sha256};

use super::{Store, chain};

struct Migration {
    version: i32,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "ledger",
        sql: include_str!("migrations/0001_ledger.sql"),
    },
    Migration {
        version: 2,
        name: "ingest",
        sql: include_str!("migrations/0002_ingest.sql"),
    },
    Migration {
        version: 3,
        name: "warehouse",
        sql: include_str!("migrations/0003_warehouse.sql"),
    },
    Migration {
        version: 4,
        name: "harm list",
        sql: include_str!("migrations/0004_harm_list.sql"),
    },
    Migration {
        version: 5,
        name: "index",
        sql: include_str!("migrations/0005_index.sql"),
    },
    Migration {
        version: 6,
        name: "measures",
        sql: include_str!("migrations/0006_measures.sql"),
    },
    Migration {
        version: 7,
        name: "rooms",
        sql: include_str!("migrations/0007_rooms.sql"),
    },
    Migration {
        version: 8,
        name: "releases",
        sql: include_str!("migrations/0008_releases.sql"),
    },
    Migration {
        version: 9,
        name: "sending",
        sql: include_str!("migrations/0009_sending.sql"),
    },
    Migration {
        version: 10,
        name: "landing",
        sql: include_str!("migrations/0010_landing.sql"),
    },
    Migration {
        version: 11,
        name: "reasons",
        sql: include_str!("migrations/0011_reasons.sql"),
    },
    Migration {
        version: 12,
        name: "audit log",
        sql: include_str!("migrations/0012_audit_log.sql"),
    },
    Migration {
        version: 14,
        name: "chain",
        sql: include_str!("migrations/0014_chain.sql"),
    },
    Migration {
        version: 15,
        name: "measures",
        sql: include_str!("migrations/0015_measures.sql"),
    },
    Migration {
        version: 16,
        name: "comments",
        sql: include_str!("migrations/0016_comments.sql"),
    },
    Migration {
        version: 17,
        name: "comments",
        sql: include_str!("migrations/0017_comments.sql"),
    },
];

/// The version from which on ledgers are chained.
const CHAINED_FROM: i32 = 14;

/// Runs what has not been run yet. A file from a newer program, or one whose
/// migrations differ from ours, is refused untouched.
pub fn migrate(store: &Store) -> Result<()> {
    let done = applied(store)?;
    if let Some((version, _)) = done
        .iter()
        .find(|(v, _)| !MIGRATIONS.iter().any(|m| m.version == *v))
    {
        bail!(
            "the database has schema version {version}, which this program does not know; use the newer daybook"
        );
    }
    let mut changed = false;
    // A migration may rewrite rows that are sealed; those that were altered
    // before it must not be sealed with the rest.
    let is_due = |version| !done.iter().any(|(known, _)| *known == version);
    let is_chained = !is_due(CHAINED_FROM);
    let altered = if is_chained && MIGRATIONS.iter().any(|m| is_due(m.version)) {
        chain::altered(
            store.connection(),
            &chain::catalogue::all(store.connection())?,
        )?
    } else {
        chain::Altered::new()
    };
    for migration in MIGRATIONS {
        let hash = hex_sha256(migration.sql.as_bytes());
        match done
            .iter()
            .find(|(version, _)| *version == migration.version)
        {
            Some((_, recorded)) => ensure!(
                *recorded == hash,
                "schema version {} ({}) was made by other SQL than this program's; refusing to go on",
                migration.version,
                migration.name
            ),
            None => {
                run(store, migration, &hash)?;
                changed = true;
            }
        }
    }
    if changed {
        let version = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
        let note = format!("found at schema version {version}");
        store.transaction(|tx| chain::seal_as_found(tx, &note, &altered))?;
        // Replaying schema changes from the write-ahead log is where database
        // bugs have been; after this there is nothing to replay.
        store.checkpoint()?;
    }
    Ok(())
}

/// The SHA-256 of some bytes in lower-case hexadecimal.
pub fn hex_sha256(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn applied(store: &Store) -> Result<Vec<(i32, String)>> {
    let exists: bool = store.connection().query_row(
        "select count(*) > 0 from information_schema.tables \
         where table_schema = 'ledger' and table_name = 'migrations'",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        return Ok(Vec::new());
    }
    let mut statement = store
        .connection()
        .prepare("select version, sha256 from ledger.migrations order by version")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}

fn run(store: &Store, migration: &Migration, hash: &str) -> Result<()> {
    store
        .transaction(|tx| {
            tx.execute_batch(migration.sql)?;
            tx.execute(
                "insert into ledger.migrations (version, name, sha256) values (?, ?, ?)",
                params![migration.version, migration.name, hash],
            )?;
            Ok(())
        })
        .with_context(|| {
            format!(
                "migration {} ({}) failed",
                migration.version, migration.name
            )
        })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use duckdb::Connection;

    use super::*;

    #[test]
    fn a_program_killed_after_any_migration_can_open_its_database_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("first.duckdb");
        let open = |path: &Path| Store {
            connection: Connection::open(path).unwrap(),
        };
        let store = open(&path);
        for migration in MIGRATIONS {
            run(&store, migration, &hex_sha256(migration.sql.as_bytes())).unwrap();
            let copy = folder
                .path()
                .join(format!("after-{}.duckdb", migration.version));
            for ending in ["duckdb", "duckdb.wal"] {
                std::fs::copy(path.with_extension(ending), copy.with_extension(ending)).unwrap();
            }
            let again = open(&copy);
            migrate(&again).unwrap();
            assert_eq!(applied(&again).unwrap().len(), MIGRATIONS.len());
        }
    }

    #[test]
    fn migrations_run_once_and_in_order() {
        let store = Store::in_memory().unwrap();
        migrate(&store).unwrap();
        let versions: Vec<i32> = applied(&store)
            .unwrap()
            .into_iter()
            .map(|(v, _)| v)
            .collect();
        assert_eq!(
            versions,
            MIGRATIONS.iter().map(|m| m.version).collect::<Vec<_>>()
        );
        assert!(versions.is_sorted());
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let store = Store::in_memory().unwrap();
        store
            .connection()
            .execute_batch("insert into ledger.migrations values (999, 'later', 'x')")
            .unwrap();
        assert!(migrate(&store).unwrap_err().to_string().contains("999"));
    }

    #[test]
    fn a_migration_that_was_edited_is_refused() {
        let store = Store::in_memory().unwrap();
        store
            .connection()
            .execute_batch("update ledger.migrations set sha256 = 'x' where version = 1")
            .unwrap();
        assert!(
            migrate(&store)
                .unwrap_err()
                .to_string()
                .contains("other SQL")
        );
    }
}
