//! What earlier releases, and this one so far, have told of the counts of a
//! table, under whatever name.

use anyhow::{Context as _, Result};
use daybook_disclosure::measure::tables;
use daybook_disclosure::release::Release;
use daybook_disclosure::shared::{self, Likeness};
use daybook_disclosure::table::Table;
use duckdb::Connection;

use super::figures::{self, Reading};
use super::issued::Earlier;
use crate::measures::definition::Definition;
use crate::model::as_of::AsOf;

/// A release with the counts that it was made of.
#[derive(Debug, Clone)]
pub(super) struct Told {
    table: Table,
    release: Release,
    likeness: Likeness,
}

/// Everything told so far.
#[derive(Debug, Clone, Default)]
pub(super) struct AllTold {
    /// As they were issued.
    releases: Vec<Release>,
    told: Vec<Told>,
}

impl AllTold {
    /// What the ledger holds. A measure that still counts what it counted then
    /// is taken as it stands today; of one that is gone, or counts something
    /// else by now, the figures of that time are all there is.
    pub(super) fn read(
        connection: &Connection,
        definitions: &[Definition],
        earlier: &[Earlier],
        as_of: AsOf,
    ) -> Result<Self> {
        let releases: Vec<Release> = earlier.iter().map(|one| one.release.clone()).collect();
        let mut told = Vec::new();
        for one in earlier {
            let then = figures::stored(
                connection,
                one.set_id,
                &one.measure_id,
                &one.basis,
                is_among(&one.release),
            )?;
            let then = then.ok();
            let then = then.and_then(|reading| table(&reading, one, &releases));
            // What it told cannot be held against what would be told now.
            let then = then.with_context(|| {
                format!(
                    "the counts that an earlier release of {} was made of are not in the \
                     ledger any more (set {}); see `daybook audit verify`",
                    one.release.subject, one.set_id
                )
            })?;
            let now = today(connection, definitions, one, as_of)?;
            let now = now.and_then(|reading| table(&reading, one, &releases));
            let now = now.filter(|now| shared::is_same(now, &then, Likeness::Corrected));
            let (table, likeness) = match now {
                Some(now) => (now, Likeness::Equal),
                None => (then, Likeness::Corrected),
            };
            told.push(Told {
                table,
                release: one.release.clone(),
                likeness,
            });
        }
        Ok(Self { releases, told })
    }

    /// As they were issued, each under its own name.
    pub(super) fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// What a table has to be held against: the releases of its own name, and
    /// what others told of the same counts.
    pub(super) fn of(&self, table: &Table) -> Vec<Release> {
        let own = self
            .releases
            .iter()
            .filter(|release| release.subject == table.subject);
        let others = self
            .told
            .iter()
            .filter(|told| told.table.subject != table.subject);
        let others = others.filter_map(|told| {
            shared::in_words_of(table, &told.table, &told.release, told.likeness)
        });
        own.cloned().chain(others).collect()
    }

    /// Takes in a table of the release that is being made.
    pub(super) fn add(&mut self, table: Table, release: Release) {
        self.told.push(Told {
            table,
            release,
            likeness: Likeness::Equal,
        });
    }
}

/// The table of a reading that a release was made of; none where it cannot be
/// made again.
fn table(reading: &Reading, of: &Earlier, releases: &[Release]) -> Option<Table> {
    let made = tables(&reading.measure, &[], releases).or_else(|fault| {
        let bare = reading.without_groups().ok_or(fault)?;
        tables(&bare.measure, &[], releases)
    });
    let mut made = made.ok()?.into_iter();
    made.find(|table| table.subject == of.release.subject)
}

fn today(
    connection: &Connection,
    definitions: &[Definition],
    of: &Earlier,
    as_of: AsOf,
) -> Result<Option<Reading>> {
    let definition = definitions.iter().find(|definition| {
        definition.id == of.measure_id && definition.readings().contains(&of.basis.as_str())
    });
    match definition {
        Some(definition) => Ok(figures::reading(connection, definition, &of.basis, as_of)?.ok()),
        None => Ok(None),
    }
}

/// Whether a release tells what its counts are among.
fn is_among(release: &Release) -> bool {
    release
        .cells
        .iter()
        .any(|cell| cell.cell.group.paths.contains(""))
}
