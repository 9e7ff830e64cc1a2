//! Intervals against those that `SciPy` and statsmodels gave for the same data:
//! `tests/oracle/intervals_fixture.py` wrote the fixture.

use daybook_statistics::interval::Estimate;
use daybook_statistics::interval::median::median;
use daybook_statistics::interval::poisson::{self, Events};
use daybook_statistics::interval::proportion;
use daybook_statistics::interval::weighted::{Responses, gap};
use daybook_statistics::series::year_on_year;
use serde_json::Value;

fn cases(name: &str) -> Vec<Value> {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/intervals.json")).unwrap();
    let found = fixture[name].as_array().unwrap().clone();
    assert!(found.len() >= 5);
    found
}

/// Within 1e-9 of the larger one; of 1 where both are smaller than 1e-6, since
/// a difference that cancels to nothing has no first digit.
#[track_caller]
fn same(found: f64, wanted: &Value) {
    let wanted = wanted.as_f64().unwrap();
    let size = found.abs().max(wanted.abs());
    let scale = if size < 1e-6 { 1.0 } else { size };
    assert!(
        (found - wanted).abs() <= 1e-9 * scale,
        "{found:?} is not {wanted:?}"
    );
}

#[track_caller]
fn same_bounds(found: Option<Estimate>, wanted: &Value) {
    assert_eq!(found.is_none(), wanted.is_null());
    if let Some(found) = found {
        same(found.low, &wanted[0]);
        same(found.high, &wanted[1]);
    }
}

fn pair(value: &Value) -> (f64, f64) {
    (value[0].as_f64().unwrap(), value[1].as_f64().unwrap())
}

fn events(value: &Value) -> Events {
    let (count, exposure) = pair(value);
    Events { count, exposure }
}

fn responses(value: &Value) -> Responses {
    let rows = value["responses"].as_array().unwrap();
    rows.iter()
        .map(pair)
        .map(|(agrees, weight)| (agrees > 0.5, weight))
        .collect()
}

#[test]
fn poisson_rates_equal_statsmodels() {
    for case in cases("rates") {
        let found = poisson::rate(Events {
            count: case["count"].as_f64().unwrap(),
            exposure: case["exposure"].as_f64().unwrap(),
        })
        .unwrap();
        same(found.value, &case["rate"]);
        same(found.low, &case["low"]);
        same(found.high, &case["high"]);
    }
}

#[test]
fn rates_and_ratios_of_any_count_equal_the_sum_under_the_density() {
    for case in cases("large_rates") {
        let count = case["count"].as_f64().unwrap();
        let found = poisson::rate(Events::counted(count)).unwrap();
        same(found.low, &case["low"]);
        same(found.high, &case["high"]);
        assert!(found.low < count && found.high > count, "{found:?}");
    }
    for case in cases("large_ratios") {
        let of = |name: &str| case[name].as_f64().unwrap();
        let found = year_on_year::counts(of("first"), of("second")).unwrap();
        let (low, high) = found.interval.unwrap();
        same_part(low, &case["exact"][0]);
        same_part(high, &case["exact"][1]);
        assert!(low < found.value && high > found.value, "{found:?}");
    }
}

/// Within 1e-9 of it, however small.
#[track_caller]
fn same_part(found: f64, wanted: &Value) {
    let wanted = wanted.as_f64().unwrap();
    assert!(
        (found / wanted - 1.0).abs() < 1e-9,
        "{found:?} is not {wanted:?}"
    );
}

#[test]
fn ratios_of_counts_equal_clopper_pearson_and_the_log_interval_of_statsmodels() {
    for case in cases("ratios") {
        let (first, second) = (events(&case["first"]), events(&case["second"]));
        let exact = poisson::ratio(first, second);
        same_bounds(exact, &case["exact"]);
        if let Some(exact) = exact {
            same(exact.value, &case["ratio"]);
        }
        same_bounds(
            poisson::ratio_on_logarithm(first, second),
            &case["logarithm"],
        );
        let change = year_on_year::rates(first, second);
        assert_eq!(change.is_err(), case["exact"].is_null());
        if let Ok(change) = change {
            same(change.interval.unwrap().1, &case["exact"][1]);
        }
    }
}

#[test]
fn proportions_their_differences_and_ratios_equal_statsmodels() {
    for case in cases("shares") {
        let (first, second) = (pair(&case["first"]), pair(&case["second"]));
        same_bounds(proportion::share(first.0, first.1), &case["wilson"]);
        same_bounds(proportion::newcombe(first, second), &case["newcombe"]);
        same_bounds(proportion::katz(first, second), &case["katz"]);
    }
}

#[test]
fn medians_and_their_bounds_equal_scipy() {
    for case in cases("medians") {
        let given = case["cases"].as_array().unwrap();
        let given: Vec<f64> = given.iter().map(|case| case.as_f64().unwrap()).collect();
        let found = median(&given).unwrap();
        same(found.value, &case["median"]);
        assert_eq!(found.bounds.is_none(), case["bounds"].is_null());
        if let Some(bounds) = found.bounds {
            assert_eq!(Some(bounds.rank as u64), case["rank"].as_u64());
            same(bounds.low, &case["bounds"][0]);
            same(bounds.high, &case["bounds"][1]);
            same(bounds.coverage, &case["coverage"]);
        }
    }
}

#[test]
fn weighted_shares_and_their_gap_equal_statsmodels_on_effective_numbers() {
    for case in cases("surveys") {
        let (first, second) = (responses(&case["first"]), responses(&case["second"]));
        for (responses, wanted) in [(first, &case["first"]), (second, &case["second"])] {
            let found = responses.share().unwrap();
            same(found.estimate.value, &wanted["share"]);
            same(found.estimate.low, &wanted["low"]);
            same(found.estimate.high, &wanted["high"]);
            same(found.effective, &wanted["effective"]);
            same(found.design_effect, &wanted["design_effect"]);
        }
        let found = gap(first, second).unwrap();
        same(found.value, &case["gap"][0]);
        same(found.low, &case["gap"][1]);
        same(found.high, &case["gap"][2]);
    }
}
