//! A list's head and its figures, against what they should be.

use anyhow::Result;

use super::Difference;
use crate::harm::counts::Counts;
use crate::harm::index::Reference;
use crate::harm::list::List;
use crate::harm::ranking;
use crate::harm::sql::ListSql;
use crate::model::as_of::AsOf;
use crate::store::inputs::Input;

/// What the head says of the list, against the settings and texts kept with it.
pub(super) fn differing(list: &List, texts: &[Input]) -> Result<Vec<Difference>> {
    let reference = Reference::parse(texts.to_vec())?;
    let (as_of, settings) = (AsOf(list.as_of), &list.settings);
    let wanted = [
        (
            "window_from",
            list.window_from.to_string(),
            as_of.window_start(settings.window_days).to_string(),
        ),
        (
            "window_to",
            list.window_to.to_string(),
            as_of.last_day().to_string(),
        ),
        ("size", list.size.to_string(), settings.size.to_string()),
        (
            "reserve",
            list.reserve.to_string(),
            settings.reserve.to_string(),
        ),
        (
            "edition",
            list.edition.clone(),
            reference.edition().to_owned(),
        ),
        (
            "index_sha256",
            list.index_sha256.clone(),
            reference.index_sha256(),
        ),
        (
            "basket_sha256",
            list.basket_sha256.clone(),
            reference.basket_sha256(),
        ),
        (
            "sql_sha256",
            list.sql_sha256.clone(),
            ListSql::of(texts).sha256(),
        ),
        (
            "fingerprint",
            list.fingerprint
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
            ranking::fingerprint(as_of, list.known_at, texts, settings)?,
        ),
    ];
    Ok(wanted
        .into_iter()
        .filter(|(_, frozen, again)| frozen != again)
        .map(|(column, frozen, again)| Difference {
            table: "lists".to_owned(),
            row: "head".to_owned(),
            column: column.to_owned(),
            frozen: Some(frozen),
            again: Some(again),
        })
        .collect())
}

/// The figures of the whole list.
pub(super) fn differing_counts(frozen: &Counts, again: &Counts) -> Result<Vec<Difference>> {
    // Through the same text, so that both were read back the same way.
    let frozen = serde_json::to_value(frozen)?;
    let again: Counts = serde_json::from_str(&serde_json::to_string(again)?)?;
    let again = serde_json::to_value(again)?;
    let mut differences = Vec::new();
    for (key, value) in frozen.as_object().into_iter().flatten() {
        let other = &again[key];
        if value != other {
            differences.push(Difference {
                table: "lists".to_owned(),
                row: "counts".to_owned(),
                column: key.clone(),
                frozen: Some(value.to_string()),
                again: Some(other.to_string()),
            });
        }
    }
    Ok(differences)
}
