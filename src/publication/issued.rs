//! Releases that left the house.

use anyhow::{Context, Result, bail};
use chrono::NaiveDateTime;
use duckdb::{Connection, params};

use super::calendar;
use super::draft::Draft;
use crate::disclosure::release::Release;
use crate::model::account_name::AccountName;
use crate::store::{bind, inputs};

/// Who issues a release, and when.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    pub by: &'a AccountName,
    /// UTC.
    pub at: NaiveDateTime,
}

/// A release's page and its figures for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// HTML.
    pub page: String,
    /// CSV.
    pub figures: String,
}

/// Every table ever issued, oldest first, as disclosure control needs them.
pub fn releases(connection: &Connection) -> Result<Vec<Release>> {
    let texts: Vec<String> = bind::query(
        connection,
        "select release_json from ledger.release_tables as tables \
         inner join ledger.release_issues as issues using (release_id) \
         order by issues.issued_at, release_id, place",
        &[],
        |row| row.get(0),
    )?;
    texts
        .iter()
        .map(|text| serde_json::from_str(text).context("a release in the ledger cannot be read"))
        .collect()
}

/// Keeps a draft as issued. Refused if anything in it was, or if it was issued
/// before.
pub fn issue(
    connection: &Connection,
    name: &str,
    draft: &Draft,
    texts: &Texts,
    act: Act<'_>,
) -> Result<()> {
    let planned = calendar::named(connection, name)?;
    if let Some(at) = planned.issued_at {
        bail!(
            "{name:?} was issued at {} UTC; nothing was changed",
            at.format("%Y-%m-%d %H:%M")
        );
    }
    if !draft.refused.is_empty() {
        let refused: Vec<String> = draft
            .refused
            .iter()
            .map(|refused| format!("{}: {}", refused.subject, refused.reason))
            .collect();
        bail!("nothing was issued: {}", refused.join("\n  "));
    }
    if draft.sections.is_empty() {
        bail!("nothing was issued: no figure can be published; see `daybook release preview`");
    }
    let id = planned.release_id;
    for (place, section) in (1_i32..).zip(&draft.sections) {
        connection.execute(
            "insert into ledger.release_tables values (?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                id,
                place,
                section.definition.id,
                section.basis,
                section.set_id,
                section.subject,
                serde_json::to_string(&section.release)?,
                i32::try_from(section.withheld)?,
            ],
        )?;
    }
    connection.execute(
        "insert into ledger.release_issues values (?, ?, ?, ?, ?, ?, ?)",
        params![
            id,
            draft.as_of.0,
            act.by.as_str(),
            act.at,
            env!("CARGO_PKG_VERSION"),
            inputs::keep_text(connection, &texts.page)?,
            inputs::keep_text(connection, &texts.figures)?,
        ],
    )?;
    connection.execute(
        "update ledger.releases set issued_at = ? where release_id = ?",
        params![act.at, id],
    )?;
    Ok(())
}

/// What a release said, word for word.
pub fn texts(connection: &Connection, name: &str) -> Result<Texts> {
    let planned = calendar::named(connection, name)?;
    let found = bind::query(
        connection,
        "select page.text, figures.text from ledger.release_issues as issues \
         inner join ledger.texts as page on page.sha256 = issues.page_sha256 \
         inner join ledger.texts as figures on figures.sha256 = issues.figures_sha256 \
         where release_id = $release_id",
        &[("release_id", &planned.release_id)],
        |row| {
            Ok(Texts {
                page: row.get(0)?,
                figures: row.get(1)?,
            })
        },
    )?;
    found
        .into_iter()
        .next()
        .with_context(|| format!("{name:?} is due on {} and not issued yet", planned.due_on))
}
