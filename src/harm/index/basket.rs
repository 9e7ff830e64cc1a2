//! The VAWG basket: which codes count, and when.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;
use serde::Serialize;

use super::Reference;
use super::aliases::Alias;
use super::table::Table;
use crate::config::problem::Problems;
use crate::store::bind;

/// Whether and when a code is violence against women and girls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasketRow {
    pub ho_code: String,
    pub vawg_group: String,
    pub condition: Condition,
    pub title: String,
}

/// When a crime of a code counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A victim is recorded as female.
    FemaleVictim,
    /// The crime carries the domestic-abuse flag.
    DomesticAbuse,
    DomesticAbuseOrFemaleVictim,
    /// Whoever the victim is.
    Always,
    Never,
}

impl Condition {
    pub const ALL: [Self; 5] = [
        Self::FemaleVictim,
        Self::DomesticAbuse,
        Self::DomesticAbuseOrFemaleVictim,
        Self::Always,
        Self::Never,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::FemaleVictim => "female_victim",
            Self::DomesticAbuse => "domestic_abuse",
            Self::DomesticAbuseOrFemaleVictim => "domestic_abuse_or_female_victim",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Whether a crime counts. `core.crimes` says the same in SQL.
    pub fn holds(self, has_female_victim: bool, is_domestic_abuse: bool) -> bool {
        match self {
            Self::FemaleVictim => has_female_victim,
            Self::DomesticAbuse => is_domestic_abuse,
            Self::DomesticAbuseOrFemaleVictim => has_female_victim || is_domestic_abuse,
            Self::Always => true,
            Self::Never => false,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|held| held.as_str() == text)
    }
}

/// Checks the text of a basket.
pub fn parse(file: &str, text: &str) -> Result<Vec<BasketRow>, Problems> {
    let columns = ["ho_code", "vawg_group", "condition", "title"];
    let mut table = Table::read(file, text, &columns, &[])?;
    table.check_rows();
    table.check_codes("ho_code");
    table.check_doubles("ho_code");
    let (mut basket, mut problems) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let text = |column: &str| table.cell(row, column).to_owned();
        let group = text("vawg_group");
        if group.is_empty() || !group.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            let message = format!("is {group:?}; expected words such as threats_to_kill");
            problems.push(table.problem(row, "vawg_group", &message));
        }
        match Condition::parse(table.cell(row, "condition")) {
            Some(condition) => basket.push(BasketRow {
                ho_code: text("ho_code"),
                vawg_group: group,
                condition,
                title: text("title"),
            }),
            None => {
                let known = Condition::ALL.map(Condition::as_str).join(", ");
                let message = format!("is {:?}; expected one of {known}", text("condition"));
                problems.push(table.problem(row, "condition", &message));
            }
        }
    }
    table.problems.extend(problems);
    table.finish(basket)
}

/// Finds a code's place: its own row, or for a retired code that has none the
/// row of the code it is led to.
#[derive(Debug)]
pub struct Finder<'a> {
    rows: BTreeMap<&'a str, &'a BasketRow>,
    led: BTreeMap<&'a str, &'a str>,
}

impl<'a> Finder<'a> {
    pub fn new(basket: &'a [BasketRow], aliases: &'a [Alias]) -> Self {
        let led = |alias: &'a Alias| (alias.recorded_code.as_str(), alias.index_code.as_str());
        Self {
            rows: basket.iter().map(|r| (r.ho_code.as_str(), r)).collect(),
            led: aliases.iter().map(led).collect(),
        }
    }

    pub fn row(&self, code: &str) -> Option<&'a BasketRow> {
        let led = || self.led.get(code).and_then(|to| self.rows.get(to));
        self.rows.get(code).or_else(led).copied()
    }

    /// The title of a code's own row.
    pub fn own_title(&self, code: &str) -> Option<String> {
        self.rows.get(code).map(|row| row.title.clone())
    }

    /// The code whose weight a recorded code takes.
    pub fn index_code<'b>(&self, code: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.led.get(code).copied().unwrap_or(code)
    }
}

/// A basket in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub sha256: String,
    pub codes: usize,
    pub conditions: BTreeMap<Condition, usize>,
    pub groups: BTreeMap<String, BTreeMap<Condition, usize>>,
    /// The lists that were made with this version; `None` when none was.
    pub lists: Option<Lists>,
}

/// Lists made with one version of the basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lists {
    pub lists: u64,
    pub first_as_of: NaiveDate,
    pub latest_as_of: NaiveDate,
    /// UTC date of the first one's making.
    pub in_use_since: NaiveDate,
}

/// Counts a basket, and the lists of a database that stand on this version.
pub fn summarise(reference: &Reference, connection: Option<&Connection>) -> Result<Summary> {
    let sha256 = reference.basket_sha256();
    let mut groups: BTreeMap<String, BTreeMap<Condition, usize>> = BTreeMap::new();
    let mut conditions = BTreeMap::new();
    for row in &reference.basket {
        *conditions.entry(row.condition).or_insert(0) += 1;
        let group = groups.entry(row.vawg_group.clone()).or_default();
        *group.entry(row.condition).or_insert(0) += 1;
    }
    Ok(Summary {
        lists: connection.map(|c| lists(c, &sha256)).transpose()?.flatten(),
        codes: reference.basket.len(),
        conditions,
        groups,
        sha256,
    })
}

fn lists(connection: &Connection, sha256: &str) -> Result<Option<Lists>> {
    let found = bind::query(
        connection,
        "select count(*), min(as_of), max(as_of), cast(min(made_at) as date) \
         from ledger.lists where basket_sha256 = $sha256 having count(*) > 0",
        &[("sha256", &sha256)],
        |row| {
            Ok(Lists {
                lists: row.get(0)?,
                first_as_of: row.get(1)?,
                latest_as_of: row.get(2)?,
                in_use_since: row.get(3)?,
            })
        },
    )?;
    Ok(found.into_iter().next())
}
