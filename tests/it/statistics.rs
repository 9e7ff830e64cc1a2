//! The statistics against figures that `SciPy`, statsmodels and lifelines gave
//! for the same data: `tests/oracle/statistics_fixture.py` wrote the fixture.

use daybook_statistics::groups::agreement;
use daybook_statistics::groups::concentration::{gini, lorenz, top_share};
use daybook_statistics::groups::discontinuity::{self, Errors, Observation};
use daybook_statistics::groups::distribution::{chi_square_tail, student_975};
use daybook_statistics::groups::log_rank::log_rank;
use daybook_statistics::groups::means::{self, Pair};
use daybook_statistics::groups::proportion::{self, Part};
use daybook_statistics::groups::survival::{Subject, kaplan_meier};
use daybook_statistics::interval::Estimate;
use serde_json::Value;

fn cases(name: &str) -> Vec<Value> {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/statistics.json")).unwrap();
    let found = fixture[name].as_array().unwrap().clone();
    assert!(!found.is_empty());
    found
}

/// Within 1e-9 of the larger one; of 1 where both are smaller than 1e-6, since
/// a sum that cancels to nothing has no first digit.
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
fn same_interval(found: Estimate, value: &Value, low: &Value, high: &Value) {
    same(found.value, value);
    same(found.low, low);
    same(found.high, high);
}

