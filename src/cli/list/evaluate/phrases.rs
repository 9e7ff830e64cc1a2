//! Parts of sentences: intervals, shares, tests; and lines of one width.

use anyhow::Result;
use daybook_statistics::groups::log_rank::LogRank;
use daybook_statistics::groups::proportion::Part;
use daybook_statistics::interval::Estimate;

use crate::cli::output;
use crate::harm::evaluation::Outcome;
use crate::report::format::{count, number};

const WIDTH: usize = 88;

pub(super) fn maybe(found: &Outcome<Estimate>, words: impl Fn(f64) -> String) -> String {
    match found {
        Outcome::Available(estimate) => interval(estimate, words),
        Outcome::Unavailable { reason } => format!("unavailable ({reason})"),
    }
}

pub(super) fn interval(estimate: &Estimate, words: impl Fn(f64) -> String) -> String {
    format!(
        "{} ({} to {})",
        words(estimate.value),
        words(estimate.low),
        words(estimate.high)
    )
}

pub(super) fn share(part: Part, share: &Estimate) -> String {
    format!("{} of {}, {}", part.part, part.of, interval(share, percent))
}

pub(super) fn test(found: &Outcome<LogRank>) -> String {
    match found {
        Outcome::Available(test) => {
            let p = if test.p < 0.001 {
                "p below 0.001".to_owned()
            } else {
                format!("p {}", number(test.p, 3))
            };
            format!("chi-square {}, {p}", number(test.chi_square, 2))
        }
        Outcome::Unavailable { reason } => format!("unavailable ({reason})"),
    }
}

pub(super) fn number_of(people: usize) -> String {
    count(u64::try_from(people).unwrap_or(u64::MAX))
}

pub(super) fn percent(share: f64) -> String {
    format!("{}%", number(100.0 * share, 1))
}

/// A difference of two shares.
pub(super) fn points(difference: f64) -> String {
    format!("{} points", number(100.0 * difference, 1))
}

pub(super) fn paragraph(text: &str) -> Result<()> {
    wrapped(text, "  ", "  ")
        .into_iter()
        .try_for_each(output::line)
}

pub(super) fn wrapped(text: &str, first: &str, further: &str) -> Vec<String> {
    let mut lines = vec![first.to_owned()];
    let mut is_begun = false;
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if is_begun && line + 1 + word.chars().count() > WIDTH {
            lines.push(further.to_owned());
            is_begun = false;
        }
        if let Some(line) = lines.last_mut() {
            if is_begun {
                line.push(' ');
            }
            line.push_str(word);
        }
        is_begun = true;
    }
    lines
}
