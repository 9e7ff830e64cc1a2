//! A figure against the same months a year before: by how much it changed, and
//! how much of that chance alone may have done.

use thiserror::Error;

use crate::interval::median::median;
use crate::interval::poisson::{self, Events};
use crate::interval::proportion;
use crate::interval::weighted::{Responses, gap};
use crate::interval::{Estimate, difference};

/// A change and its 95% interval, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    pub value: f64,
    pub interval: Result<(f64, f64), Without>,
}

/// Why there is no change, or no interval around it; inside a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Without {
    #[error("there is no figure for this year")]
    FigureNow,
    #[error("there is no figure for the year before")]
    FigureBefore,
    #[error("there were none the year before")]
    EventsBefore,
    #[error("there are none this year")]
    EventsNow,
    #[error("there are too few cases")]
    Cases,
    #[error("an amount or a level is no sample of cases")]
    Sample,
}

/// What a change comes to, or why it comes to nothing.
pub type Outcome = Result<Change, Without>;

/// How many times as many events, over spans of the same length, with the
/// exact Poisson interval.
pub fn counts(now: f64, before: f64) -> Outcome {
    rates(Events::counted(now), Events::counted(before))
}

/// How many times as high the rate, with the exact Poisson interval.
pub fn rates(now: Events, before: Events) -> Outcome {
    poisson::rate(now).ok_or(Without::FigureNow)?;
    poisson::rate(before).ok_or(Without::FigureBefore)?;
    poisson::ratio(now, before)
        .map(Change::from)
        .ok_or(Without::EventsBefore)
}

/// The difference of two proportions, `(numerator, denominator)`, as a part of
/// one, with Newcombe's interval.
pub fn proportions(now: (f64, f64), before: (f64, f64)) -> Outcome {
    proportion::share(now.0, now.1).ok_or(Without::FigureNow)?;
    proportion::newcombe(now, before)
        .map(Change::from)
        .ok_or(Without::FigureBefore)
}

/// How many times as high the proportion, with Katz's interval. Nothing now is
/// nothing times as high, without an interval.
pub fn proportions_ratio(now: (f64, f64), before: (f64, f64)) -> Outcome {
    proportion::share(now.0, now.1).ok_or(Without::FigureNow)?;
    let then = proportion::share(before.0, before.1).ok_or(Without::FigureBefore)?;
    if then.value <= 0.0 {
        return Err(Without::EventsBefore);
    }
    Ok(proportion::katz(now, before).map_or_else(
        || Change {
            value: 0.0,
            interval: Err(Without::EventsNow),
        },
        Change::from,
    ))
}

/// The difference of two medians. The interval joins those of both by `MOVER`
/// (Zou and Donner 2008); none where either has too few cases for its own.
pub fn medians(now: &[f64], before: &[f64]) -> Outcome {
    let now = median(now).ok_or(Without::FigureNow)?;
    let before = median(before).ok_or(Without::FigureBefore)?;
    let joined = now.estimate().zip(before.estimate());
    Ok(joined.map_or_else(
        || Change {
            value: now.value - before.value,
            interval: Err(Without::Cases),
        },
        |(now, before)| Change::from(difference(now, before)),
    ))
}

/// The difference of two weighted shares, as a part of one, with Newcombe's
/// interval on the effective numbers of responses.
pub fn surveys(now: Responses, before: Responses) -> Outcome {
    now.share().ok_or(Without::FigureNow)?;
    gap(now, before)
        .map(Change::from)
        .ok_or(Without::FigureBefore)
}

/// The difference of two amounts, ratios or levels, in their unit: no interval,
/// for they count what is there and sample nothing.
pub fn levels(now: Option<f64>, before: Option<f64>) -> Outcome {
    let known = |value: Option<f64>| value.filter(|value| value.is_finite());
    let now = known(now).ok_or(Without::FigureNow)?;
    let before = known(before).ok_or(Without::FigureBefore)?;
    Ok(Change {
        value: now - before,
        interval: Err(Without::Sample),
    })
}

