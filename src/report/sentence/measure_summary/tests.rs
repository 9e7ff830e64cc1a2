//! What the sentence says of each kind of figure and finding.

use daybook_statistics::series::direction::Direction;

use super::*;
use crate::report::view::measure::{Assurance, Reading};
use crate::report::view::sample::measures::{improving, quiet, unavailable, worsening};

const FLOW: Footing = Footing {
    accrual: Accrual::Flow,
    minimum_denominator: None,
};

fn with(mut measure: Measure, change: impl Fn(&mut Measure)) -> String {
    change(&mut measure);
    standing(&measure, FLOW)
}

fn xmr(measure: &mut Measure) -> &mut Xmr {
    measure.xmr.as_mut().expect("set")
}

#[test]
fn a_run_is_told_with_its_mean_the_newest_month_and_no_target() {
    assert_eq!(
        standing(&improving(), FLOW),
        "Improving: eight months in a row above the mean of 7.1%; in October 2026 it was \
         7.9% (743 of 9,400); no target."
    );
}

#[test]
fn a_month_outside_is_told_with_its_limit_and_days_have_their_unit() {
    assert_eq!(
        standing(&worsening(), FLOW),
        "Worsening: October 2026 above the upper limit of 466 days; in October 2026 it was \
         482 days; target 400 days."
    );
}

#[test]
fn a_quiet_month_gives_the_limits_and_the_outlook() {
    let text = with(quiet(1).remove(0), |measure| {
        measure.target = Some(80.0);
        measure.assurance = Some(Assurance::WillBeMissed);
    });
    assert_eq!(
        text,
        "No signal: within the limits of 55.5% and 72.5% around a mean of 64.0%; in October \
         2026 it was 68.0% (6,392 of 9,400); target 80%, which will be missed consistently \
         as things stand."
    );
}

#[test]
fn a_measure_without_a_good_direction_rises_or_is_higher() {
    let higher = |measure: &mut Measure| {
        measure.direction = Direction::Context;
        xmr(measure).reading = Reading::Rising;
    };
    assert!(with(improving(), higher).starts_with("Higher: eight months in a row above"));
    let rising = with(improving(), |measure| {
        higher(measure);
        xmr(measure).signals[0].kind = SignalKind::Trend;
    });
    assert!(rising.starts_with("Rising: eight months, each higher than the one before; "));
}

#[test]
fn a_signal_the_other_way_on_the_same_month_is_not_kept_back() {
    let text = with(improving(), |measure| {
        let run = xmr(measure).signals[0];
        let below = Signal {
            side: Side::Below,
            from: 17,
            ..run
        };
        let trend = Signal {
            kind: SignalKind::Trend,
            from: 17,
            ..run
        };
        xmr(measure).signals = vec![below, trend];
    });
    assert!(
        text.starts_with(
            "Improving: seven months, each higher than the one before, though seven months \
             in a row below the mean of 7.1%; "
        ),
        "{text}"
    );
}

#[test]
fn two_of_three_name_the_limit_they_are_near() {
    let text = with(worsening(), |measure| {
        let signal = &mut xmr(measure).signals[0];
        signal.kind = SignalKind::TwoOfThree;
        signal.from = 21;
    });
    let wanted = "Worsening: two of three months to October 2026 near the upper limit of 466 days";
    assert!(text.starts_with(wanted), "{text}");
}

#[test]
fn a_target_is_not_judged_while_the_measure_changes() {
    let text = with(worsening(), |m| m.assurance = Some(Assurance::WillBeMissed));
    assert!(text.ends_with("; target 400 days, not judged while the measure is changing."));
}

#[test]
fn levels_and_rolling_figures_are_not_searched_for_signals() {
    let mut measure = quiet(1).remove(0);
    measure.unit = Unit::Count;
    let told = |accrual| {
        standing(
            &measure,
            Footing {
                accrual,
                minimum_denominator: None,
            },
        )
    };
    assert_eq!(
        told(Accrual::Stock),
        "No signals are looked for in a level that carries over from month to month; at the \
         end of October 2026 it was 68; no target."
    );
    assert!(told(Accrual::Rolling).contains("months overlap from one figure to the next; "));
    assert!(!told(Accrual::Stock).contains("limits"));
}

#[test]
fn few_cases_are_named_and_the_newest_full_month_told() {
    let mut measure = improving();
    measure.series[23].denominator = Some(14.0);
    let few = Footing {
        minimum_denominator: Some(20.0),
        ..FLOW
    };
    let text = standing(&measure, few);
    assert!(
        text.contains("; in September 2026 it was 8.1% (761 of 9,400); "),
        "{text}"
    );
    assert!(
        text.contains(
            "; October 2026 has too few cases for a figure (14, and at least 20 are needed); "
        ),
        "{text}"
    );
    for point in &mut measure.series {
        point.denominator = Some(3.0);
    }
    let text = standing(&measure, few);
    assert_eq!(text, "No figure: every month has fewer than 20 cases.");
}

#[test]
fn young_months_and_trial_limits_are_told() {
    let text = with(quiet(1).remove(0), |measure| {
        for point in measure.series.iter_mut().skip(10) {
            point.is_immature = true;
        }
        xmr(measure).is_trial = true;
        xmr(measure).points = 10;
    });
    assert!(text.contains("; in August 2025 it was "), "{text}");
    assert!(
        text.ends_with(
            "; later months are provisional; its limits rest on ten months and may \
             still move; no target."
        ),
        "{text}"
    );
}

#[test]
fn what_cannot_be_told_says_why() {
    assert_eq!(
        standing(&unavailable("2.2", "Fairness"), FLOW),
        "No figures: no survey extract has arrived."
    );
    let young = with(improving(), |measure| {
        measure.state = MeasureState::Immature {
            reason: "Rape takes about 14 months to charge.".to_owned(),
        };
        measure.series.iter_mut().for_each(|p| p.is_immature = true);
    });
    let wanted = "No month is old enough to judge: Rape takes about 14 months to charge.";
    assert_eq!(young, wanted);
    let empty = with(improving(), |measure| measure.series.clear());
    assert_eq!(empty, "No figures yet.");
    let short = with(quiet(1).remove(0), |measure| measure.xmr = None);
    assert!(short.starts_with("Too few months in a row to look for signals; in October"));
}
