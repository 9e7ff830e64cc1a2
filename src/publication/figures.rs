//! What of a measure may go to the public: counts of cases, and shares that
//! are counts among counts, by the twelve newest months that are known.

use std::fmt;

use anyhow::{Context, Result};
use chrono::{Months as Step, NaiveDate};
use daybook_disclosure::cell::Months;
use daybook_disclosure::measure::{Measure, Monthly};
use daybook_disclosure::table::Kind as Protected;
use daybook_statistics::series::accrual::Accrual;
use duckdb::Connection;

use crate::measures::breaks::Break;
use crate::measures::counts::{self, Counted};
use crate::measures::definition::{Definition, Kind, ONE_BASIS};
use crate::measures::extent::Extent;
use crate::measures::results;
use crate::model::as_of::AsOf;

/// The group of everyone.
const ALL: &str = "All";

/// The fewest months of a public figure.
const YEAR: u32 = 12;

/// One reading of a measure as it may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub basis: String,
    pub set_id: i64,
    /// The twelve months that are published.
    pub year: Months,
    pub measure: Measure,
}

/// Why a reading is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Without {
    /// Its kind is not covered by the rules on disclosure.
    Kind(&'static str),
    NotEvaluated,
    /// Why stands in the ledger; the public is told no more than that.
    Unavailable,
    /// Fewer than twelve known months in a row.
    TooShort,
    /// The twelve months have days of before and since a break.
    Crossing(Box<Break>),
    NotWhole,
}

impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(why) => write!(f, "{why}: counts of cases and shares of them are covered"),
            Self::NotEvaluated => f.write_str("not evaluated for this date"),
            Self::Unavailable => f.write_str("could not be worked out"),
            Self::Crossing(found) => write!(
                f,
                "twelve months would run across {}, on which {}",
                found.date, found.what
            ),
            Self::TooShort => write!(f, "fewer than {YEAR} months are known"),
            Self::NotWhole => f.write_str("it holds amounts that are no counts of cases"),
        }
    }
}

/// A reading of a measure as evaluated for a date.
pub fn reading(
    connection: &Connection,
    definition: &Definition,
    basis: &str,
    as_of: AsOf,
) -> Result<Result<Reading, Without>> {
    if let Some(why) = kind_without(definition) {
        return Ok(Err(Without::Kind(why)));
    }
    let Some(set) = results::set(connection, definition, as_of)? else {
        return Ok(Err(Without::NotEvaluated));
    };
    if set.unavailable.is_some() {
        return Ok(Err(Without::Unavailable));
    }
    let is_among = definition.kind == Kind::Proportion;
    let stored = stored(connection, set.set_id, &definition.id, basis, is_among)?;
    Ok(
        stored.and_then(|reading| match crossed(definition, &reading) {
            Some(found) => Err(Without::Crossing(Box::new(found.clone()))),
            None => Ok(reading),
        }),
    )
}

/// The break among the twelve months of an area that would be published.
fn crossed<'a>(definition: &'a Definition, reading: &Reading) -> Option<&'a Break> {
    let days = Extent {
        from: reading.year.from(),
        until: reading.year.until(),
    };
    let rows = &reading.measure.monthly;
    definition
        .breaks
        .iter()
        .filter(|found| days.holds(found.date))
        .find(|found| rows.iter().any(|row| found.is_in(&row.area)))
}

/// A reading as a set of figures holds it, whatever became of its definition.
pub fn stored(
    connection: &Connection,
    set_id: i64,
    measure_id: &str,
    basis: &str,
    is_among: bool,
) -> Result<Result<Reading, Without>> {
    let mut counted = counts::monthly(connection, set_id, basis)?;
    counted.retain(|row| !is_ward(&row.area));
    let known = known(&counted);
    let Some((from, until)) = known.filter(|(from, until)| *from + Step::new(YEAR) <= *until)
    else {
        return Ok(Err(Without::TooShort));
    };
    let rows = counted
        .iter()
        .filter(|row| (from..until).contains(&row.period));
    let Some(monthly) = rows.map(|row| monthly(row, is_among)).collect() else {
        return Ok(Err(Without::NotWhole));
    };
    let whole = |from, until| Months::new(from, until).map_err(anyhow::Error::msg);
    Ok(Ok(Reading {
        basis: basis.to_owned(),
        set_id,
        year: whole(until - Step::new(YEAR), until)?,
        measure: Measure {
            subject: subject(measure_id, basis),
            // Sexual and domestic offences are in nearly all of them.
            kind: Protected::SexualOrDomestic,
            reach: whole(from, until).context("the months of a measure")?,
            monthly,
        },
    }))
}

