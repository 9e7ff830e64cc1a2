//! `jobs/breaks.toml`, read and checked.

use std::ops::Range;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use toml::Spanned;

use super::{Break, CODES, is_code};
use crate::config::problem::{Problem, Problems, Source};

/// The register, from the deployment folder.
pub const FILE: &str = "jobs/breaks.toml";

/// The register that comes with the program, for a deployment from before there
/// was one: a break that is known must not be crossed for want of a file.
const SHIPPED: &str = include_str!("../../../jobs/breaks.toml");

/// The register of what changed in how things are recorded, and since when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RegisterFile {
    #[serde(default)]
    breaks: Vec<BreakFile>,
}

/// A day since when things are recorded otherwise, and what it touches.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BreakFile {
    /// The first day of the new way of recording, YYYY-MM-DD.
    #[schemars(with = "String")]
    date: Spanned<toml::Value>,
    /// What changed, in words that follow "on 28 February 2024:".
    #[schemars(with = "String")]
    what: Spanned<String>,
    /// Who says so.
    #[schemars(with = "String")]
    source: Spanned<String>,
    /// Extracts that it touches, `list` and `ledger` among them; all when left
    /// out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    sources: Vec<Spanned<String>>,
    /// Home Office codes, or classes of them such as `019`; all when left out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    codes: Vec<Spanned<String>>,
    /// Boroughs, with their wards, and `Force` where the whole changed; all when
    /// left out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    areas: Vec<Spanned<String>>,
}

/// The breaks of a deployment, the oldest first; `known` are the sources that
/// there are.
pub fn load(dir: &Path, known: &[&str]) -> Result<Vec<Break>, Problems> {
    let source = if dir.join(FILE).exists() {
        Source::read(dir, Path::new(FILE))?
    } else {
        Source::new(FILE, SHIPPED)
    };
    let is_shipped = source.text == SHIPPED;
    let file: RegisterFile = source.parse()?;
    let mut reading = Reading {
        source: &source,
        // A force that sends nothing of a source has taken its contract out.
        known: (!is_shipped).then_some(known),
        problems: Vec::new(),
    };
    let mut breaks: Vec<Break> = Vec::new();
    for entry in file.breaks {
        let span = entry.date.span();
        let Some(found) = reading.entry(entry) else {
            continue;
        };
        if breaks.contains(&found) {
            reading.tell(
                span,
                "date",
                "stands in an entry that says the same",
                "each break once",
            );
        }
        breaks.push(found);
    }
    if reading.problems.is_empty() {
        breaks.sort_by(|a, b| (a.date, &a.what).cmp(&(b.date, &b.what)));
        Ok(breaks)
    } else {
        Err(Problems(reading.problems))
    }
}

/// The JSON Schema of the register, for its reference.
pub fn schema() -> Schema {
    schemars::schema_for!(RegisterFile)
}

struct Reading<'a> {
    source: &'a Source,
    known: Option<&'a [&'a str]>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn tell(&mut self, span: Range<usize>, field: &str, found: &str, expected: &str) {
        let message = format!("{field} {found}; expected {expected}");
        self.problems.push(self.source.problem(span, message));
    }

    /// None for an entry without a day; what else is wrong with it is told.
    fn entry(&mut self, entry: BreakFile) -> Option<Break> {
        let date = self.date(&entry.date);
        for (field, text) in [("what", &entry.what), ("source", &entry.source)] {
            if text.as_ref().trim().is_empty() {
                self.tell(text.span(), field, "is empty", "words");
            }
        }
        let sources = self.names("sources", entry.sources, |reading, name| {
            let is_known = ["list", "ledger"].contains(&name)
                || reading.known.is_none_or(|known| known.contains(&name));
            (!is_known).then(|| {
                let known = reading.known.unwrap_or_default().join(", ");
                format!("a source: {known}, list or ledger")
            })
        });
        let codes = self.names("codes", entry.codes, |_, code| {
            (!is_code(code)).then(|| CODES.to_owned())
        });
        let areas = self.names("areas", entry.areas, |_, area| {
            area.trim()
                .is_empty()
                .then(|| "a borough, or Force".to_owned())
        });
        Some(Break {
            date: date?,
            what: entry.what.as_ref().trim().trim_end_matches('.').to_owned(),
            source: entry
                .source
                .as_ref()
                .trim()
                .trim_end_matches('.')
                .to_owned(),
            sources,
            codes,
            areas,
        })
    }

    /// A day, as a date of TOML or as text.
    fn date(&mut self, date: &Spanned<toml::Value>) -> Option<NaiveDate> {
        let text = match date.as_ref() {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let day = text.parse::<NaiveDate>().ok();
        let day = day.filter(|day| (1900..=2200).contains(&day.year()));
        if day.is_none() {
            let found = format!("is {text:?}");
            self.tell(date.span(), "date", &found, "a day such as \"2024-02-28\"");
        }
        day
    }

    /// Names of which each fits and none stands twice.
    fn names(
        &mut self,
        field: &str,
        names: Vec<Spanned<String>>,
        expected: impl Fn(&Self, &str) -> Option<String>,
    ) -> Vec<String> {
        let mut held: Vec<String> = Vec::new();
        for name in names {
            let text = name.as_ref().trim().to_owned();
            if let Some(expected) = expected(self, &text) {
                self.tell(name.span(), field, &format!("hold {text:?}"), &expected);
            } else if held.contains(&text) {
                self.tell(
                    name.span(),
                    field,
                    &format!("hold {text:?} twice"),
                    "each once",
                );
            }
            held.push(text);
        }
        held
    }
}
