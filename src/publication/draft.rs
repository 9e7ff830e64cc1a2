//! A release as it would be issued: every figure after disclosure control, and
//! what is left out or refused, with the reason.

use anyhow::Result;
use chrono::NaiveDate;
use daybook_disclosure::measure::{Row, rows, tables};
use daybook_disclosure::release::{Refusal, Release, release};
use daybook_disclosure::rules::Rules;
use daybook_disclosure::table::Table;
use duckdb::Connection;

use super::figures::{self, Reading};
use super::issued;
use super::told::AllTold;
use crate::measures::definition::{Audience, Definition};
use crate::model::as_of::AsOf;

/// What whoever issues has chosen.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Whether cells that would reveal something together with earlier
    /// releases are withheld; otherwise the release is refused.
    pub withhold: bool,
    /// Measures to leave out, by id.
    pub leave_out: Vec<String>,
}

/// A release that is not issued yet.
#[derive(Debug, Clone)]
pub struct Draft {
    pub as_of: AsOf,
    pub sections: Vec<Section>,
    pub left_out: Vec<LeftOut>,
    /// What stands in the way of issuing it.
    pub refused: Vec<LeftOut>,
}

/// One table of a release.
#[derive(Debug, Clone)]
pub struct Section {
    pub definition: Definition,
    pub basis: String,
    pub set_id: i64,
    /// The measure, its reading and, where each group is protected by itself,
    /// the group.
    pub subject: String,
    pub from: NaiveDate,
    /// The last month.
    pub to: NaiveDate,
    pub rows: Vec<Row>,
    pub withheld: usize,
    pub release: Release,
}

/// A measure or one reading of it that is not in the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// `6.4 recorded`.
    pub subject: String,
    pub title: String,
    pub reason: String,
}

/// The release of a date's figures, held against every earlier release.
pub fn draft(
    connection: &Connection,
    definitions: &[Definition],
    name: &str,
    as_of: AsOf,
    choices: &Choices,
) -> Result<Draft> {
    let mut draft = Draft {
        as_of,
        sections: Vec::new(),
        left_out: Vec::new(),
        refused: Vec::new(),
    };
    let earlier = issued::tables(connection)?;
    let mut told = AllTold::read(connection, definitions, &earlier, as_of)?;
    let is_public = |definition: &&Definition| {
        definition.audiences.contains(&Audience::Public) && definition.commitment.number > 0
    };
    for definition in definitions.iter().filter(is_public) {
        if choices.leave_out.contains(&definition.id) {
            draft.leave_out(definition, "", "left out by whoever issued the release");
            continue;
        }
        for basis in definition.readings() {
            match figures::reading(connection, definition, basis, as_of)? {
                Ok(reading) => {
                    let reading = draft.published(definition, reading);
                    draft.add(name, definition, &reading, &mut told, choices);
                }
                Err(without) => draft.leave_out(definition, basis, &without.to_string()),
            }
        }
    }
    Ok(draft)
}

impl Draft {
    fn leave_out(&mut self, definition: &Definition, basis: &str, reason: &str) {
        self.left_out.push(left_out(definition, basis, reason));
    }

    /// What of a reading can be protected as a whole.
    fn published(&mut self, definition: &Definition, reading: Reading) -> Reading {
        let Some(alone) = reading.headline_alone(definition) else {
            return reading;
        };
        let reason = format!(
            "only {:?} is published: how its groups overlap is not known",
            definition.headline
        );
        self.leave_out(definition, &format!("{} groups", reading.basis), &reason);
        alone
    }

    fn add(
        &mut self,
        name: &str,
        definition: &Definition,
        reading: &Reading,
        told: &mut AllTold,
        choices: &Choices,
    ) {
        let sections = |tables: Vec<Table>| -> Result<Vec<(Table, Section)>, Refusal> {
            let of = |table: Table| {
                let earlier = told.of(&table);
                let made = section(name, definition, reading, &table, &earlier, choices)?;
                Ok((table, made))
            };
            tables.into_iter().map(of).collect()
        };
        let made = self
            .tables(definition, reading, told.releases())
            .map_err(|fault| Refusal::Unfit(vec![fault]))
            .and_then(sections);
        match made {
            Ok(sections) => {
                for (table, section) in sections {
                    told.add(table, section.release.clone());
                    self.sections.push(section);
                }
            }
            // Too small to be told at all is no fault of the release.
            Err(Refusal::Unprotectable) => {
                self.leave_out(
                    definition,
                    &reading.basis,
                    &Refusal::Unprotectable.to_string(),
                );
            }
            Err(refusal) => self.refused.push(left_out(
                definition,
                &reading.basis,
                &with_advice(&refusal, definition),
            )),
        }
    }

    /// The tables of a reading. Groups that overlap, so that nobody can tell
    /// what one leaves of another, are left out, and the rest stands.
    fn tables(
        &mut self,
        definition: &Definition,
        reading: &Reading,
        earlier: &[Release],
    ) -> Result<Vec<Table>, String> {
        let made = tables(&reading.measure, &[reading.year], earlier);
        let (Err(fault), Some(bare)) = (&made, reading.without_groups()) else {
            return made;
        };
        let made = tables(&bare.measure, &[reading.year], earlier)?;
        self.leave_out(definition, &format!("{} groups", reading.basis), fault);
        Ok(made)
    }
}

fn section(
    name: &str,
    definition: &Definition,
    reading: &Reading,
    table: &Table,
    earlier: &[Release],
    choices: &Choices,
) -> Result<Section, Refusal> {
    let rules = Rules::default();
    let mut withheld = 0;
    let mut made = release(name, table, earlier, &rules);
    if let Err(Refusal::Revealing {
        remedy: Some(cells),
        ..
    }) = &made
        && choices.withhold
    {
        withheld = cells.len();
        let table = Table {
            withheld: cells.clone(),
            ..table.clone()
        };
        made = release(name, &table, earlier, &rules);
    }
    let release = made?;
    Ok(Section {
        definition: definition.clone(),
        basis: reading.basis.clone(),
        set_id: reading.set_id,
        subject: release.subject.clone(),
        from: reading.year.from(),
        to: reading.year.until() - chrono::Months::new(1),
        rows: rows(&release),
        withheld,
        release,
    })
}

fn left_out(definition: &Definition, basis: &str, reason: &str) -> LeftOut {
    LeftOut {
        subject: format!("{} {}", definition.id, basis.trim())
            .trim_end()
            .to_owned(),
        title: definition.name.clone(),
        reason: reason.to_owned(),
    }
}

/// The refusal, and what may be done about it.
fn with_advice(refusal: &Refusal, definition: &Definition) -> String {
    let id = &definition.id;
    match refusal {
        Refusal::Revealing {
            remedy: Some(cells),
            ..
        } => format!(
            "{refusal}; `--withhold` would keep back {} of its figures, `--leave-out {id}` all",
            cells.len()
        ),
        _ => format!("{refusal}; `--leave-out {id}` leaves it out"),
    }
}
