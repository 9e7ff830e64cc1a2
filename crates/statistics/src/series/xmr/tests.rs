//! The chart against series worked out by hand and in fractions.

use super::*;
use serde_json::Value;

/// Worked out in fractions by `tests/oracle/xmr.py`, many by hand before.
fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../fixtures/expected.json")).unwrap()
}

fn charted(case: &Value) -> Chart {
    let list = |name: &str| case[name].as_array().unwrap().clone();
    let values: Vec<Option<f64>> = list("values").iter().map(Value::as_f64).collect();
    let steps: Vec<usize> = list("steps").iter().map(position).collect();
    chart(&values, &steps)
}

fn position(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn told(signal: &Signal) -> String {
    let rule = match signal.rule {
        Rule::Outside => "outside",
        Rule::Run => "run",
        Rule::Trend => "trend",
        Rule::TwoOfThree => "two_of_three",
    };
    let Signal { from, to, .. } = signal;
    format!("[\"{rule}\",{},{from},{to}]", signal.is_high)
}

fn same(found: f64, wanted: &Value, name: &str) {
    let wanted = wanted.as_f64().unwrap();
    let scale = wanted.abs().max(1.0);
    assert!(
        (found - wanted).abs() <= 1e-9 * scale,
        "{name}: {found} is not {wanted}"
    );
}

#[test]
fn every_rule_and_boundary_signals_as_worked_out_in_fractions() {
    let mut fired = [0; 4];
    for case in cases() {
        let found = charted(&case);
        let signals: Vec<String> = found.signals.iter().map(told).collect();
        let wanted: Vec<String> = case["signals"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        assert_eq!(signals, wanted, "{}", case["name"]);
        let marked: Vec<usize> = (0..found.marked.len())
            .filter(|at| found.marked[*at])
            .collect();
        let wanted: Vec<usize> = case["marked"]
            .as_array()
            .unwrap()
            .iter()
            .map(position)
            .collect();
        assert_eq!(marked, wanted, "{}", case["name"]);
        for signal in &found.signals {
            fired[signal.rule as usize] += 1;
        }
    }
    assert!(fired.iter().all(|times| *times >= 15), "{fired:?}");
}

#[test]
fn limits_are_those_worked_out_in_fractions_in_every_segment() {
    for case in cases() {
        let name = case["name"].to_string();
        let found = charted(&case);
        let wanted = case["segments"].as_array().unwrap();
        assert_eq!(found.segments.len(), wanted.len(), "{name}");
        for (segment, wanted) in found.segments.iter().zip(wanted) {
            let place = [&wanted["from"], &wanted["to"]].map(position);
            assert_eq!([segment.from, segment.to], place, "{name}");
            let wanted = &wanted["limits"];
            assert_eq!(segment.limits.is_none(), wanted.is_null(), "{name}");
            if let Some(limits) = segment.limits {
                same(limits.centre, &wanted["centre"], &name);
                same(limits.lower, &wanted["lower"], &name);
                same(limits.upper, &wanted["upper"], &name);
                assert_eq!(
                    limits.points as usize,
                    position(&wanted["points"]),
                    "{name}"
                );
                assert_eq!(
                    Some(limits.is_trial),
                    wanted["is_trial"].as_bool(),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn published_charts_have_their_published_limits() {
    let published = |name: &str| {
        let cases = cases();
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        charted(case).limits().unwrap()
    };
    let near = |found: f64, wanted: f64, within: f64| {
        assert!((found - wanted).abs() < within, "{found} is not {wanted}");
    };
    // Wheeler's inventory, at xmrit.com: 20.39 + 2.66 x 4.7 = 32.89.
    let inventory = published("published: in-process inventory");
    near(inventory.centre, 20.39, 5e-3);
    near(inventory.upper, 32.89, 5e-3);
    near((inventory.upper - inventory.centre) / 2.66, 4.7, 1e-9);
    // NIST/SEMATECH e-Handbook 6.3.2.2, which divides by 1.128.
    let flow = published("published: flow rate");
    near(flow.centre, 50.81, 1e-9);
    near(flow.upper, 55.8041, 1e-3);
    near(flow.lower, 45.8159, 1e-3);
    near((flow.upper - flow.centre) / 2.66, 1.8778, 5e-5);
}

#[test]
fn the_newest_month_is_held_against_the_limits_since_the_last_step() {
    let mut values: Vec<Option<f64>> = [9.0, 11.0].repeat(6).into_iter().map(Some).collect();
    values.extend([19.0, 21.0, 19.0, 21.0, 40.0].map(Some));
    values.push(None);
    let found = chart(&values, &[12]);
    assert_eq!(found.newest, Some(16));
    let limits = found.limits().unwrap();
    assert!((limits.centre - 24.0).abs() < 1e-12);
    assert!(limits.is_trial);
    assert_eq!(found.points(), Some(5));
    assert_eq!(chart(&values[..14], &[12]).limits(), None);
    assert_eq!(chart(&[], &[]).limits(), None);
}

#[test]
fn of_two_signals_on_the_newest_month_the_stronger_is_told() {
    let mut values: Vec<Option<f64>> = [11.0, 13.0].repeat(9).into_iter().map(Some).collect();
    values.extend([8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0].map(Some));
    let told = chart(&values, &[]).newest_signal().unwrap();
    assert_eq!((told.rule, told.is_high), (Rule::Trend, true));
    values.push(None);
    assert_eq!(chart(&values, &[]).newest_signal(), Some(told));
    values.push(Some(12.0));
    assert_eq!(chart(&values, &[]).newest_signal(), None);
}

#[test]
fn a_step_within_a_month_divides_at_the_next() {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let months: Vec<NaiveDate> = (1..=6).map(|month| day(2025, month, 1)).collect();
    let steps = [
        day(2025, 4, 1),
        day(2025, 4, 2),
        day(2024, 1, 1),
        day(2026, 1, 1),
    ];
    assert_eq!(step_positions(&months, &steps), [3, 4, 0, 6]);
}

#[test]
fn limits_end_where_a_value_must() {
    let values: Vec<Option<f64>> = (0..12)
        .map(|at| Some(if at % 2 == 0 { 0.0 } else { 3.0 }))
        .collect();
    let whole = chart(&values, &[]);
    // 1.5 less and more 2.66 times 3.
    let limits = whole.limits().unwrap();
    assert!((limits.lower + 6.48).abs() < 1e-9 && (limits.upper - 9.48).abs() < 1e-9);
    let cut = whole.clone().cut(&values, (0.0, Some(5.0)));
    let limits = cut.limits().unwrap();
    assert_eq!((limits.lower, limits.upper), (0.0, 5.0));
    assert_eq!(cut.signals, whole.signals);
    // A value beyond shows that there is a beyond.
    let limits = whole.cut(&values, (1.0, Some(2.0))).limits().unwrap();
    assert!(limits.lower < -6.0 && limits.upper > 9.0);
}

#[test]
fn two_of_three_are_near_the_whole_limit_and_not_the_cut_one() {
    // Mean 4, limits 5.3 away: a month of 1 is beyond two thirds of the way to 0,
    // and not of the way to the whole limit.
    let values: Vec<Option<f64>> = [1.0, 1.0, 3.0, 7.0, 7.0, 5.0]
        .repeat(4)
        .into_iter()
        .map(Some)
        .collect();
    let found = chart(&values, &[]).cut(&values, (0.0, None));
    assert!(found.limits().unwrap().lower.abs() < f64::EPSILON);
    assert_eq!(found.signals, []);
}