/// What is protected together: one reading of one measure, and whatever counts
/// the same (`disclosure::shared`).
fn subject(measure_id: &str, basis: &str) -> String {
    if basis == ONE_BASIS {
        measure_id.to_owned()
    } else {
        format!("{measure_id} {basis}")
    }
}

fn kind_without(definition: &Definition) -> Option<&'static str> {
    match (definition.kind, definition.series) {
        (Kind::Count | Kind::Proportion, Accrual::Flow) => None,
        (_, Accrual::Stock) => Some("a level at the month's end is not"),
        (_, Accrual::Rolling) => Some("a look back over other months is not"),
        (Kind::Median, _) => Some("a median, one case's own figure, is not"),
        (Kind::Survey, _) => Some("a weighted share of answers is not"),
        _ => Some("a figure of amounts is not"),
    }
}

impl Reading {
    /// The group that its chart shows, for a reading that has groups and no
    /// whole: nothing says how they overlap, and those who acted within 90 days
    /// are among those who acted within 180.
    pub fn headline_alone(&self, definition: &Definition) -> Option<Self> {
        let rows = &self.measure.monthly;
        let has_others = rows.iter().any(|row| row.group != definition.headline);
        let has_whole = rows.iter().any(|row| row.group == ALL);
        let mut alone = self.clone();
        alone
            .measure
            .monthly
            .retain(|row| row.group == definition.headline);
        (has_others && !has_whole).then_some(alone)
    }

    /// The same without its groups; none where there is nothing else.
    pub fn without_groups(&self) -> Option<Self> {
        let mut bare = self.clone();
        bare.measure.monthly.retain(|row| row.group == ALL);
        let is_less = bare.measure.monthly.len() < self.measure.monthly.len();
        (is_less && !bare.measure.monthly.is_empty()).then_some(bare)
    }
}

/// Wards are named with their boroughs.
fn is_ward(area: &str) -> bool {
    area.contains(": ")
}

/// The last stretch of months of which everything is known: from its first
/// month until before the second.
fn known(counted: &[Counted]) -> Option<(NaiveDate, NaiveDate)> {
    let first = counted.first()?.period;
    let mut until = counted.last()?.period + Step::new(1);
    let is_known = |month: NaiveDate| {
        let of_month = counted.iter().filter(|row| row.period == month);
        of_month.clone().count() == 0 || of_month.clone().all(|row| row.state.is_known())
    };
    while until > first && !is_known(until - Step::new(1)) {
        until = until - Step::new(1);
    }
    let mut from = until;
    while from > first && is_known(from - Step::new(1)) {
        from = from - Step::new(1);
    }
    Some((from, until))
}

fn monthly(row: &Counted, is_among: bool) -> Option<Monthly> {
    Some(Monthly {
        month: row.period,
        area: row.area.clone(),
        group: row.group.clone(),
        counted: whole(row.numerator.unwrap_or(0.0))?,
        among: if is_among {
            Some(whole(row.denominator.unwrap_or(0.0))?)
        } else {
            None
        },
    })
}

/// A count of cases, which has no fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between 0 and the greatest count just before"
)]
fn whole(amount: f64) -> Option<u32> {
    let is_count = (0.0..=f64::from(u32::MAX)).contains(&amount) && amount.fract() == 0.0;
    is_count.then_some(amount as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::measure_value::State;

    fn month(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Step::new(number)
    }

    fn rows(states: &[State]) -> Vec<Counted> {
        (0_u32..)
            .zip(states)
            .map(|(number, state)| Counted {
                period: month(number),
                area: "Force".to_owned(),
                group: "All".to_owned(),
                numerator: Some(3.0),
                denominator: Some(9.0),
                state: *state,
            })
            .collect()
    }

    #[test]
    fn months_too_young_end_the_stretch_and_uncovered_ones_begin_it() {
        use State::{Few, Immature, Shown, Stale};
        let found = known(&rows(&[Stale, Shown, Few, Shown, Immature, Immature]));
        assert_eq!(found, Some((month(1), month(4))));
        assert_eq!(known(&rows(&[Immature])), Some((month(0), month(0))));
        assert_eq!(known(&[]), None);
    }

    #[test]
    fn a_month_is_known_only_if_every_row_of_it_is() {
        let mut counted = rows(&[State::Shown, State::Shown]);
        let mut lagging = counted[1].clone();
        lagging.group = "365 days".to_owned();
        lagging.state = State::Immature;
        counted.push(lagging);
        assert_eq!(known(&counted), Some((month(0), month(1))));
    }

    #[test]
    fn an_amount_is_no_count() {
        assert_eq!(whole(337.5), None);
        assert_eq!(whole(-1.0), None);
        assert_eq!(whole(f64::NAN), None);
        assert_eq!(whole(4_294_967_295.0), Some(u32::MAX));
    }
}
