//! The file as it is written, before anything is checked.

use daybook_statistics::series::accrual::Accrual;
use daybook_statistics::series::direction::Direction;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use toml::Spanned;

use super::{Audience, Baseline, Kind, Lag, Unit};
use crate::model::restricted::Room;

/// A commitment, in words, and its measures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitmentFile {
    /// 1 to 10; 0 for figures that others publish.
    #[schemars(with = "u8")]
    pub(super) number: Spanned<u8>,
    /// The commitment, as reports print it.
    pub(super) title: String,
    /// What the force promised, in a sentence.
    pub(super) in_brief: String,
    /// What the plan groups it under.
    pub(super) pillar: Option<String>,
    /// The room that its SQL may read besides the warehouse.
    #[serde(default)]
    pub(super) room: Room,
    #[serde(default)]
    pub(super) measures: Vec<MeasureFile>,
}

/// What one measure counts, in words and in a SELECT.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasureFile {
    /// Such as `6.4`; unique over all commitments.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// Short, no full stop.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    /// One sentence.
    #[schemars(with = "String")]
    pub(super) definition: Spanned<String>,
    /// What is counted, in words.
    pub(super) numerator: String,
    /// What it is counted among; none for counts and medians.
    pub(super) denominator: Option<String>,
    /// The file of its SELECT, beside this one.
    #[schemars(with = "String")]
    pub(super) sql: Spanned<String>,
    /// How a value comes from what the SELECT returns.
    #[schemars(with = "Kind")]
    pub(super) kind: Spanned<Kind>,
    /// How the figures of successive months belong together.
    pub(super) series: Accrual,
    /// What a value is given in.
    #[schemars(with = "Unit")]
    pub(super) unit: Spanned<Unit>,
    /// Which way is better.
    pub(super) direction: Direction,
    /// Readings of the same measure, the first one the chart's: `recorded`,
    /// `closed`. A measure with one reading has none.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) bases: Vec<Spanned<String>>,
    /// The group that the force's chart shows; left out, `All`.
    pub(super) headline: Option<String>,
    /// Surveys: the first group's share less the second's is told too.
    #[schemars(with = "Option<[String; 2]>")]
    pub(super) gap: Option<Spanned<[String; 2]>>,
    /// Extracts the figures come from; `list` is the ledger of harm lists,
    /// `ledger` daybook's own, `a|b` either of two.
    #[schemars(with = "Vec<String>")]
    pub(super) sources: Vec<Spanned<String>>,
    /// Of sources that arrive in parts, such as a file for each force, those
    /// that the SELECT reads; all when none is named.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) parts: Vec<Spanned<String>>,
    /// Who may be shown it.
    pub(super) audiences: Vec<Audience>,
    pub(super) baseline: Option<Baseline>,
    /// In the measure's unit.
    #[schemars(with = "Option<f64>")]
    pub(super) target: Option<Spanned<f64>>,
    /// Below it no value is told.
    #[schemars(with = "Option<f64>")]
    pub(super) minimum_denominator: Option<Spanned<f64>>,
    /// Every month that the source tells, not only those of the job's setting:
    /// for a published table, which says itself how far it goes.
    #[serde(default)]
    pub(super) whole_series: bool,
    #[schemars(with = "Option<Lag>")]
    pub(super) lag: Option<Spanned<Lag>>,
    /// Home Office codes that it counts, or classes of them; all where none is
    /// named.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) codes: Vec<Spanned<String>>,
    /// Where changes of recording stood before the register.
    #[schemars(skip)]
    pub(super) steps: Option<Spanned<toml::Value>>,
}

/// The JSON Schema of `commitment.toml`, for its reference.
pub fn schema() -> Schema {
    schemars::schema_for!(CommitmentFile)
}
