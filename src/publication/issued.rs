//! Releases that left the house.

use anyhow::{Context, Result, bail, ensure};
use chrono::NaiveDate;
use daybook_disclosure::release::Release;
use duckdb::{Connection, params};

use super::calendar;
use super::draft::Draft;
use crate::audit::{self, Event, Kind};
use crate::model::act::Act;
use crate::store::schema::hex_sha256;
use crate::store::{bind, chain, inputs};

/// A release's page and its figures for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// HTML.
    pub page: String,
    /// CSV.
    pub figures: String,
}

/// A table that was issued.
#[derive(Debug, Clone)]
pub struct Earlier {
    pub measure_id: String,
    pub basis: String,
    pub set_id: i64,
    pub release: Release,
}

/// Every table ever issued, oldest first, as disclosure control needs them.
/// Refused where one is missing: what is not known to have been told cannot be
/// held against what would be.
pub fn tables(connection: &Connection) -> Result<Vec<Earlier>> {
    let rows = bind::query(
        connection,
        "select releases.name, tables.place, tables.measure_id, tables.basis, tables.set_id, \
             tables.release_json \
         from ledger.release_issues as issues \
         inner join ledger.releases as releases using (release_id) \
         left join ledger.release_tables as tables using (release_id) \
         order by issues.issued_at, release_id, tables.place",
        &[],
        |row| {
            let place: (String, Option<i32>) = (row.get(0)?, row.get(1)?);
            let of: [Option<String>; 2] = [row.get(2)?, row.get(3)?];
            Ok((
                place,
                of,
                row.get::<_, Option<i64>>(4)?,
                row.get::<_, Option<String>>(5)?,
            ))
        },
    )?;
    let mut tables = Vec::new();
    let mut last = (String::new(), 0);
    for ((name, place), [measure_id, basis], set_id, text) in rows {
        let expected = if last.0 == name { last.1 + 1 } else { 1 };
        let (Some(measure_id), Some(basis), Some(set_id), Some(text)) =
            (measure_id, basis, set_id, text)
        else {
            bail!("the ledger has lost the tables of release {name:?}; see `daybook audit verify`");
        };
        ensure!(
            place == Some(expected),
            "the ledger has lost table {expected} of release {name:?}; see `daybook audit verify`"
        );
        let release = serde_json::from_str(&text)
            .with_context(|| format!("a table of release {name:?} in the ledger cannot be read"))?;
        last = (name, expected);
        tables.push(Earlier {
            measure_id,
            basis,
            set_id,
            release,
        });
    }
    Ok(tables)
}

/// Keeps a draft as issued. Refused before its day, if anything in it was, or
/// if it was issued before.
pub fn issue(
    connection: &Connection,
    name: &str,
    draft: &Draft,
    texts: &Texts,
    (act, today): (Act<'_>, NaiveDate),
) -> Result<()> {
    let planned = calendar::named(connection, name)?;
    if let Some(at) = planned.issued_at {
        bail!(
            "{name:?} was issued at {} UTC; nothing was changed",
            at.format("%Y-%m-%d %H:%M")
        );
    }
    planned.check_day(today)?;
    check_folder(connection, name)?;
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
    let written = [
        "ledger.release_tables",
        "ledger.release_issues",
        "ledger.releases",
    ];
    written
        .into_iter()
        .try_for_each(|ledger| chain::seal(connection, ledger, &[id]))?;
    let event = Event {
        detail: serde_json::json!({ "release": name, "release_id": id }),
        ..Event::new(Kind::Disclosure, "release issue")
    };
    audit::record(connection, act.into(), &event)
}

/// Releases planned before names were held against one another may share a
/// folder.
fn check_folder(connection: &Connection, name: &str) -> Result<()> {
    let other = calendar::all(connection)?.into_iter().find(|other| {
        other.issued_at.is_some() && calendar::folder(&other.name) == calendar::folder(name)
    });
    match other {
        Some(other) => bail!(
            "nothing was issued: the files of {:?} lie in the same folder; plan {name:?} anew \
             under another name",
            other.name
        ),
        None => Ok(()),
    }
}

/// What a release said, word for word, as it was issued. Refused before its day
/// and where its texts are no longer those of the ledger's hashes.
pub fn texts(connection: &Connection, name: &str, today: NaiveDate) -> Result<Texts> {
    let planned = calendar::named(connection, name)?;
    planned.check_day(today)?;
    let found = bind::query(
        connection,
        "select page_sha256, page.text, figures_sha256, figures.text \
         from ledger.release_issues as issues \
         left join ledger.texts as page on page.sha256 = issues.page_sha256 \
         left join ledger.texts as figures on figures.sha256 = issues.figures_sha256 \
         where release_id = $release_id",
        &[("release_id", &planned.release_id)],
        |row| Ok([(row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)]),
    )?;
    let [page, figures] = found
        .into_iter()
        .next()
        .with_context(|| format!("{name:?} is due on {} and not issued yet", planned.due_on))?;
    Ok(Texts {
        page: proved(name, "page", page)?,
        figures: proved(name, "figures", figures)?,
    })
}

fn proved(name: &str, what: &str, (sha256, text): (String, Option<String>)) -> Result<String> {
    let text = text.with_context(|| {
        format!("nothing was written: the {what} of {name:?} is gone from the ledger")
    })?;
    ensure!(
        hex_sha256(text.as_bytes()) == sha256,
        "nothing was written: the {what} of {name:?} was altered in the ledger: its SHA-256 is not \
         {sha256}, that of what was issued"
    );
    Ok(text)
}
