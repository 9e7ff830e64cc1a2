//! The file as it is written, before anything is checked.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::{Audience, Baseline, Direction, Kind, Lag, Unit};
use crate::measures::statistics::series::Accrual;
use crate::model::room::Room;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitmentFile {
    pub(super) number: Spanned<u8>,
    pub(super) title: String,
    pub(super) in_brief: String,
    pub(super) pillar: Option<String>,
    #[serde(default)]
    pub(super) room: Room,
    #[serde(default)]
    pub(super) measures: Vec<MeasureFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasureFile {
    pub(super) id: Spanned<String>,
    pub(super) name: Spanned<String>,
    pub(super) definition: Spanned<String>,
    pub(super) numerator: String,
    pub(super) denominator: Option<String>,
    pub(super) sql: Spanned<String>,
    pub(super) kind: Spanned<Kind>,
    pub(super) series: Accrual,
    pub(super) unit: Spanned<Unit>,
    pub(super) direction: Direction,
    #[serde(default)]
    pub(super) bases: Vec<Spanned<String>>,
    pub(super) headline: Option<String>,
    pub(super) gap: Option<Spanned<[String; 2]>>,
    pub(super) sources: Vec<Spanned<String>>,
    pub(super) audiences: Vec<Audience>,
    pub(super) baseline: Option<Baseline>,
    pub(super) target: Option<Spanned<f64>>,
    pub(super) minimum_denominator: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) whole_series: bool,
    pub(super) lag: Option<Spanned<Lag>>,
    #[serde(default)]
    pub(super) steps: Vec<StepFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepFile {
    pub(super) date: Spanned<String>,
    pub(super) reason: Spanned<String>,
}

impl StepFile {
    pub(super) fn day(&self) -> Option<NaiveDate> {
        self.date.as_ref().parse().ok()
    }
}
