//! The rules of the harm list that are settings, with their defaults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::basket_name::BasketName;

/// `[list]` in `jobs/harm-list/job.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule of its own that a job's file switches"
)]
pub struct ListSettings {
    /// Edition of the harm index: a file in `jobs/harm-list/index/`.
    pub edition: String,
    /// Which codes are violence against women and girls, for the list and the
    /// measures: `npcc`, the national basket, or `met`.
    pub basket: BasketName,
    /// Other editions that each list is compared under.
    pub compare_editions: Vec<String>,
    /// People the list holds.
    pub size: u32,
    /// People after the list, kept as the comparison group.
    pub reserve: u32,
    /// Full days before the list date that count.
    pub window_days: u32,
    /// Other windows that each list is compared under, in days.
    pub compare_windows: Vec<u32>,
    /// Which date puts an allegation inside the window.
    pub window_by: WindowBy,
    /// Nobody younger than this on the list date is ranked.
    pub minimum_age: u32,
    /// Allegations of what an adult is said to have done under that age count.
    pub count_alleged_under_age: bool,
    /// Someone who has died before the list date is ranked.
    pub rank_deceased: bool,
    /// Someone in custody on the list date is ranked, marked.
    pub rank_in_custody: bool,
    /// Crimes that were cancelled or transferred count.
    pub count_cancelled: bool,
    /// Conditional codes count when domestic abuse is flagged or a victim is
    /// female.
    pub count_conditional_codes: bool,
    /// Crimes that police found by their own activity count.
    pub count_proactive: bool,
    /// Allegations ended with no further action (outcomes 14, 15, 16, 18)
    /// stay in the score, labelled.
    pub count_no_further_action: bool,
    /// A crime that names more suspects than this counts for none of them.
    pub most_suspects: u32,
    /// Someone who accuses the person who accuses them.
    pub counter_allegation: CounterRule,
    /// Someone whose record is contested and unsettled.
    pub contested: ContestedRule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WindowBy {
    /// The day it was reported.
    Reported,
    /// The day it was committed, or the first on which it may have been.
    Committed,
}

impl WindowBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Committed => "committed",
        }
    }
}

/// What a counter-allegation does to a row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CounterRule {
    /// Nobody can accept the row until a specialist review is recorded.
    Block,
    /// The row carries a mark.
    Mark,
}

/// What a contested record does to a row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContestedRule {
    /// The row is not disclosed until it is settled.
    Restrict,
    /// The row carries a mark.
    Mark,
}

/// The longest window: ten years.
pub const MOST_WINDOW_DAYS: u32 = 3_653;
/// The longest list, with its reserve.
const MOST_PEOPLE: u32 = 10_000;

impl Default for ListSettings {
    fn default() -> Self {
        Self {
            edition: "starter-2026".to_owned(),
            basket: BasketName::default(),
            compare_editions: Vec::new(),
            size: 100,
            reserve: 100,
            window_days: 365,
            compare_windows: vec![180, 730],
            window_by: WindowBy::Reported,
            minimum_age: 18,
            count_alleged_under_age: true,
            rank_deceased: false,
            rank_in_custody: true,
            count_cancelled: false,
            count_conditional_codes: true,
            count_proactive: false,
            count_no_further_action: true,
            most_suspects: 50,
            counter_allegation: CounterRule::Block,
            contested: ContestedRule::Restrict,
        }
    }
}

impl ListSettings {
    /// What is wrong with a value, by its key.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let mut refuse = |key, wrong: bool, message: String| {
            if wrong {
                problems.push((key, message));
            }
        };
        refuse(
            "edition",
            !is_edition(&self.edition),
            "expected the name of a file in index/".to_owned(),
        );
        for other in &self.compare_editions {
            refuse(
                "compare_editions",
                !is_edition(other),
                format!("{other:?} is no name of a file in index/"),
            );
            refuse(
                "compare_editions",
                *other == self.edition,
                format!("{other:?} is the edition that ranks"),
            );
        }
        let wrong_window =
            |days: u32| format!("{days} days is no window; expected 1 to {MOST_WINDOW_DAYS}");
        let is_window = |days: u32| (1..=MOST_WINDOW_DAYS).contains(&days);
        refuse(
            "window_days",
            !is_window(self.window_days),
            wrong_window(self.window_days),
        );
        for days in &self.compare_windows {
            refuse("compare_windows", !is_window(*days), wrong_window(*days));
        }
        refuse(
            "compare_editions",
            repeats(&self.compare_editions),
            "expected each edition once".to_owned(),
        );
        refuse(
            "compare_windows",
            repeats(&self.compare_windows),
            "expected each window once".to_owned(),
        );
        refuse(
            "size",
            self.size == 0 || self.size.saturating_add(self.reserve) > MOST_PEOPLE,
            format!(
                "{} people and a reserve of {} are no list; expected 1 to {MOST_PEOPLE} in all",
                self.size, self.reserve
            ),
        );
        refuse(
            "minimum_age",
            !(10..=100).contains(&self.minimum_age),
            format!(
                "{} is no age; expected 10, the age of criminal responsibility, to 100",
                self.minimum_age
            ),
        );
        refuse(
            "most_suspects",
            self.most_suspects == 0,
            "expected 1 suspect at least".to_owned(),
        );
        problems
    }
}

/// A variant is known by its name, which two of a kind would share.
fn repeats<T: PartialEq>(values: &[T]) -> bool {
    let has_twin = |(place, value)| values[..place].contains(value);
    values.iter().enumerate().any(has_twin)
}

fn is_edition(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.chars().all(is_part)
}
