//! Fills the commitment scorecard.

use anyhow::Result;
use daybook_statistics::series::accrual::Accrual;

use super::{Scope, measures, sources};
use crate::harm::index::bridge;
use crate::measures::changes;
use crate::measures::definition::{Baseline, Definition};
use crate::measures::measure_value::Span;
use crate::measures::results::{self, Which};
use crate::measures::slices;
use crate::report::view::commitment_scorecard::{
    BrokenMeasure, Commitment, CommitmentScorecard, Detailed, Slice,
};
use crate::report::view::measure::Measure;

/// The scorecard of a date.
pub fn view(scope: &Scope<'_>) -> Result<CommitmentScorecard> {
    let commitments = commitments(scope)?;
    let shown: Vec<Measure> = commitments
        .iter()
        .filter(|commitment| commitment.number != measures::PUBLISHED)
        .flat_map(|commitment| &commitment.measures)
        .map(|detailed| detailed.measure.clone())
        .collect();
    Ok(CommitmentScorecard {
        header: scope.header("commitment-scorecard")?,
        expected_false_signals: measures::expected_false_signals(&shown),
        bridge: bridge::walk(scope.dir, scope.connection)?,
        commitments,
        broken: broken(scope),
        sources: sources::all(scope)?,
        checks: sources::checks(scope)?,
    })
}

/// Definitions that do not hold.
pub fn broken(scope: &Scope<'_>) -> Vec<BrokenMeasure> {
    let all = &scope.measures.broken;
    all.iter()
        .map(|broken| BrokenMeasure {
            name: broken.name.clone(),
            problem: broken
                .problems
                .0
                .first()
                .map_or_else(String::new, ToString::to_string),
        })
        .collect()
}

fn commitments(scope: &Scope<'_>) -> Result<Vec<Commitment>> {
    let mut found: Vec<Commitment> = Vec::new();
    for definition in measures::for_leadership(scope) {
        let detailed = detailed(scope, definition)?;
        let of = &definition.commitment;
        if found.last().is_none_or(|last| last.number != of.number) {
            found.push(Commitment {
                number: of.number,
                title: of.title.clone(),
                in_brief: of.in_brief.clone(),
                pillar: of.pillar.clone(),
                measures: Vec::new(),
            });
        }
        if let Some(last) = found.last_mut() {
            last.measures.push(detailed);
        }
    }
    found.sort_by_key(|commitment| (commitment.number == measures::PUBLISHED, commitment.number));
    Ok(found)
}

fn detailed(scope: &Scope<'_>, definition: &Definition) -> Result<Detailed> {
    let measure = measures::one(scope.connection, scope.as_of, definition)?;
    let set = results::set(scope.connection, definition, scope.as_of)?;
    let set_id = set
        .filter(|set| set.unavailable.is_none())
        .map(|s| s.set_id);
    let is_of_years = definition.series == Accrual::Flow;
    let mut detailed = Detailed {
        measure,
        minimum_denominator: definition.minimum_denominator,
        numerator: definition.numerator.clone(),
        denominator: definition.denominator.clone(),
        baseline_source: definition.baseline.as_ref().and_then(baseline_source),
        file: definition.file.clone(),
        set_id,
        year_to_date: None,
        is_of_years,
        slices: Vec::new(),
    };
    let Some(set_id) = set_id else {
        return Ok(detailed);
    };
    let headline = Which::headline(definition);
    let months = results::points(scope.connection, set_id, headline)?;
    let starts = scope.measure_settings.year_starts_month;
    detailed.year_to_date = changes::year_to_date(definition, headline.area, &months, starts);
    let span = if is_of_years { Span::Year } else { Span::Month };
    detailed.slices = slices::newest(scope.connection, definition, set_id, span)?
        .into_iter()
        .map(slice)
        .collect();
    Ok(detailed)
}

fn slice(slice: slices::Slice) -> Slice {
    Slice {
        point: measures::point(&slice.newest),
        reading: slice.basis,
        area: slice.area,
        group: slice.group,
        before: slice.before,
    }
}

fn baseline_source(baseline: &Baseline) -> Option<String> {
    match (&baseline.source, &baseline.date) {
        (Some(source), Some(date)) => Some(format!("{source}, {date}")),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}
