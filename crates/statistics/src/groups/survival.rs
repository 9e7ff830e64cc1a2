//! Kaplan and Meier's estimate of how many have had an event by a day, where
//! not everyone was followed equally long.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::interval::Estimate;
use crate::interval::point::NORMAL_975;

/// One person followed. The first day of follow-up is day 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Day of the event, or the last day followed without one.
    pub day: u32,
    pub had_event: bool,
}

/// What happened on one day. Those who leave on a day are at risk on it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    pub day: u32,
    pub at_risk: u32,
    pub events: u32,
    pub censored: u32,
    /// Share without the event after this day.
    pub survival: f64,
    /// Greenwood's variance of that share.
    pub variance: f64,
    /// 95% interval on the log-log scale, which stays between 0 and 1.
    pub low: f64,
    pub high: f64,
}

/// The day by which half have had the event; none where that day was not
/// reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Median {
    pub day: Option<u32>,
    pub low: Option<u32>,
    pub high: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    pub people: u32,
    pub events: u32,
    pub longest_day: u32,
    pub median: Median,
    /// One step per day on which anyone had the event or left.
    pub steps: Vec<Step>,
}

/// The estimate; none for nobody.
pub fn kaplan_meier(subjects: &[Subject]) -> Option<Curve> {
    let days = by_day(subjects);
    let (&longest_day, _) = days.last_key_value()?;
    let people = u32::try_from(subjects.len()).ok()?;
    let mut at_risk = people;
    let mut survival = 1.0;
    let mut spread = 0.0;
    let mut steps = Vec::with_capacity(days.len());
    for (day, (events, censored)) in days {
        let (risk, had) = (f64::from(at_risk), f64::from(events));
        survival *= (risk - had) / risk;
        // Nobody is left to vary when the last ones have the event.
        if events < at_risk {
            spread += had / (risk * (risk - had));
        }
        let (low, high) = log_log_interval(survival, spread);
        steps.push(Step {
            day,
            at_risk,
            events,
            censored,
            survival,
            variance: survival * survival * spread,
            low,
            high,
        });
        at_risk -= events + censored;
    }
    Some(Curve {
        people,
        events: steps.iter().map(|step| step.events).sum(),
        longest_day,
        median: Median {
            day: first_at_half(&steps, |step| step.survival),
            low: first_at_half(&steps, |step| step.low),
            high: first_at_half(&steps, |step| step.high),
        },
        steps,
    })
}

impl Curve {
    /// The share that has had the event by the end of a day, with its
    /// interval; none beyond the last day anyone was followed.
    pub fn had_event_by(&self, day: u32) -> Option<Estimate> {
        if day > self.longest_day {
            return None;
        }
        let (survival, low, high) = self
            .steps
            .iter()
            .take_while(|step| step.day <= day)
            .last()
            .map_or((1.0, 1.0, 1.0), |step| (step.survival, step.low, step.high));
        Some(Estimate {
            value: 1.0 - survival,
            low: 1.0 - high,
            high: 1.0 - low,
        })
    }
}

/// Events and people censored, by day.
pub(super) fn by_day(subjects: &[Subject]) -> BTreeMap<u32, (u32, u32)> {
    let mut days = BTreeMap::new();
    for subject in subjects {
        let (events, censored) = days.entry(subject.day).or_insert((0, 0));
        if subject.had_event {
            *events += 1;
        } else {
            *censored += 1;
        }
    }
    days
}

/// Before the first event, and once nobody is left, there is no width.
fn log_log_interval(survival: f64, spread: f64) -> (f64, f64) {
    if spread <= 0.0 || survival <= 0.0 {
        return (survival, survival);
    }
    let log = survival.ln();
    let (centre, reach) = ((-log).ln(), NORMAL_975 * spread.sqrt() / -log);
    (
        (-(centre + reach).exp()).exp(),
        (-(centre - reach).exp()).exp(),
    )
}

