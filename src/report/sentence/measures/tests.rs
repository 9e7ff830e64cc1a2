//! What is said of measures together and of each.

use super::*;
use crate::report::sentence::signal::signal_in_words;
use crate::report::view::measure::{Side, Signal, SignalKind};
use crate::report::view::sample;

#[test]
fn a_quiet_month_is_a_good_briefing() {
    let measures = sample::measures::quiet(7);
    let sorted = Sorted::new(&measures);
    assert_eq!(
        lead(&sorted, 0.09).text(),
        "No signal in 7 measures that can be tested; chance alone would give about 0.1 a month."
    );
    assert_eq!(
        heading(&sorted),
        "No signal in 7 measures that can be tested"
    );
    assert_eq!(signals(sorted.signals.len()), "no signal");
}

#[test]
fn signals_are_named_worsening_first() {
    let measures = sample::measures::mixed();
    let sorted = Sorted::new(&measures);
    assert_eq!(
        lead(&sorted, 0.09).text(),
        "2 signals in 6 measures that can be tested: “Rape: median days, recorded to charge” \
         is worsening and “VAWG crimes charged” is improving; chance alone would give about \
         0.1 a month."
    );
    assert_eq!(
        heading(&sorted),
        "2 signals in 6 measures that can be tested"
    );
}

#[test]
fn only_what_is_tested_is_quiet_and_the_year_is_judged_too() {
    let mut measures = sample::measures::mixed();
    measures.push(sample::measures::worse_than_a_year_ago());
    measures.extend([sample::measures::level(), sample::measures::level()]);
    let mut short = sample::measures::quiet(1).remove(0);
    short.xmr = None;
    measures.push(short);
    let sorted = Sorted::new(&measures);
    assert_eq!(
        heading(&sorted),
        "2 signals in 7 measures that can be tested; 1 more differs from a year ago by more \
         than chance; 2 are levels and are compared with a year ago; 1 has too few months in \
         a row to test"
    );
    assert_eq!(sorted.quiet.len(), 4);
    let told = lead(&sorted, 0.09).text();
    assert!(
        told.contains(
            "“Orders granted” is worse than a year ago; chance alone would give \
             about 0.1 a month, and about 0.1 of 1 comparisons with a year ago."
        ),
        "{told}"
    );
    assert_eq!(
        finding(&sample::measures::worse_than_a_year_ago()),
        "Orders granted: no signal; worse than a year ago; 83.7%, against 87.8%"
    );
    assert_eq!(
        finding(&sample::measures::level()),
        "Orders in force: a level, compared with a year ago; 331, against 250"
    );
    let unavailable = sample::measures::unavailable("2.2", "Fair");
    assert_eq!(
        finding(&unavailable),
        "Fair: unavailable: no survey extract has arrived"
    );
}

#[test]
fn a_volume_is_no_prevalence() {
    let mut measure = sample::measures::improving();
    assert!(!notes(&measure).join(" ").contains("prevalence"));
    measure.is_volume = true;
    assert!(
        notes(&measure)
            .join(" ")
            .contains("Recorded crime is not prevalence")
    );
}

#[test]
fn months_that_no_file_covers_are_named() {
    let mut measure = sample::measures::improving();
    measure.series[3].state = State::Stale;
    let told = notes(&measure).join(" ");
    assert!(
        told.contains("without a figure: February 2025; no run"),
        "{told}"
    );
    (4..9).for_each(|at| measure.series[at].state = State::Stale);
    let told = notes(&measure).join(" ");
    assert!(
        told.contains("six months from February 2025 to July 2025;"),
        "{told}"
    );
}

#[test]
fn no_figures_is_not_no_signal() {
    let sorted = Sorted::new(&[]);
    assert_eq!(lead(&sorted, 0.0).text(), "No measure has figures yet.");
    assert_eq!(heading(&sorted), "No measure has figures yet");
}

#[test]
fn a_finding_names_its_evidence() {
    let measure = sample::measures::improving();
    assert_eq!(
        finding(&measure),
        "VAWG crimes charged: improving, 8 months in a row above the mean"
    );
    let signal = Signal {
        kind: SignalKind::Outside,
        side: Side::Below,
        from: 23,
        to: 23,
    };
    assert_eq!(
        signal_in_words(&measure, signal),
        "October 2026 below the lower limit"
    );
    let near = Signal {
        kind: SignalKind::TwoOfThree,
        side: Side::Below,
        from: 21,
        to: 23,
    };
    assert_eq!(
        signal_in_words(&measure, near),
        "2 of 3 months to October 2026 near the lower limit"
    );
    let beyond = Signal { to: 900, ..signal };
    assert!(signal_in_words(&measure, beyond).contains("the last month"));
}

#[test]
fn a_target_is_not_judged_while_the_measure_changes() {
    let mut measure = sample::measures::improving();
    measure.target = Some(10.0);
    measure.assurance = Some(Assurance::WillBeMissed);
    let changing = notes(&measure).join(" ");
    assert!(changing.contains("Target: 10%; while the measure is changing"));
    measure.xmr.as_mut().expect("set").reading = Reading::NoSignal;
    assert!(notes(&measure).join(" ").contains("missed consistently"));
}

#[test]
fn limits_that_signals_overrun_are_named_as_such() {
    let mut measure = sample::measures::improving();
    assert!(!notes(&measure).join(" ").contains("steady level"));
    measure.xmr.as_mut().expect("set").signals[0].from = 4;
    assert!(notes(&measure).join(" ").contains("steady level"));
}

#[test]
fn narrow_limits_call_for_two_decimals() {
    let mut measure = sample::measures::improving();
    assert_eq!(printed(&measure, 7.352), "7.4%");
    measure.xmr.as_mut().expect("set").lower = 7.8;
    assert_eq!(printed(&measure, 7.352), "7.35%");
}

#[test]
fn up_to_three_signals_are_named_and_the_rest_counted() {
    let measures: Vec<_> = (0..5).map(|_| sample::measures::improving()).collect();
    let text = lead(&Sorted::new(&measures), 0.1).text();
    assert!(text.contains("and “VAWG crimes charged” is improving; 2 more on the page; "));
}

#[test]
fn few_expected_signals_are_not_printed_as_none() {
    assert!(chance(0.01).contains("fewer than 0.1"));
}

#[test]
fn trial_limits_and_young_cohorts_are_told() {
    let mut measure = sample::measures::improving();
    measure.state = MeasureState::Immature {
        reason: "Rape takes about 14 months to charge.".to_owned(),
    };
    if let Some(xmr) = &mut measure.xmr {
        xmr.is_trial = true;
        xmr.points = 9;
    }
    let notes = notes(&measure).join(" ");
    assert!(notes.contains("14 months to charge"));
    assert!(notes.contains("Trial limits, from 9 months"));
}
