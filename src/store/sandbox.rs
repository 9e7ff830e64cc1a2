//! The ground that an analyst's own SELECT stands on: a database in memory that
//! holds nothing but the tables that the statement names, each a view of the
//! file's, which is open under a name that nobody can guess.
//!
//! A statement is decided on by the database's own parse of it, before anything
//! is bound: its tables must be tables of the file, its functions must be on a
//! list. Binding can be made to see a statement that the check did not, by
//! `query(random()...)` say; parsing the same text twice cannot.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;

use anyhow::{Context, Result, ensure};
use duckdb::Connection;

use super::functions::{is_row_maker, is_value_maker};
use super::query::{self, Bounds};
use super::table_references::{self, Reads, TableRef};
use super::{Store, as_known_views, bind, plan_scans, quoted};
use crate::config::StoreConfig;
use crate::table::Table;

/// The deployment's file, open for one statement.
pub struct Sandbox {
    store: Store,
    /// What the file is attached as.
    file: String,
    tables: BTreeMap<Name, Source>,
}

/// Schema and name, in lower case.
pub type Name = (String, String);

/// What stands behind a name that a statement may say.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// A table of the file, as the file spells it.
    Table(Name),
    View(Name),
    /// Its history as known after a batch.
    Known(Name),
    /// Names of what may be read: `catalogue.tables`, `catalogue.columns`.
    Catalogue,
}

/// A statement that may be run once it is decided who may see its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    sql: String,
    named: Vec<Name>,
    /// The tables of the file that its rows come from, behind views too.
    pub reads: Vec<Name>,
}

/// Why a statement is not run, whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// The database in memory, under the name that the file has elsewhere.
const ROOM: &str = "daybook";

const CATALOGUE: &str = "catalogue";

const NAMES: &str = "`from catalogue.tables` and `from catalogue.columns` say what there is";

impl Sandbox {
    /// Opens the file so that nothing in it can be written.
    pub fn open(config: &StoreConfig) -> Result<Self> {
        let connection = Connection::open_in_memory_with_flags(super::safe_config()?)?;
        let file = unguessable()?;
        connection
            .execute_batch(&format!(
                "attach '{}' as {file} (read_only); use {file};",
                quoted(&config.path.display().to_string())
            ))
            .map_err(|error| super::explain_open(error, &config.path))?;
        let store = Store { connection };
        store.apply_limits(config)?;
        plan_scans::allow(&store.connection)?;
        let tables = tables(&store.connection, &file)?;
        Ok(Self {
            store,
            file,
            tables,
        })
    }

