//! From a cell's sums to its value, its interval and its state.

use chrono::NaiveDate;
use daybook_statistics::interval::poisson::{self, Events};
use daybook_statistics::interval::weighted::{self, Responses};
use daybook_statistics::interval::{Estimate, proportion};
use serde::Serialize;

use super::definition::{Definition, Kind};
use super::source_coverage::Coverage;
use super::window::Window;

/// One cell as it was added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub basis: String,
    pub span: Span,
    /// First day of the month, or of a year's last month.
    pub period: NaiveDate,
    pub area: String,
    pub group: String,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    /// Sum of the squares of a survey's weights.
    pub squared_weights: Option<f64>,
    /// Rows behind a cell of cases or responses.
    pub cases: Option<i64>,
    /// What comes with the cell and not from its sums: a median, a gap.
    pub given: Option<Worked>,
    /// Its days lie on both sides of a break, so that nothing was added up.
    pub is_crossing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    Month,
    /// The twelve months that end with the period.
    Year,
}

impl Span {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// A value in the measure's unit, with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worked {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
}

/// What a reader may make of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Shown,
    /// Rests on fewer cases than the definition asks for.
    Few,
    /// Nothing to divide by, or no case.
    Empty,
    /// Too young to judge: shown apart and left out of limits.
    Immature,
    /// The sources do not cover the month whole.
    Stale,
    /// Its days lie on both sides of a break of how things are recorded.
    Crossing,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Few => "few",
            Self::Empty => "empty",
            Self::Immature => "immature",
            Self::Stale => "stale",
            Self::Crossing => "crossing",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Shown,
            Self::Few,
            Self::Empty,
            Self::Immature,
            Self::Stale,
            Self::Crossing,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }

    /// Whether the sources cover the month and it is old enough.
    pub fn is_known(self) -> bool {
        matches!(self, Self::Shown | Self::Few | Self::Empty)
    }

    /// Whether a value is told at all.
    pub fn has_value(self) -> bool {
        matches!(self, Self::Shown | Self::Immature)
    }
}

/// A cell with what it comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub cell: Cell,
    pub worked: Option<Worked>,
    pub state: State,
}

/// The value of a cell and its state. A cell that rests on too few and one with
/// nothing to divide by have no value; of one that rests on months that are not
/// covered whole, nothing is known: what was counted there is no count.
pub fn work(definition: &Definition, cell: Cell, window: Window, coverage: &Coverage) -> Figure {
    if !coverage.holds(definition, &cell) {
        return Figure {
            cell: cell.unknown(),
            worked: None,
            state: State::Stale,
        };
    }
    let worked = value(definition.kind, &cell);
    let state = state(definition, &cell, window, worked);
    Figure {
        cell,
        worked: worked.filter(|_| state.has_value()),
        state,
    }
}

impl Cell {
    /// In the order in which cells are kept.
    pub fn place(&self) -> (&str, Span, &str, &str, NaiveDate) {
        let (basis, area, group) = (&self.basis, &self.area, &self.group);
        (basis, self.span, area, group, self.period)
    }

    /// The same place without its figures.
    #[must_use]
    pub fn unknown(self) -> Self {
        Self {
            numerator: None,
            denominator: None,
            squared_weights: None,
            cases: None,
            given: None,
            ..self
        }
    }
}

fn state(definition: &Definition, cell: &Cell, window: Window, worked: Option<Worked>) -> State {
    let few = definition
        .minimum_denominator
        .is_some_and(|minimum| rests_on(definition, cell).is_none_or(|cases| cases < minimum));
    let lag = definition.lag_months(&cell.basis, &cell.group);
    if cell.is_crossing {
        State::Crossing
    } else if worked.is_none() {
        State::Empty
    } else if few {
        State::Few
    } else if window.is_immature(cell.period, lag) {
        State::Immature
    } else {
        State::Shown
    }
}

/// What a value rests on: the cases of a cell that has a row for each, else
/// the denominator.
fn rests_on(definition: &Definition, cell: &Cell) -> Option<f64> {
    match definition.kind {
        Kind::Median | Kind::Survey => cell.cases.map(float),
        Kind::Count => cell.numerator,
        _ => cell.denominator,
    }
}

fn value(kind: Kind, cell: &Cell) -> Option<Worked> {
    if cell.given.is_some() {
        return cell.given;
    }
    let numerator = cell.numerator?;
    if kind == Kind::Count {
        return Some(plain(numerator));
    }
    let denominator = cell.denominator.filter(|denominator| *denominator > 0.0)?;
    let share = numerator / denominator;
    Some(match kind {
        Kind::Proportion => within(proportion::share(numerator, denominator)?.scaled(100.0)),
        Kind::Survey => within(responses(cell)?.share()?.estimate.scaled(100.0)),
        Kind::Share => plain(100.0 * share),
        Kind::Ratio => plain(share),
        Kind::Rate => Worked {
            value: 1000.0 * share,
            interval: poisson::rate(Events {
                count: numerator,
                exposure: denominator,
            })
            .map(|rate| (1000.0 * rate.low, 1000.0 * rate.high)),
        },
        Kind::Change => Worked {
            value: 100.0 * (share - 1.0),
            interval: poisson::ratio_on_logarithm(
                Events::counted(numerator),
                Events::counted(denominator),
            )
            .map(|ratio| (100.0 * (ratio.low - 1.0), 100.0 * (ratio.high - 1.0))),
        },
        Kind::Count | Kind::Median => return None,
    })
}

/// The share of one cell of a survey less that of another, in points.
pub fn gap(one: &Cell, other: &Cell) -> Option<Worked> {
    weighted::gap(responses(one)?, responses(other)?).map(|gap| within(gap.scaled(100.0)))
}

fn responses(cell: &Cell) -> Option<Responses> {
    Some(Responses {
        number: u32::try_from(cell.cases?).ok()?,
        weight: cell.denominator.filter(|weight| *weight > 0.0)?,
        weight_squared: cell.squared_weights?,
        agreeing: cell.numerator?,
    })
}

fn within(estimate: Estimate) -> Worked {
    Worked {
        value: estimate.value,
        interval: Some((estimate.low, estimate.high)),
    }
}

fn plain(value: f64) -> Worked {
    Worked {
        value,
        interval: None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a cell has far fewer cases than 2^52"
)]
fn float(cases: i64) -> f64 {
    cases as f64
}
