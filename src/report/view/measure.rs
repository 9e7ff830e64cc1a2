//! One commitment measure: definition, monthly series, and what the `XmR`
//! chart makes of it.

use chrono::NaiveDate;
use daybook_statistics::series::accrual::Accrual;
use daybook_statistics::series::direction::Direction;
use serde::Serialize;

use crate::measures::changes::Changed;
use crate::measures::measure_value::State;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// `6.4`.
    pub id: String,
    /// 1 to 10.
    pub commitment: u8,
    /// Short title of the commitment: `Dangerous perpetrators`.
    pub commitment_title: String,
    /// Short, no full stop: `VAWG crimes charged`.
    pub title: String,
    /// One sentence with its full stop.
    pub definition: String,
    pub unit: Unit,
    pub direction: Direction,
    pub accrual: Accrual,
    /// It counts crimes that were recorded: no number of those committed.
    pub is_volume: bool,
    /// Where the figures come from: `crimes extract`.
    pub source: String,
    /// A published figure to compare with, in words: `6% (England and Wales)`.
    pub baseline: Option<String>,
    /// In the measure's unit.
    pub target: Option<f64>,
    pub assurance: Option<Assurance>,
    pub state: MeasureState,
    /// Oldest first, one point per month, no month left out: a month without
    /// figures has `value: None`.
    pub series: Vec<Point>,
    /// Absent where no signals are looked for, or there are too few points for
    /// any limits.
    pub xmr: Option<Xmr>,
    /// The newest year, or month's end, against the one before it.
    pub year_on_year: Option<Changed>,
    /// Breaks that lie within the series, the oldest first: limits are drawn
    /// anew from each.
    pub breaks: Vec<RecordedBreak>,
}

/// How values are printed. Percent values run from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Percent,
    /// Percentage change on the same month a year before; may be negative.
    Change,
    Days,
    Count,
    /// A plain ratio, such as crimes per investigator.
    Ratio,
    /// Events per thousand.
    PerThousand,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum MeasureState {
    Available,
    /// Figures exist, the newest cohorts are provisional to judge. A sentence.
    Immature {
        reason: String,
    },
    /// Nothing to show. Reason in words, no full stop: `no surveys extract has
    /// arrived`.
    Unavailable {
        reason: String,
    },
}

/// One month. Numerator and denominator are absent where the measure has none
/// (a median, a weighted share).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// First day of the month.
    pub month: NaiveDate,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub value: Option<f64>,
    /// 95% interval in the measure's unit.
    pub interval: Option<Interval>,
    /// Too young to judge; drawn grey and left out of the limits.
    pub is_immature: bool,
    /// Why there is no value, or none to judge by.
    pub state: State,
}

/// A change of how things are recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedBreak {
    /// The first whole month after it, as an index into `Measure::series`.
    pub at: usize,
    pub date: NaiveDate,
    /// What changed, in words, no full stop.
    pub what: String,
    /// Who says so.
    pub source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// Centre line, limits and signals of an `XmR` chart, in the measure's unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Xmr {
    pub centre: f64,
    pub lower: f64,
    pub upper: f64,
    /// Points the limits rest on.
    pub points: u32,
    /// Fewer than 12 points: limits may still move.
    pub is_trial: bool,
    /// Extreme moving ranges were dropped before the limits were drawn.
    pub drops_extreme_ranges: bool,
    /// Signals that touch the newest mature point come last.
    pub signals: Vec<Signal>,
    pub reading: Reading,
    /// The first month that the limits are drawn for, as an index into
    /// `Measure::series`: above 0 after a break.
    pub from: usize,
    /// Mean and limits of the months before earlier breaks.
    pub earlier: Vec<Stretch>,
}

/// Mean and limits of the months between two breaks; `from` and `to`
/// index `Measure::series`, both inside.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stretch {
    pub from: usize,
    pub to: usize,
    pub centre: f64,
    pub lower: f64,
    pub upper: f64,
}

/// One rule that fired; `from` and `to` index `Measure::series`, both inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Signal {
    pub kind: SignalKind,
    pub side: Side,
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// A point outside the limits.
    Outside,
    /// Seven or more points in a row on one side of the centre.
    Run,
    /// Seven or more points each higher, or each lower, than the last.
    Trend,
    /// Two of three points beyond two thirds of the way to a limit.
    TwoOfThree,
}

/// Above the centre, or rising for a trend; below, or falling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Above,
    Below,
}

/// What the signals on the newest points amount to. `Rising` and `Falling` are
/// for measures whose direction is context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    NoSignal,
    Improving,
    Worsening,
    Rising,
    Falling,
}

impl Reading {
    /// What a rise or a fall is to a measure with such a good direction.
    pub fn of(direction: Direction, is_up: bool) -> Self {
        match (direction, is_up) {
            (Direction::Context, true) => Self::Rising,
            (Direction::Context, false) => Self::Falling,
            (Direction::Up, true) | (Direction::Down, false) => Self::Improving,
            _ => Self::Worsening,
        }
    }
}

/// Target against limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    WillBeMet,
    WillBeMissed,
    HitOrMiss,
}

impl Measure {
    /// The newest point old enough to judge that has a value.
    pub fn latest(&self) -> Option<&Point> {
        self.series
            .iter()
            .rfind(|point| point.value.is_some() && !point.is_immature)
    }

    /// What its signals amount to; `NoSignal` when there are no limits.
    pub fn reading(&self) -> Reading {
        self.xmr
            .as_ref()
            .map_or(Reading::NoSignal, |xmr| xmr.reading)
    }

    /// What its newest year amounts to beside the year before, when its interval
    /// leaves out that nothing changed.
    pub fn year_reading(&self) -> Reading {
        let beyond = self.year_on_year.as_ref().and_then(Changed::beyond_chance);
        beyond.map_or(Reading::NoSignal, |is_up| {
            Reading::of(self.direction, is_up)
        })
    }

    pub fn differs_from_year_before(&self) -> bool {
        self.is_shown() && self.year_reading() != Reading::NoSignal
    }

    /// Whether signals are looked for at all.
    pub fn is_tested(&self) -> bool {
        self.is_shown() && self.xmr.is_some()
    }

    pub fn has_signal(&self) -> bool {
        self.is_shown() && self.reading() != Reading::NoSignal
    }

    /// False for a measure without any figure.
    pub fn is_shown(&self) -> bool {
        !matches!(self.state, MeasureState::Unavailable { .. })
    }
}
