//! The one DuckDB file: opened with safe settings, migrated once and in
//! order, written in transactions that either hold whole or leave no trace.

pub mod as_known_views;
pub mod bind;
pub mod chain;
pub mod comment;
pub mod deadline;
pub mod failure;
pub mod functions;
pub mod inputs;
pub mod plan_scans;
pub mod planner;
pub mod query;
pub mod sandbox;
pub mod schema;
pub mod table_references;
pub mod walls;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use duckdb::{AccessMode, Config, Connection};

use crate::config::StoreConfig;

/// An open connection to the deployment's database.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the file for writing, creates it when absent, and brings its
    /// schema up to date.
    pub fn open(config: &StoreConfig) -> Result<Self> {
        if let Some(parent) = config.path.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        let connection = Connection::open_with_flags(&config.path, safe_config()?)
            .map_err(|error| explain_open(error, &config.path))?;
        // Rows that a killed process spilled; whoever has the file has it alone.
        let _ = std::fs::remove_dir_all(config.path.with_extension("tmp"));
        let store = Self { connection };
        store.apply_limits(config)?;
        schema::migrate(&store)?;
        Ok(store)
    }

    /// The same for a file that is there already; it is not created.
    pub fn open_existing(config: &StoreConfig) -> Result<Self> {
        ensure!(
            config.path.exists(),
            "{} does not exist yet; run a job first",
            config.path.display()
        );
        Self::open(config)
    }

    /// Opens the file so that nothing can be written and nothing outside it
    /// can be read.
    pub fn open_read_only(config: &StoreConfig) -> Result<Self> {
        let flags = safe_config()?.access_mode(AccessMode::ReadOnly)?;
        let connection = Connection::open_with_flags(&config.path, flags)
            .map_err(|error| explain_open(error, &config.path))?;
        let store = Self { connection };
        store.apply_limits(config)?;
        store.lock()?;
        Ok(store)
    }

    /// From here on nothing outside the database can be reached.
    fn lock(&self) -> Result<()> {
        self.connection
            .execute_batch("set enable_external_access = false; set lock_configuration = true;")?;
        Ok(())
    }

    /// A database that lives as long as the value: for tests and benches, and
    /// to bind SQL against the schema.
    pub fn in_memory() -> Result<Self> {
        let connection = Connection::open_in_memory_with_flags(safe_config()?)?;
        let store = Self { connection };
        schema::migrate(&store)?;
        Ok(store)
    }

    /// A second connection to the same open database.
    pub fn sibling(&self) -> Result<Self> {
        Ok(Self {
            connection: self.connection.try_clone()?,
        })
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs `work` in one transaction. An error rolls everything back; the
    /// database would otherwise accept a commit and drop the work silently.
    pub fn transaction<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        // Dropped after the transaction, which a panic rolls back.
        let _planner = planner::AfterPanic(&self.connection);
        let transaction = self.connection.unchecked_transaction()?;
        match work(&transaction) {
            Ok(value) => {
                transaction.commit().context("commit failed")?;
                Ok(value)
            }
            Err(error) => {
                drop(transaction);
                planner::reset(&self.connection)?;
                Err(error)
            }
        }
    }

    /// Folds the write-ahead log into the file.
    pub fn checkpoint(&self) -> Result<()> {
        self.connection.execute_batch("checkpoint")?;
        Ok(())
    }

    /// Runs `work`, interrupting whatever the database does when `deadline`
    /// has passed.
    pub fn with_deadline<T>(&self, deadline: Duration, work: impl FnOnce(&Connection) -> T) -> T {
        deadline::within(&self.connection, deadline, || work(&self.connection)).outcome
    }

    /// Gives back the memory that the database keeps between jobs to answer
    /// faster: a limit it cannot keep makes it let go of what it caches.
    pub fn release_memory(&self, config: &StoreConfig) -> Result<()> {
        self.checkpoint()?;
        // Refused while something is in use, which only means a later release.
        let _ = self.connection.execute_batch("set memory_limit = '16MiB'");
        self.limit_memory(config)
    }

    /// The folder for what does not fit into memory is set here and never
    /// again: the database refuses that once anything lies in it.
    fn apply_limits(&self, config: &StoreConfig) -> Result<()> {
        let spill = config.path.with_extension("tmp");
        self.limit(&format!(
            "set threads = {}; set temp_directory = '{}'; set max_temp_directory_size = '{}';",
            config.threads,
            quoted(&spill.display().to_string()),
            quoted(config.temp_limit.as_ref()),
        ))?;
        self.limit_memory(config)
    }

    fn limit_memory(&self, config: &StoreConfig) -> Result<()> {
        let limit = quoted(config.memory_limit.as_ref());
        self.limit(&format!("set memory_limit = '{limit}'"))
    }

    fn limit(&self, settings: &str) -> Result<()> {
        self.connection
            .execute_batch(settings)
            .context("the database refused its limits; see [store] in daybook.toml")
    }
}

