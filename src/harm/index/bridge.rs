//! From the national basket to what the Met publishes, line by line: the titles
//! of its tables, each with the code whose place in the basket decides, and how
//! many offences stand under it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use chrono::NaiveDate;
use duckdb::Connection;
use serde::Serialize;

use super::Reference;
use super::basket::{Condition, Finder};
use super::titles::{self, Key, Title};
use crate::model::basket_name::BasketName;
use crate::store::bind;

/// What a line adds to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// In both.
    Both,
    /// In both; the basket counts it on a condition.
    Conditional,
    /// In the basket, and not in what is published.
    LeftOut,
    /// Published as VAWG, and not in the basket.
    Added,
    /// Published under a title that the crosswalk does not name.
    Unnamed,
    /// Published, and by the publisher's own flag no VAWG.
    Apart,
}

/// One line of the walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub step: Step,
    pub what: String,
    /// Codes that decided, or classes of them.
    pub codes: Vec<String>,
    /// None for what is not published.
    pub offences: Option<i64>,
    /// With all lines before.
    pub so_far: i64,
}

/// The walk, or what it lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bridge {
    pub lines: Vec<Line>,
    /// Offences by title, each with the offence that it is joined to.
    pub titles: Vec<Counted>,
    /// The published total, by the table of places, which has no titles.
    pub published: i64,
    pub first_month: Option<NaiveDate>,
    pub last_month: Option<NaiveDate>,
    /// Why there is no walk.
    pub missing: Option<String>,
}

/// One published title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub title: String,
    /// The broader name that goes on when titles change.
    pub offence: String,
    pub class: String,
    pub first_month: NaiveDate,
    pub last_month: NaiveDate,
    pub offences: i64,
}

impl Bridge {
    /// Offences of all lines.
    pub fn total(&self) -> i64 {
        self.lines.last().map_or(0, |line| line.so_far)
    }

    fn unsound(file: &str) -> Self {
        Self::missing(format!("{file} does not hold; `daybook check` tells where"))
    }

    fn missing(why: impl Into<String>) -> Self {
        Self {
            missing: Some(why.into()),
            ..Self::default()
        }
    }
}

/// Walks from the national basket of a deployment to the published total.
pub fn walk(dir: &Path, connection: &Connection) -> Result<Bridge> {
    let file = titles::FILE;
    let crosswalk = match titles::load(dir) {
        Ok(Some(crosswalk)) => crosswalk,
        Ok(None) => {
            return Ok(Bridge::missing(format!(
                "{file} is not there; `daybook init` writes one"
            )));
        }
        Err(_) => return Ok(Bridge::unsound(file)),
    };
    let Ok(reference) = Reference::of_basket(dir, BasketName::Npcc) else {
        return Ok(Bridge::unsound(BasketName::Npcc.file()));
    };
    let Some(counted) = counted(connection)? else {
        return Ok(Bridge::missing(
            "nothing has been accepted yet; run `daybook run nightly-ingest` first",
        ));
    };
    if counted.is_empty() {
        return Ok(Bridge::missing(
            "no met_vawg_offences file has arrived, and no other tells offences by title",
        ));
    }
    let finder = Finder::new(&reference.basket, &reference.aliases);
    let mut lines = lines(&crosswalk, &finder, &counted);
    lines.extend(left_out(&crosswalk, &reference));
    lines.sort_by(|a, b| (a.step, b.offences, &a.what).cmp(&(b.step, a.offences, &b.what)));
    let mut so_far = 0;
    for line in &mut lines {
        so_far += line.offences.unwrap_or(0);
        line.so_far = so_far;
    }
    Ok(Bridge {
        lines,
        published: published(connection)?,
        first_month: counted.iter().map(|title| title.first_month).min(),
        last_month: counted.iter().map(|title| title.last_month).max(),
        titles: counted,
        missing: None,
    })
}