impl From<Estimate> for Change {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: estimate.value,
            interval: Ok((estimate.low, estimate.high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(change: Change) -> (f64, f64) {
        change.interval.unwrap()
    }

    #[test]
    fn a_tenth_more_crimes_is_a_ratio_whose_interval_may_hold_none() {
        let found = counts(110.0, 100.0).unwrap();
        let (low, high) = interval(found);
        assert!((found.value - 1.1).abs() < 1e-12);
        assert!(low < 1.0 && high > 1.1, "{found:?}");
        let many = interval(counts(11_000.0, 10_000.0).unwrap());
        assert!(many.0 > 1.0, "{many:?}");
    }

    #[test]
    fn none_before_has_no_ratio_and_none_now_has_a_bound() {
        assert_eq!(counts(3.0, 0.0), Err(Without::EventsBefore));
        let (low, high) = interval(counts(0.0, 8.0).unwrap());
        assert!(low == 0.0 && high < 1.0, "{high}");
    }

    #[test]
    fn a_rate_over_twice_the_exposure_is_half_as_high() {
        let events = |count, exposure| Events { count, exposure };
        let found = rates(events(50.0, 200.0), events(50.0, 100.0)).unwrap();
        assert!((found.value - 0.5).abs() < 1e-12);
        let none = rates(events(50.0, 0.0), events(50.0, 100.0));
        assert_eq!(none, Err(Without::FigureNow));
        let none = rates(events(50.0, 1.0), events(50.0, 0.0));
        assert_eq!(none, Err(Without::FigureBefore));
    }

    #[test]
    fn proportions_differ_in_points_and_as_a_ratio() {
        let (now, before) = ((56.0, 70.0), (48.0, 80.0));
        let points = proportions(now, before).unwrap();
        assert!((points.value - 0.2).abs() < 1e-12);
        let (low, high) = interval(points);
        // Newcombe (1998), table II, method 10.
        assert!((low - 0.0524).abs() < 6e-5 && (high - 0.3339).abs() < 6e-5);
        let ratio = proportions_ratio(now, before).unwrap();
        assert!((ratio.value - 0.8 / 0.6).abs() < 1e-12);
        assert_eq!(proportions((1.0, 0.0), before), Err(Without::FigureNow));
        assert_eq!(proportions(now, (0.0, 0.0)), Err(Without::FigureBefore));
    }

    #[test]
    fn a_proportion_of_nothing_has_no_ratio_interval() {
        let (none, some) = ((0.0, 40.0), (8.0, 40.0));
        let found = proportions_ratio(none, some).unwrap();
        assert_eq!(found.interval, Err(Without::EventsNow));
        assert!(found.value.abs() < 1e-15);
        assert_eq!(proportions_ratio(some, none), Err(Without::EventsBefore));
        let (low, high) = interval(proportions(none, some).unwrap());
        assert!(low < -0.2 && high < 0.0, "{low} {high}");
    }

    #[test]
    fn medians_of_few_cases_differ_without_an_interval() {
        let few = medians(&[400.0, 420.0, 410.0], &[380.0, 390.0]).unwrap();
        assert!((few.value - 25.0).abs() < 1e-12);
        assert_eq!(few.interval, Err(Without::Cases));
        let cases = |start: u32| (0..9).map(|at| f64::from(start + at)).collect::<Vec<_>>();
        let (low, high) = interval(medians(&cases(400), &cases(300)).unwrap());
        // Each reaches three cases to both sides, together 3 times root 2.
        assert!((low - (100.0 - 18.0_f64.sqrt())).abs() < 1e-12);
        assert!((high - (100.0 + 18.0_f64.sqrt())).abs() < 1e-12);
        assert_eq!(medians(&[], &[1.0]), Err(Without::FigureNow));
    }

    #[test]
    fn levels_differ_without_an_interval() {
        let found = levels(Some(312.0), Some(300.0)).unwrap();
        assert!((found.value - 12.0).abs() < 1e-12);
        assert_eq!(found.interval, Err(Without::Sample));
        assert_eq!(levels(None, Some(1.0)), Err(Without::FigureNow));
        assert_eq!(levels(Some(1.0), None), Err(Without::FigureBefore));
    }

    #[test]
    fn surveys_need_responses_in_both_years() {
        let some: Responses = (0..40).map(|at| (at < 20, 1.0)).collect();
        let found = surveys(some, some).unwrap();
        assert!(found.value.abs() < 1e-15);
        let nobody = Responses::default();
        assert_eq!(surveys(nobody, some), Err(Without::FigureNow));
        assert_eq!(surveys(some, nobody), Err(Without::FigureBefore));
    }
}
