//! Every word that depends on a figure: lead sentences, headings that state a
//! finding, and the explanation of a person's rank. Pure functions of a view.

pub mod actions;
pub mod actions_required;
pub mod breaks;
pub mod bridge;
pub mod changed;
pub mod data_quality;
pub mod fairness;
pub mod index;
pub mod list;
pub mod measure_summary;
pub mod measures;
pub mod operations;
pub mod overnight;
pub mod people;
pub mod published;
pub mod rank_explanation;
pub mod scorecard;
pub mod signal;
pub mod stale_notice;

/// A sentence whose figure is a link to the place that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub before: String,
    /// The words that carry the link; never empty.
    pub linked: String,
    pub after: String,
    /// `#list` within the page, or a whole address.
    pub target: String,
}

impl Sentence {
    /// A sentence that begins with its linked figure.
    pub fn new(linked: &str, after: &str, target: &str) -> Self {
        Self {
            before: String::new(),
            linked: linked.to_owned(),
            after: after.to_owned(),
            target: target.to_owned(),
        }
    }

    /// The sentence without its link.
    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.linked, self.after)
    }
}