/// Published titles with their counts; none before the first warehouse.
fn counted(connection: &Connection) -> Result<Option<Vec<Counted>>> {
    let is_built: bool = bind::query_one(
        connection,
        "select count(*) > 0 from duckdb_tables() where database_name = current_database() \
             and schema_name = 'staging' and table_name = 'met_vawg_offences'",
        &[],
        |row| row.get(0),
    )?;
    if !is_built {
        return Ok(None);
    }
    let found = bind::query(
        connection,
        "select coalesce(offence, 'Not stated') as title, \
             coalesce(vawg_offence, 'Not stated') as offence, \
             coalesce(offence_group, 'Not stated') as class, \
             cast(min(recorded_month) as date) as first_month, \
             cast(max(recorded_month) as date) as last_month, \
             cast(sum(offences) as bigint) as offences \
         from staging.met_vawg_offences where sheet = 'Offence count classification' \
         group by 1, 2, 3 order by class, offence, title",
        &[],
        |row| {
            Ok(Counted {
                title: row.get("title")?,
                offence: row.get("offence")?,
                class: row.get("class")?,
                first_month: row.get("first_month")?,
                last_month: row.get("last_month")?,
                offences: row.get("offences")?,
            })
        },
    )?;
    Ok(Some(found))
}

fn published(connection: &Connection) -> Result<i64> {
    bind::query_one(
        connection,
        "select cast(coalesce(sum(offences), 0) as bigint) from staging.met_vawg_offences \
         where sheet = 'Offence count location'",
        &[],
        |row| row.get(0),
    )
}

/// The published titles, added up by what they are to the basket.
fn lines(crosswalk: &[Title], finder: &Finder<'_>, counted: &[Counted]) -> Vec<Line> {
    let known: BTreeMap<Key, &Title> = crosswalk.iter().map(|title| (title.key(), title)).collect();
    let mut sums: BTreeMap<(Step, String), (BTreeSet<String>, i64)> = BTreeMap::new();
    for one in counted {
        let title = known.get(&titles::key(&one.title, &one.offence, &one.class));
        let (step, what) = match title {
            _ if one.class == titles::NO_VAWG => {
                (Step::Apart, "Non-VaWG Classification".to_owned())
            }
            None => (
                Step::Unnamed,
                "titles that the crosswalk does not name".to_owned(),
            ),
            Some(title) => match finder.row(&title.ho_code).map(|row| row.condition) {
                Some(Condition::FemaleVictim | Condition::Always) => {
                    (Step::Both, title.class.clone())
                }
                Some(Condition::DomesticAbuse | Condition::DomesticAbuseOrFemaleVictim) => {
                    (Step::Conditional, title.subclass.clone())
                }
                Some(Condition::Never) | None => (Step::Added, title.subclass.clone()),
            },
        };
        let (codes, sum) = sums.entry((step, what)).or_default();
        let code = title
            .filter(|_| step != Step::Apart)
            .map(|title| &title.ho_code);
        codes.extend(code.filter(|code| !code.is_empty()).cloned());
        *sum += one.offences;
    }
    sums.into_iter()
        .map(|((step, what), (codes, sum))| Line {
            step,
            what,
            codes: codes.into_iter().collect(),
            offences: Some(sum),
            so_far: 0,
        })
        .collect()
}

/// Groups of the basket by classes of codes of which no title is published.
fn left_out(crosswalk: &[Title], reference: &Reference) -> Vec<Line> {
    let class = |code: &str| code.split('/').next().unwrap_or(code).to_owned();
    let published: BTreeSet<String> = crosswalk.iter().map(|t| class(&t.ho_code)).collect();
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let counting = reference
        .basket
        .iter()
        .filter(|row| row.condition != Condition::Never);
    for row in counting.filter(|row| !published.contains(&class(&row.ho_code))) {
        groups
            .entry(&row.vawg_group)
            .or_default()
            .insert(class(&row.ho_code));
    }
    groups
        .into_iter()
        .map(|(group, classes)| Line {
            step: Step::LeftOut,
            what: group.replace('_', " "),
            codes: classes.into_iter().collect(),
            offences: None,
            so_far: 0,
        })
        .collect()
}