    /// The file, for the program's own questions before [`Self::close_in`].
    pub fn connection(&self) -> &Connection {
        &self.store.connection
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Decides whether a statement may be run at all. What is no SQL is an
    /// error and no refusal.
    pub fn admit(&self, sql: &str) -> Result<Result<Admitted, Refusal>> {
        let connection = self.connection();
        let Ok(parsed) = query::parse(connection, sql) else {
            return Ok(Err(Refusal("it nests too deeply to be read".to_owned())));
        };
        if let Some(fault) = query::fault_of(&parsed) {
            ensure!(!fault.is_garbled, "{}", fault.message);
            return Ok(Err(Refusal(fault.message)));
        }
        let sql = query::without_end(connection, sql)?;
        let reads = table_references::named(&parsed);
        if let Some(refusal) = refused_function(&reads) {
            return Ok(Err(refusal));
        }
        let mut admitted = Admitted {
            sql: sql.to_owned(),
            named: Vec::new(),
            reads: Vec::new(),
        };
        for table in &reads.tables {
            let Some(name) = self.resolve(table) else {
                return Ok(Err(Refusal(format!(
                    "there is no table {table}, or none that a query may read; {NAMES}"
                ))));
            };
            match self.behind(&name)? {
                Ok(behind) => admitted.reads.extend(behind),
                Err(refusal) => return Ok(Err(refusal)),
            }
            admitted.named.push(name);
        }
        for names in [&mut admitted.named, &mut admitted.reads] {
            names.sort();
            names.dedup();
        }
        Ok(Ok(admitted))
    }

    fn resolve(&self, table: &TableRef) -> Option<Name> {
        let is_here = table.catalog.as_deref().is_none_or(|name| name == ROOM);
        let name = (table.schema.clone()?, table.name.clone());
        (is_here && self.tables.contains_key(&name)).then_some(name)
    }

    /// The tables of the file that a name leads to.
    fn behind(&self, name: &Name) -> Result<Result<Vec<Name>, Refusal>> {
        let view = match &self.tables[name] {
            Source::Catalogue => return Ok(Ok(Vec::new())),
            Source::Table((schema, table)) | Source::Known((schema, table)) => {
                let lower = (schema.to_lowercase(), table.to_lowercase());
                return Ok(Ok(vec![lower]));
            }
            Source::View(view) => self.place(view),
        };
        let scans = plan_scans::scans(self.connection(), &format!("from {view}"))
            .with_context(|| format!("cannot tell what {}.{} reads", name.0, name.1))?;
        let is_plain = scans.functions.is_empty()
            && scans.tables.iter().all(|table| {
                table.catalog.as_deref() == Some(self.file.as_str()) && table.schema.is_some()
            });
        if !is_plain {
            let view = format!("{}.{}", name.0, name.1);
            return Ok(Err(Refusal(format!(
                "{view} reads what is no table of the database"
            ))));
        }
        let tables = scans.tables.into_iter();
        Ok(Ok(tables
            .filter_map(|table| Some((table.schema?, table.name)))
            .collect()))
    }

    /// Makes the tables that the statement names, and nothing else, and locks
    /// the ground. `is_shown` tells the schemas whose names are no secret.
    pub fn close_in(
        &self,
        admitted: &Admitted,
        known_at: Option<i64>,
        is_shown: impl Fn(&str) -> bool,
    ) -> Result<()> {
        self.connection()
            .execute_batch(&format!("attach ':memory:' as {ROOM}"))?;
        for name in &admitted.named {
            let (schema, table) = (sql_name(&name.0), sql_name(&name.1));
            let made = match &self.tables[name] {
                Source::Table(of) | Source::View(of) => {
                    format!("view {ROOM}.{schema}.{table} as from {}", self.place(of))
                }
                Source::Known(of) => format!(
                    "view {ROOM}.{schema}.{table} as {}",
                    as_known_views::rows(&self.place(of), known_at)
                ),
                Source::Catalogue => format!(
                    "table {ROOM}.{schema}.{table} as {}",
                    self.catalogue(&name.1, &is_shown)
                ),
            };
            self.connection()
                .execute_batch(&format!(
                    "create schema if not exists {ROOM}.{schema}; create {made}"
                ))
                .with_context(|| format!("cannot show {}.{}", name.0, name.1))?;
        }
        self.connection().execute_batch(&format!("use {ROOM}"))?;
        self.store.lock()
    }

    /// Names of tables, or of their columns, with nothing of what is in them.
    fn catalogue(&self, what: &str, is_shown: impl Fn(&str) -> bool) -> String {
        let shown: Vec<String> = self
            .tables
            .iter()
            .filter_map(|(name, source)| {
                let (schema, table) = match source {
                    Source::Table(of) | Source::View(of) | Source::Known(of) => of,
                    Source::Catalogue => return None,
                };
                let is_whole = !matches!(source, Source::Known(_));
                is_shown(schema).then(|| {
                    format!(
                        "('{}', '{}', '{}', '{}', {is_whole})",
                        quoted(&name.0),
                        quoted(&name.1),
                        quoted(schema),
                        quoted(table)
                    )
                })
            })
            .collect();
        let shown = if shown.is_empty() {
            "('', '', '', '', false)".to_owned()
        } else {
            shown.join(", ")
        };
        let shown = format!(
            "with shown(schema_name, table_name, of_schema, of_table, is_whole) as (values {shown}) "
        );
        if what == "tables" {
            return shown
                + "select schema_name, table_name from shown where table_name <> '' order by all";
        }
        format!(
            "{shown} select shown.schema_name, shown.table_name, c.column_name, c.data_type, \
                 c.column_index \
             from shown join duckdb_columns() as c \
                 on c.schema_name = shown.of_schema and c.table_name = shown.of_table \
             where c.database_name = '{}' \
                 and (is_whole or c.column_name not in ({})) \
             order by schema_name, table_name, column_index",
            self.file,
            as_known_views::HIDDEN
                .map(|name| format!("'{name}'"))
                .join(", ")
        )
    }

    /// Runs an admitted statement: the very text that was decided on.
    pub fn select(&self, admitted: &Admitted, bounds: Bounds) -> Result<Table> {
        query::select_within(self.connection(), &admitted.sql, bounds)
    }

    fn place(&self, (schema, table): &Name) -> String {
        format!("{}.{}.{}", self.file, sql_name(schema), sql_name(table))
    }
}

fn refused_function(reads: &Reads) -> Option<Refusal> {
    let rows = reads.functions.iter().find(|found| !is_row_maker(found));
    let call = || reads.calls.iter().find(|found| !is_value_maker(found));
    let name = &rows.or_else(call)?.name;
    Some(Refusal(match name.as_str() {
        "show" => format!("a query may not ask for all names at once; {NAMES}"),
        name => format!(
            "{name}() is not on the list of functions that a query may use; {NAMES}, and other \
             tables are read by their names"
        ),
    }))
}

/// Everything that a statement may name.
fn tables(connection: &Connection, file: &str) -> Result<BTreeMap<Name, Source>> {
    let held: Vec<(String, String, bool)> = bind::query(
        connection,
        "select schema_name, table_name, false from duckdb_tables() \
         where database_name = $file and not internal \
         union all \
         select schema_name, view_name, true from duckdb_views() \
         where database_name = $file and not internal",
        &[("file", &file)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut tables = BTreeMap::new();
    for (schema, table, is_view) in held {
        let name = (schema.to_lowercase(), table.to_lowercase());
        let place = (schema, table);
        if !is_view && as_known_views::is_history(&name.0) {
            let known = ("known".to_owned(), name.1.clone());
            tables.insert(known, Source::Known(place.clone()));
        }
        let source = if is_view { Source::View } else { Source::Table };
        tables.insert(name, source(place));
    }
    for table in ["tables", "columns"] {
        let name = (CATALOGUE.to_owned(), table.to_owned());
        tables.insert(name, Source::Catalogue);
    }
    Ok(tables)
}

/// A second wall behind the first: should a statement find a way to name a
/// table past the check, it would have to name this.
fn unguessable() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("the machine gives no random bytes")?;
    Ok(format!("f{:032x}", u128::from_ne_bytes(bytes)))
}

fn sql_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
