//! A measure's newest signal in words: which way it reads, and the months it
//! rests on.

use crate::report::format;
use crate::report::view::measure::{Measure, Reading, Side, Signal, SignalKind, Xmr};

/// A measure without a good direction rises or falls only in a trend; months on
/// one side of the mean are higher or lower, whichever way they now move.
pub fn reading(measure: &Measure) -> &'static str {
    let is_trend = newest_signal(measure).is_none_or(|s| s.kind == SignalKind::Trend);
    match (measure.reading(), is_trend) {
        (Reading::NoSignal, _) => "no signal",
        (Reading::Improving, _) => "improving",
        (Reading::Worsening, _) => "worsening",
        (Reading::Rising, true) => "rising",
        (Reading::Rising, false) => "higher",
        (Reading::Falling, true) => "falling",
        (Reading::Falling, false) => "lower",
    }
}

/// What the newest signal rests on.
pub fn evidence(measure: &Measure) -> Option<String> {
    newest_signal(measure).map(|signal| signal_in_words(measure, signal))
}

/// One signal, naming its months.
pub fn signal_in_words(measure: &Measure, signal: Signal) -> String {
    let months = signal.to.saturating_sub(signal.from) + 1;
    let last = measure.series.get(signal.to);
    let month = last.map_or_else(|| "the last month".to_owned(), |p| format::month(p.month));
    let (beyond, side, way) = match signal.side {
        Side::Above => ("above the upper limit", "above the mean", "rising"),
        Side::Below => ("below the lower limit", "below the mean", "falling"),
    };
    match signal.kind {
        SignalKind::Outside if months > 1 => {
            format!("{months} months to {month} {beyond}")
        }
        SignalKind::Outside => format!("{month} {beyond}"),
        SignalKind::Run => format!("{months} months in a row {side}"),
        SignalKind::Trend => format!("{months} months in a row {way}"),
        SignalKind::TwoOfThree => {
            let limit = beyond.rsplit(' ').nth(1).unwrap_or("upper");
            format!("2 of 3 months to {month} near the {limit} limit")
        }
    }
}

/// Do signals cover most of the months since the newest break that are old enough
/// to judge?
pub fn is_unsettled(measure: &Measure, xmr: &Xmr) -> bool {
    let judged = |index: &usize| {
        let point = &measure.series[*index];
        point.value.is_some() && !point.is_immature
    };
    let since = || xmr.signals.iter().filter(|signal| signal.from >= xmr.from);
    let covered = |index: &usize| since().any(|s| (s.from..=s.to).contains(index));
    let months: Vec<usize> = (xmr.from..measure.series.len()).filter(judged).collect();
    months.iter().filter(|index| covered(index)).count() * 2 > months.len()
}

/// Of the signals since the newest break that end last, on the same side, the one
/// with most months.
pub(super) fn newest_signal(measure: &Measure) -> Option<Signal> {
    let xmr = measure.xmr.as_ref()?;
    let signals = || xmr.signals.iter().filter(|signal| signal.from >= xmr.from);
    let last = signals().next_back()?;
    signals()
        .filter(|signal| signal.to == last.to && signal.side == last.side)
        .min_by_key(|signal| signal.from)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sentence::measures::finding;
    use crate::report::view::sample;
    use daybook_statistics::series::direction::Direction;

    #[test]
    fn a_measure_without_a_good_direction_falls_only_in_a_trend() {
        let mut measure = sample::measures::improving();
        measure.direction = Direction::Context;
        let xmr = measure.xmr.as_mut().expect("set");
        xmr.reading = Reading::Falling;
        xmr.signals[0].side = Side::Below;
        assert!(finding(&measure).ends_with(": lower, 8 months in a row below the mean"));
        measure.xmr.as_mut().expect("set").signals[0].kind = SignalKind::Trend;
        assert!(finding(&measure).ends_with(": falling, 8 months in a row falling"));
    }

    #[test]
    fn a_signal_of_before_a_break_is_no_evidence_of_now() {
        let mut measure = sample::measures::improving();
        let xmr = measure.xmr.as_mut().expect("set");
        xmr.from = xmr.signals[0].from + 1;
        xmr.reading = Reading::NoSignal;
        assert_eq!(evidence(&measure), None);
        let xmr = measure.xmr.as_ref().expect("set");
        assert!(!is_unsettled(&measure, xmr));
    }

    #[test]
    fn the_longest_of_the_newest_signals_is_the_evidence() {
        let mut measure = sample::measures::improving();
        let run = measure.xmr.as_ref().expect("set").signals[0];
        let last_month = Signal {
            kind: SignalKind::Outside,
            from: run.to,
            ..run
        };
        measure.xmr.as_mut().expect("set").signals.push(last_month);
        let expected = "8 months in a row above the mean";
        assert_eq!(evidence(&measure).as_deref(), Some(expected));
    }
}
