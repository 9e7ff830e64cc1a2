//! Where a past list is made again.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::rows::{self, Found};
use super::{Verified, head};
use crate::harm::counts;
use crate::harm::index::{self, Reference};
use crate::harm::inputs::{self, Input, Role};
use crate::harm::list::{self, List};
use crate::harm::ranking;
use crate::harm::sql::{Bound, FROZEN, ListSql, Occasion};
use crate::model::as_of::AsOf;
use crate::store::{Store, bind};

/// A database beside the deployment's own, in memory, in which the tables of
/// the warehouse stand as they stood when a list was made.
pub struct Workshop {
    store: Store,
    /// Name of the deployment's own database.
    own: String,
    /// The batch and the texts that the tables stand on.
    stands_on: Option<(i64, String)>,
}

/// Name of that database.
const NAME: &str = "made_again";

impl Workshop {
    pub fn open(store: &Store) -> Result<Self> {
        let store = store.sibling()?;
        let connection = store.connection();
        let own: String = connection.query_row("select current_database()", [], |r| r.get(0))?;
        let tables: Vec<(String, String)> = bind::query(
            connection,
            "select table_schema, table_name from information_schema.tables \
             where table_catalog = current_database() \
                 and table_schema in ('history', 'ledger') order by all",
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        connection.execute_batch(&format!("attach ':memory:' as {NAME}; use {NAME};"))?;
        for schema in ["history", "ledger", "staging", "core", "mart"] {
            connection.execute_batch(&format!("create schema {schema}"))?;
        }
        for (schema, table) in tables {
            connection.execute_batch(&format!(
                "create view {schema}.{table} as from \"{own}\".{schema}.{table}"
            ))?;
        }
        Ok(Self {
            store,
            own,
            stands_on: None,
        })
    }

    /// Makes a list again and compares.
    pub fn verify(&mut self, list: &List) -> Result<Verified> {
        let connection = self.store.connection();
        let texts = inputs::kept(connection, list.list_id)?;
        ensure!(
            !texts.is_empty(),
            "list {} was made before its texts were kept; it cannot be made again",
            list.list_id
        );
        self.stand_on(list.known_at, &texts)?;
        let connection = self.store.connection();
        let previous = match list.previous_id {
            Some(previous_id) => Some(
                list::by_id(connection, previous_id)?
                    .with_context(|| format!("list {previous_id}, the one before, is gone"))?,
            ),
            None => None,
        };
        let occasion = Occasion {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            marks_known_at: list.marks_known_at,
            decisions_known_at: list.decisions_known_at,
            previous: previous.as_ref(),
        };
        let bound = Bound::new(&list.settings, occasion);
        let statements = ListSql::of(&texts);
        ranking::compute(
            connection,
            &statements,
            &list.settings,
            AsOf(list.as_of),
            &bound,
        )?;
        let counts = counts::take(connection, statements.counts()?, &bound)?;
        let mut found = Found::default();
        for frozen in FROZEN {
            let is_due = ranking::is_due(frozen, previous.as_ref());
            rows::compare(
                connection,
                (frozen, is_due),
                &statements,
                &bound,
                &mut found,
            )?;
        }
        ranking::drop_working(connection)?;
        Ok(Verified {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            rows: found.rows,
            people: found.people(),
            list: [
                head::differing(list, &texts)?,
                found.list,
                head::differing_counts(&list.counts, &counts)?,
            ]
            .concat(),
        })
    }

    /// Rebuilds the tables unless they stand on the same batch and texts.
    fn stand_on(&mut self, known_at: i64, texts: &[Input]) -> Result<()> {
        let decides = |input: &&Input| input.role != Role::List;
        let ground = (known_at, inputs::sha256(texts.iter().filter(decides)));
        if self.stands_on.as_ref() == Some(&ground) {
            return Ok(());
        }
        // Until all of them stand, they stand on nothing.
        self.stands_on = None;
        let connection = self.store.connection();
        let references = texts
            .iter()
            .filter(|input| matches!(input.role, Role::Edition | Role::Aliases | Role::Basket));
        index::write(
            connection,
            &Reference::parse(references.cloned().collect())?,
        )?;
        for model in texts.iter().filter(|input| input.role == Role::Model) {
            let table = table_of(&model.file)?;
            bind::execute(
                connection,
                &format!("create or replace table {table} as\n{}", model.text),
                &[("known_at", &known_at)],
            )
            .with_context(|| format!("{} as kept failed", model.file))?;
        }
        self.stands_on = Some(ground);
        Ok(())
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What stays attached would only be memory.
        let _ = self
            .store
            .connection()
            .execute_batch(&format!("use \"{}\"; detach {NAME};", self.own));
    }
}

/// The table that a model's file makes: its folder is the layer.
fn table_of(file: &str) -> Result<String> {
    let path = Path::new(file);
    let layer = path.parent().and_then(Path::file_name);
    let parts = layer.zip(path.file_stem());
    let (layer, name) = parts.with_context(|| format!("{file} is no path of a model"))?;
    Ok(format!("{}.{}", layer.display(), name.display()))
}