/// A text as it stands inside a single-quoted SQL literal.
pub fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// Extensions are linked in, never fetched: a missing function is an error
/// here, not a reason to try the network.
fn safe_config() -> Result<Config> {
    Ok(Config::default()
        .with("autoload_known_extensions", "false")?
        .with("autoinstall_known_extensions", "false")?
        .with("allow_community_extensions", "false")?)
}

fn explain_open(error: duckdb::Error, path: &Path) -> anyhow::Error {
    let text = error.to_string();
    if text.contains("Could not set lock") || text.contains("Conflicting lock") {
        anyhow::Error::new(error).context(format!(
            "{} is open in another process; stop `daybook serve` on this deployment, or wait for the other command",
            path.display()
        ))
    } else {
        anyhow::Error::new(error).context(format!("cannot open {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_inside_a_transaction_leaves_no_trace() {
        let store = Store::in_memory().unwrap();
        store
            .connection()
            .execute_batch("create table t (x int primary key)")
            .unwrap();
        let outcome = store.transaction(|tx| {
            tx.execute_batch("insert into t values (1)")?;
            tx.execute_batch("insert into t values (1)")?;
            Ok(())
        });
        assert!(outcome.is_err());
        let rows: i64 = store
            .connection()
            .query_row("select count(*) from t", [], |r| r.get(0))
            .unwrap();
        assert_eq!(rows, 0);
        store
            .transaction(|tx| Ok(tx.execute_batch("insert into t values (2)")?))
            .unwrap();
        let rows: i64 = store
            .connection()
            .query_row("select count(*) from t", [], |r| r.get(0))
            .unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_panic_inside_a_transaction_leaves_no_trace_and_the_store_usable() {
        let store = Store::in_memory().unwrap();
        let run = |sql: &str| store.connection().execute_batch(sql).unwrap();
        run("create table t (x int primary key)");
        let broken_off = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.transaction::<()>(|tx| {
                tx.execute_batch("insert into t values (1)")?;
                planner::joins_as_written(tx, || panic!("broken off"))
            })
        }));
        assert!(broken_off.is_err());
        let one = |sql: &str| -> String {
            let found = store.connection().query_row(sql, [], |row| row.get(0));
            found.unwrap()
        };
        assert_eq!(one("select count(*)::varchar from t"), "0");
        let told_planner = one("select current_setting('disabled_optimizers')");
        assert_eq!(told_planner, "");
        let kept = store.transaction(|tx| Ok(tx.execute("insert into t values (1)", [])?));
        assert_eq!(kept.unwrap(), 1);
    }

    #[test]
    fn memory_is_given_back_after_rows_were_spilled_to_disk() {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig {
            path: folder.path().join("daybook.duckdb"),
            memory_limit: toml::Spanned::new(0..0, "128MiB".to_owned()),
            threads: 1,
            ..StoreConfig::default()
        };
        let store = Store::open(&config).unwrap();
        let spilling = "create or replace temp table sorted as \
            select range as x, repeat('x', 200) || hash(range) as text \
            from range(500000) order by hash(range)";
        for _ in 0..2 {
            store.connection().execute_batch(spilling).unwrap();
            let used: i64 = store
                .connection()
                .query_row(
                    "select sum(size)::bigint from duckdb_temporary_files()",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(used > 0, "nothing was spilled");
            store.release_memory(&config).unwrap();
        }
        let limit: String = store
            .connection()
            .query_row("select current_setting('memory_limit')", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(limit, "128.0 MiB");
    }

    #[test]
    fn a_query_past_its_deadline_is_interrupted() {
        let store = Store::in_memory().unwrap();
        let outcome = store.with_deadline(Duration::from_millis(50), |connection| {
            connection.query_row(
                "select sum(sqrt(a.range * b.range)) from range(1000000) a, range(1000000) b",
                [],
                |row| row.get::<_, f64>(0),
            )
        });
        assert!(outcome.unwrap_err().to_string().contains("Interrupt"));
    }
}
