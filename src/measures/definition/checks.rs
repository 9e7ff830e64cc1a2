//! What a definition may not say, each told at its place.

use std::ops::Range;

use super::file::MeasureFile;
use super::{Kind, Unit, range};
use crate::config::problem::{Problem, Source};
use crate::measures::breaks;

/// Every problem of one measure.
pub(super) fn problems(source: &Source, measure: &MeasureFile) -> Vec<Problem> {
    let mut found = Found {
        source,
        problems: Vec::new(),
    };
    found.words(measure);
    found.kind(measure);
    found.bases(measure);
    found.numbers(measure);
    found.breaks(measure);
    found.problems
}

/// Months after which a cohort that is still provisional is a mistake.
const LONGEST_LAG: u32 = 60;

struct Found<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn tell(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problems.push(self.source.problem(span, message));
    }

    fn words(&mut self, measure: &MeasureFile) {
        let is_id = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        };
        if !is_id(measure.id.as_ref()) {
            self.tell(
                measure.id.span(),
                "expected an id of letters, digits, dots and hyphens, such as \"6.4\"",
            );
        }
        if measure.name.as_ref().trim().is_empty() {
            self.tell(measure.name.span(), "a measure needs a name");
        }
        if !measure.definition.as_ref().trim().ends_with('.') {
            self.tell(
                measure.definition.span(),
                "expected one sentence, with its full stop",
            );
        }
        if measure.sources.is_empty() {
            self.tell(
                measure.id.span(),
                "a measure names its sources: extracts, \"list\" or \"ledger\"",
            );
        }
    }

    fn kind(&mut self, measure: &MeasureFile) {
        let kind = *measure.kind.as_ref();
        let fitting: &[Unit] = match kind {
            Kind::Proportion | Kind::Share | Kind::Survey | Kind::Change => &[Unit::Percent],
            Kind::Rate => &[Unit::PerThousand],
            Kind::Ratio => &[Unit::Ratio, Unit::Coefficient],
            Kind::Count => &[Unit::Count],
            Kind::Median => &[Unit::Days, Unit::Count, Unit::Ratio],
        };
        if !fitting.contains(measure.unit.as_ref()) {
            self.tell(
                measure.unit.span(),
                format!(
                    "the unit of a {} is {}",
                    word(kind),
                    fitting
                        .iter()
                        .map(|unit| word(*unit))
                        .collect::<Vec<_>>()
                        .join(" or ")
                ),
            );
        }
        let has_denominator = !matches!(kind, Kind::Count | Kind::Median);
        if has_denominator && measure.denominator.is_none() {
            self.tell(
                measure.kind.span(),
                format!("a {} names its denominator", word(kind)),
            );
        }
        if let Some(gap) = &measure.gap {
            let [first, second] = gap.as_ref();
            if kind != Kind::Survey || first == second {
                self.tell(
                    gap.span(),
                    "a gap is told between two groups of a survey, such as [\"Women\", \"Men\"]",
                );
            }
        }
    }

    fn bases(&mut self, measure: &MeasureFile) {
        let names: Vec<&String> = measure.bases.iter().map(AsRef::as_ref).collect();
        for (place, basis) in measure.bases.iter().enumerate() {
            let name = basis.as_ref();
            if name.trim().is_empty() || names[..place].contains(&name) {
                self.tell(basis.span(), "a basis has a name, and each another one");
            }
        }
        if measure.bases.len() == 1 {
            self.tell(
                measure.bases[0].span(),
                "one basis is no choice; leave it out",
            );
        }
        let Some(lag) = &measure.lag else { return };
        if lag
            .as_ref()
            .bases
            .iter()
            .any(|basis| !names.contains(&basis))
        {
            self.tell(lag.span(), "a basis of the lag is none of the measure's");
        }
        let months = lag.as_ref().groups.values().chain([&lag.as_ref().months]);
        if months.max().is_some_and(|most| *most > LONGEST_LAG) {
            self.tell(
                lag.span(),
                format!("expected a lag of at most {LONGEST_LAG} months"),
            );
        }
    }

    fn numbers(&mut self, measure: &MeasureFile) {
        let (least, most) = range(*measure.kind.as_ref(), *measure.unit.as_ref());
        if let Some(target) = &measure.target {
            let value = *target.as_ref();
            let fits = value.is_finite() && value >= least && most.is_none_or(|most| value <= most);
            if !fits {
                let range = most.map_or_else(
                    || format!("{least} or more"),
                    |most| format!("{least} to {most}"),
                );
                self.tell(
                    target.span(),
                    format!("the target cannot be reached: the measure runs over {range}"),
                );
            }
        }
        if let Some(minimum) = &measure.minimum_denominator {
            let value = *minimum.as_ref();
            if !value.is_finite() || value < 1.0 {
                self.tell(
                    minimum.span(),
                    "expected the fewest cases that a value may rest on, 1 or more",
                );
            }
        }
    }

    fn breaks(&mut self, measure: &MeasureFile) {
        for code in &measure.codes {
            if !breaks::is_code(code.as_ref()) {
                self.tell(
                    code.span(),
                    format!("codes hold {:?}; expected {}", code.as_ref(), breaks::CODES),
                );
            }
        }
        if let Some(steps) = &measure.steps {
            self.tell(
                steps.span(),
                format!(
                    "a change of recording is an entry of {}, for whatever it touches",
                    breaks::FILE
                ),
            );
        }
    }
}

/// A kind or a unit as the file writes it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(ToOwned::to_owned))
        .unwrap_or_default()
}
