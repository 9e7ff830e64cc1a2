//! XmR charts: centre line and limits, anew after every recorded step change.
//! The rules are those of NHS England's Making Data Count as its tools apply
//! them; `docs/statistics.md` says where ours differ, and why.

use chrono::NaiveDate;

use super::signals;
pub use super::signals::{Rule, Signal, signals};

/// Centre and limits in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    pub centre: f64,
    pub lower: f64,
    pub upper: f64,
    /// Values the limits rest on.
    pub points: u32,
    pub is_trial: bool,
}

/// A series with its segments and signals. Positions count months from the
/// oldest, with or without a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Oldest first; one unless there are steps. None is empty.
    pub segments: Vec<Segment>,
    /// Those that end latest last; of those that end together, the one that is
    /// told first last: outside, then trend, two of three, run.
    pub signals: Vec<Signal>,
    /// Whether a signal marks the month.
    pub marked: Vec<bool>,
    /// The newest month with a value.
    pub newest: Option<usize>,
}

/// Months between two steps, both inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    pub from: usize,
    pub to: usize,
    /// None for too few values in successive months.
    pub limits: Option<Limits>,
}

/// Below this many values limits are trial limits: they may still move.
const TRIAL_BELOW: usize = 12;

/// Below this many moving ranges there are no limits. "Useful limits may be
/// constructed with as few as five or six values": Wheeler, Understanding
/// Variation, p. 60; five successive values have four moving ranges.
const LEAST_RANGES: usize = 4;

/// Three standard deviations over the mean moving range of normal noise,
/// 3 / 1.128, as print rounds it: Shewhart; Nelson (1982), Journal of Quality
/// Technology 14:172.
const FACTOR: f64 = 2.66;

/// Centre, limits and signals of a series of months, oldest first. A month
/// without a value is `None`: no moving range, run, trend or two of three
/// passes over it. `steps` are the positions of the first months after a
/// recorded step change: limits start anew there, and no signal runs across.
pub fn chart(values: &[Option<f64>], steps: &[usize]) -> Chart {
    let segments: Vec<Segment> = spans(values.len(), steps)
        .into_iter()
        .map(|(from, to)| Segment {
            from,
            to,
            limits: limits(&values[from..=to]),
        })
        .collect();
    let mut found = Chart {
        segments,
        signals: Vec::new(),
        marked: vec![false; values.len()],
        newest: values.iter().rposition(Option::is_some),
    };
    for segment in &found.segments {
        let Some(limits) = segment.limits else {
            continue;
        };
        let months = &values[segment.from..=segment.to];
        for signal in signals(months, &limits) {
            for at in signals::marked(signal, months, &limits) {
                found.marked[segment.from + at] = true;
            }
            found.signals.push(signal.moved(segment.from));
        }
    }
    found
}

/// The limits of a series: the mean, and the mean plus and minus 2.66 times the
/// mean moving range between successive months. Extreme moving ranges are not
/// dropped. None for fewer than four moving ranges.
pub fn limits(values: &[impl Into<Option<f64>> + Copy]) -> Option<Limits> {
    let months: Vec<Option<f64>> = values.iter().map(|value| (*value).into()).collect();
    let known: Vec<f64> = months.iter().copied().flatten().collect();
    let ranges: Vec<f64> = months
        .windows(2)
        .filter_map(|pair| Some((pair[1]? - pair[0]?).abs()))
        .collect();
    if ranges.len() < LEAST_RANGES {
        return None;
    }
    let centre = mean(&known);
    let reach = FACTOR * mean(&ranges);
    Some(Limits {
        centre,
        lower: centre - reach,
        upper: centre + reach,
        points: u32::try_from(known.len()).unwrap_or(u32::MAX),
        is_trial: known.len() < TRIAL_BELOW,
    })
}

/// The positions at which recorded steps divide a series of every month in
/// order: the first whole month from the step on, for the month it falls into
/// holds days of both.
pub fn step_positions(months: &[NaiveDate], steps: &[NaiveDate]) -> Vec<usize> {
    steps
        .iter()
        .map(|step| months.partition_point(|month| month < step))
        .collect()
}

impl Chart {
    /// The same with limits cut at the least and the most that a value can be,
    /// unless a value of theirs shows that it can be more. Signals stay: two
    /// thirds of the way are those to the whole limit.
    #[must_use]
    pub fn cut(mut self, values: &[Option<f64>], (least, most): (f64, Option<f64>)) -> Self {
        for segment in &mut self.segments {
            let Some(limits) = &mut segment.limits else {
                continue;
            };
            let known = || values[segment.from..=segment.to].iter().flatten();
            if known().all(|value| *value >= least) {
                limits.lower = limits.lower.max(least);
            }
            if let Some(most) = most
                && known().all(|value| *value <= most)
            {
                limits.upper = limits.upper.min(most);
            }
        }
        self
    }

    /// The limits that the newest month with a value is held against.
    pub fn limits(&self) -> Option<Limits> {
        self.newest_segment()?.limits
    }

    /// The signal that the newest month with a value carries; of several, the
    /// one that is told first.
    pub fn newest_signal(&self) -> Option<Signal> {
        let newest = self.newest?;
        self.signals
            .iter()
            .rev()
            .find(|signal| signal.to == newest)
            .copied()
    }

    /// Values the newest limits rest on, for `expected_false_signals`; none
    /// where there are no limits.
    pub fn points(&self) -> Option<usize> {
        self.limits().map(|limits| limits.points as usize)
    }

    fn newest_segment(&self) -> Option<&Segment> {
        let newest = self.newest?;
        self.segments
            .iter()
            .find(|segment| (segment.from..=segment.to).contains(&newest))
    }
}

/// First and last position of each stretch between steps. Steps outside the
/// series, at its very start, or named twice divide nothing.
fn spans(length: usize, steps: &[usize]) -> Vec<(usize, usize)> {
    let mut starts: Vec<usize> = steps.iter().copied().filter(|at| *at < length).collect();
    starts.push(0);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([length]);
    starts
        .iter()
        .zip(ends)
        .filter(|(from, until)| *from < until)
        .map(|(from, until)| (*from, until - 1))
        .collect()
}

pub(super) fn mean(values: &[f64]) -> f64 {
    let number = u32::try_from(values.len()).unwrap_or(u32::MAX);
    values.iter().sum::<f64>() / f64::from(number)
}

#[cfg(test)]
mod tests;