fn numbers(value: &Value) -> Vec<f64> {
    let items = value.as_array().unwrap();
    items.iter().map(|item| item.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn whole(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

fn day(value: &Value) -> Option<u32> {
    value.as_u64().map(|day| u32::try_from(day).unwrap())
}

fn subjects(value: &Value) -> Vec<Subject> {
    let subject = |row: &Value| Subject {
        day: whole(&row[0]),
        had_event: whole(&row[1]) == 1,
    };
    value.as_array().unwrap().iter().map(subject).collect()
}

fn pairs(value: &Value) -> Vec<Pair> {
    let pair = |row: Vec<f64>| Pair {
        before: row[0],
        after: row[1],
    };
    rows(value).into_iter().map(pair).collect()
}

#[test]
fn points_and_tails_of_distributions_equal_scipy() {
    for case in cases("points") {
        let freedom = case["freedom"].as_f64().unwrap();
        same(student_975(freedom).unwrap(), &case["point"]);
    }
    for case in cases("tails") {
        let p = chi_square_tail(case["chi_square"].as_f64().unwrap());
        let wanted = case["p"].as_f64().unwrap();
        assert!((p / wanted - 1.0).abs() <= 1e-9, "{p:e} is not {wanted:e}");
    }
}

#[test]
fn concentration_equals_every_pair_reckoned_by_numpy() {
    for case in cases("concentration") {
        let amounts = numbers(&case["amounts"]);
        same(gini(&amounts).unwrap(), &case["gini"]);
        for top in case["tops"].as_array().unwrap() {
            let share = top_share(&amounts, whole(&top["top"]) as usize).unwrap();
            same(share, &top["share"]);
        }
        let curve = lorenz(&amounts, 20).unwrap();
        let wanted = case["lorenz"].as_array().unwrap();
        assert_eq!(curve.len(), wanted.len());
        for (point, wanted) in curve.iter().zip(wanted) {
            same(point.people_share, &wanted[0]);
            same(point.amount_share, &wanted[1]);
        }
    }
}

#[test]
fn survival_its_intervals_and_its_median_equal_lifelines() {
    for case in cases("survival") {
        let curve = kaplan_meier(&subjects(&case["subjects"])).unwrap();
        let wanted = case["steps"].as_array().unwrap();
        assert_eq!(curve.steps.len(), wanted.len());
        for (step, wanted) in curve.steps.iter().zip(wanted) {
            assert_eq!(
                [step.day, step.at_risk, step.events, step.censored],
                ["day", "at_risk", "events", "censored"].map(|name| whole(&wanted[name]))
            );
            same(step.survival, &wanted["survival"]);
            same(step.variance, &wanted["variance"]);
            same(step.low, &wanted["low"]);
            same(step.high, &wanted["high"]);
        }
        assert_eq!(
            [curve.median.day, curve.median.low, curve.median.high],
            ["exact_median", "median_low", "median_high"].map(|name| day(&case[name]))
        );
        // lifelines is a step late where its curve should be at one half and
        // rounding leaves it a hair above.
        if curve.median.day != day(&case["median"]) {
            let at = curve
                .steps
                .iter()
                .find(|step| Some(step.day) == curve.median.day);
            assert!((at.unwrap().survival - 0.5).abs() < 1e-12);
        }
    }
}

#[test]
fn the_log_rank_test_equals_lifelines() {
    for case in cases("log_rank") {
        let found = log_rank(&subjects(&case["first"]), &subjects(&case["second"])).unwrap();
        same(found.chi_square, &case["chi_square"]);
        same(found.p, &case["p"]);
    }
}

#[test]
fn proportions_their_difference_and_ratio_equal_statsmodels() {
    let part = |value: &Value| Part {
        part: whole(&value[0]),
        of: whole(&value[1]),
    };
    for case in cases("proportions") {
        let (first, second) = (part(&case["first"]), part(&case["second"]));
        let share = first.share().unwrap();
        same(share.low, &case["wilson"][0]);
        same(share.high, &case["wilson"][1]);
        let apart = proportion::difference(first, second).unwrap();
        same(apart.low, &case["difference"][0]);
        same(apart.high, &case["difference"][1]);
        let ratio = proportion::ratio(first, second);
        assert_eq!(ratio.is_none(), case["ratio"].is_null());
        if let Some(ratio) = ratio {
            same(ratio.low, &case["ratio"][0]);
            same(ratio.high, &case["ratio"][1]);
        }
    }
}

#[test]
fn changes_of_means_equal_scipy_and_statsmodels() {
    let same_ratio = |found: Option<means::Ratio>, wanted: &Value| {
        assert_eq!(found.is_none(), wanted.is_null());
        if let Some(found) = found {
            same(found.log_error, &wanted["log_error"]);
            same_interval(
                found.estimate,
                &wanted["value"],
                &wanted["low"],
                &wanted["high"],
            );
        }
        found
    };
    for case in cases("means") {
        let (first, second) = (pairs(&case["first"]), pairs(&case["second"]));
        let change = means::change(&first).unwrap();
        let wanted = &case["change"];
        same_interval(change, &wanted[0], &wanted[1], &wanted[2]);
        let apart = means::difference_in_changes(&first, &second).unwrap();
        let wanted = &case["difference"];
        same_interval(apart, &wanted[0], &wanted[1], &wanted[2]);
        let ours = same_ratio(means::ratio(&first), &case["ratio"]);
        let theirs = same_ratio(means::ratio(&second), &case["other_ratio"]);
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            let between = means::ratio_of_ratios(&ours, &theirs);
            let wanted = &case["ratio_of_ratios"];
            same_interval(between, &wanted[0], &wanted[1], &wanted[2]);
        }
    }
}

#[test]
fn the_jump_at_a_cut_equals_statsmodels() {
    for case in cases("discontinuity") {
        let (distances, outcomes) = (numbers(&case["distance"]), numbers(&case["outcome"]));
        let people = case["person"].as_array().unwrap();
        let observations: Vec<Observation> = (0..distances.len())
            .map(|at| Observation {
                distance: distances[at],
                outcome: outcomes[at],
                person: whole(&people[at]),
            })
            .collect();
        let bandwidth = case["bandwidth"].as_f64().unwrap();
        for (errors, name) in [
            (Errors::Hc1, "hc1"),
            (Errors::ClusteredByPerson, "clustered"),
        ] {
            let found = discontinuity::jump(&observations, bandwidth, errors).unwrap();
            let wanted = &case[name];
            same(found.standard_error, &wanted["error"]);
            same(found.treated_level, &wanted["treated_level"]);
            same(found.untreated_level, &wanted["untreated_level"]);
            same_interval(
                found.jump,
                &wanted["value"],
                &wanted["low"],
                &wanted["high"],
            );
        }
    }
}

#[test]
fn spearman_equals_scipy() {
    for case in cases("spearman") {
        let pairs: Vec<(f64, f64)> = rows(&case["pairs"])
            .into_iter()
            .map(|row| (row[0], row[1]))
            .collect();
        same(agreement::spearman(&pairs).unwrap(), &case["correlation"]);
    }
}