/// Products of fractions may end a hair above one half.
fn first_at_half(steps: &[Step], share: impl Fn(&Step) -> f64) -> Option<u32> {
    steps
        .iter()
        .find(|step| share(step) <= 0.5 + 1e-12)
        .map(|step| step.day)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in super::super) fn subjects(days: &[(u32, bool)]) -> Vec<Subject> {
        days.iter()
            .map(|&(day, had_event)| Subject { day, had_event })
            .collect()
    }

    /// Freireich and others (1963): weeks in remission under 6-mercaptopurine.
    pub(in super::super) const TREATED: &[(u32, bool)] = &[
        (6, true),
        (6, true),
        (6, true),
        (6, false),
        (7, true),
        (9, false),
        (10, true),
        (10, false),
        (11, false),
        (13, true),
        (16, true),
        (17, false),
        (19, false),
        (20, false),
        (22, true),
        (23, true),
        (25, false),
        (32, false),
        (32, false),
        (34, false),
        (35, false),
    ];

    #[test]
    fn remission_under_6_mercaptopurine_is_as_printed() {
        // Cox and Oakes (1984), table 4.1, and the median of 23 weeks.
        let curve = kaplan_meier(&subjects(TREATED)).unwrap();
        for (day, wanted) in [
            (6, 0.857),
            (7, 0.807),
            (10, 0.753),
            (13, 0.690),
            (16, 0.627),
            (22, 0.538),
            (23, 0.448),
        ] {
            let step = curve.steps.iter().find(|step| step.day == day).unwrap();
            assert!((step.survival - wanted).abs() < 6e-4, "{day}: {step:?}");
        }
        assert_eq!(curve.median.day, Some(23));
        assert_eq!(curve.median.high, None);
        let first = &curve.steps[0];
        assert_eq!((first.at_risk, first.events, first.censored), (21, 3, 1));
        assert!((first.variance.sqrt() - 0.0764).abs() < 5e-5);
    }

    proptest! {
        #[test]
        fn without_censoring_the_curve_is_the_share_left(
            days in prop::collection::vec(1..40_u32, 1..80)
        ) {
            let all: Vec<Subject> =
                days.iter().map(|&day| Subject { day, had_event: true }).collect();
            for step in kaplan_meier(&all).unwrap().steps {
                let left = days.iter().filter(|&&day| day > step.day).count();
                let share = super::super::count(left) / super::super::count(days.len());
                prop_assert!((step.survival - share).abs() < 1e-12);
                // And Greenwood's variance is the binomial one.
                let binomial = share * (1.0 - share) / super::super::count(days.len());
                prop_assert!((step.variance - binomial).abs() < 1e-12);
            }
        }

        #[test]
        fn the_curve_never_rises_and_lies_in_its_interval(
            all in prop::collection::vec((1..40_u32, any::<bool>()), 1..80)
        ) {
            let curve = kaplan_meier(&subjects(&all)).unwrap();
            for pair in curve.steps.windows(2) {
                prop_assert!(pair[1].survival <= pair[0].survival);
            }
            for step in curve.steps {
                prop_assert!(step.low <= step.survival + 1e-12);
                prop_assert!(step.survival <= step.high + 1e-12);
                prop_assert!((0.0..=1.0).contains(&step.low) && step.high <= 1.0);
            }
        }
    }

    #[test]
    fn without_events_nobody_is_lost_and_there_is_no_median() {
        let curve = kaplan_meier(&subjects(&[(5, false), (9, false)])).unwrap();
        assert_eq!((curve.events, curve.median.day), (0, None));
        assert!(curve.had_event_by(9).unwrap().value.abs() < 1e-12);
        assert_eq!(curve.had_event_by(10), None);
        assert_eq!(kaplan_meier(&[]), None);
    }

    #[test]
    fn half_exactly_is_the_median_and_the_last_event_ends_the_curve() {
        let curve = kaplan_meier(&subjects(&[(2, true), (4, true)])).unwrap();
        assert_eq!(curve.median.day, Some(2));
        let last = curve.steps.last().unwrap();
        assert_eq!((last.survival, last.low, last.high), (0.0, 0.0, 0.0));
    }

    #[test]
    fn who_leaves_on_the_day_of_an_event_was_at_risk_on_it() {
        let curve = kaplan_meier(&subjects(&[(3, true), (3, false), (8, false)])).unwrap();
        assert!((curve.steps[0].survival - 2.0 / 3.0).abs() < 1e-15);
    }
}
