//! How unequally an amount is spread over people.

use serde::Serialize;

use super::count;

/// A point of the Lorenz curve: what share of all people, from the least
/// harmful up, holds what share of the amount.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    pub people_share: f64,
    pub amount_share: f64,
}

/// The Gini coefficient: the mean difference between two people, drawn with
/// return, over twice the mean. 0 when all hold the same; 1 - 1/n when one of
/// n holds all. None for nobody, for a total of nothing, or a negative amount.
pub fn gini(amounts: &[f64]) -> Option<f64> {
    let sorted = ascending(amounts)?;
    let total: f64 = sorted.iter().sum();
    let people = count(sorted.len());
    let weighted: f64 = sorted
        .iter()
        .enumerate()
        .map(|(before, amount)| (2.0 * count(before) + 1.0 - people) * amount)
        .sum();
    Some((weighted / (people * total)).max(0.0))
}

/// The Lorenz curve at `steps` equal steps of people, each rounded down to a
/// whole person, from (0, 0) to (1, 1).
pub fn lorenz(amounts: &[f64], steps: usize) -> Option<Vec<Point>> {
    let sorted = ascending(amounts)?;
    let total: f64 = sorted.iter().sum();
    let people = sorted.len();
    let mut curve = vec![Point {
        people_share: 0.0,
        amount_share: 0.0,
    }];
    let mut taken = 0;
    let mut held = 0.0;
    for step in 1..=steps.max(1) {
        let upto = people * step / steps.max(1);
        if upto == taken {
            continue;
        }
        held += sorted[taken..upto].iter().sum::<f64>();
        taken = upto;
        curve.push(Point {
            people_share: count(taken) / count(people),
            amount_share: held / total,
        });
    }
    Some(curve)
}

/// The share of the amount that the `top` people with most hold; none where
/// there are fewer.
pub fn top_share(amounts: &[f64], top: usize) -> Option<f64> {
    let sorted = ascending(amounts)?;
    let from = sorted.len().checked_sub(top)?;
    let total: f64 = sorted.iter().sum();
    Some(sorted[from..].iter().sum::<f64>() / total)
}

fn ascending(amounts: &[f64]) -> Option<Vec<f64>> {
    let is_amount = |amount: &f64| amount.is_finite() && *amount >= 0.0;
    if !amounts.iter().all(is_amount) || amounts.iter().all(|amount| *amount == 0.0) {
        return None;
    }
    let mut sorted = amounts.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(sorted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn gini_lies_between_nothing_and_one(amounts in prop::collection::vec(0.0..1e6_f64, 1..60)) {
            prop_assume!(amounts.iter().any(|amount| *amount > 0.0));
            let found = gini(&amounts).unwrap();
            prop_assert!((0.0..1.0).contains(&found), "{found}");
        }

        #[test]
        fn gini_does_not_depend_on_the_unit(
            amounts in prop::collection::vec(0.1..1e6_f64, 1..60), unit in 0.01..1e4_f64
        ) {
            let scaled: Vec<f64> = amounts.iter().map(|amount| amount * unit).collect();
            prop_assert!((gini(&amounts).unwrap() - gini(&scaled).unwrap()).abs() < 1e-12);
        }

        #[test]
        fn a_gift_from_the_poorer_to_the_richer_raises_gini(
            amounts in prop::collection::vec(1.0..1e4_f64, 2..40), share in 0.1..0.9_f64
        ) {
            let mut sorted = amounts;
            sorted.sort_by(f64::total_cmp);
            let before = gini(&sorted).unwrap();
            let gift = sorted[0] * share;
            sorted[0] -= gift;
            *sorted.last_mut().unwrap() += gift;
            prop_assert!(gini(&sorted).unwrap() > before);
        }

        #[test]
        fn gini_is_one_less_twice_the_area_under_the_whole_curve(
            amounts in prop::collection::vec(0.1..1e4_f64, 1..60)
        ) {
            let curve = lorenz(&amounts, amounts.len()).unwrap();
            let area: f64 = curve
                .windows(2)
                .map(|pair| {
                    (pair[1].people_share - pair[0].people_share)
                        * (pair[1].amount_share + pair[0].amount_share)
                        / 2.0
                })
                .sum();
            prop_assert!((gini(&amounts).unwrap() - (1.0 - 2.0 * area)).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_scores_give_nothing_and_one_holder_of_all_nearly_one() {
        assert_eq!(gini(&[7.5; 12]), Some(0.0));
        assert_eq!(gini(&[0.0, 0.0, 0.0, 5.0]), Some(0.75));
    }

    #[test]
    fn a_worked_example_by_hand() {
        // 1, 2, 3, 4: mean difference over all 16 pairs 20/16, mean 2.5.
        assert!((gini(&[4.0, 1.0, 3.0, 2.0]).unwrap() - 0.25).abs() < 1e-15);
        assert_eq!(top_share(&[4.0, 1.0, 3.0, 2.0], 1), Some(0.4));
        assert_eq!(top_share(&[4.0, 1.0, 3.0, 2.0], 4), Some(1.0));
        let curve = lorenz(&[4.0, 1.0, 3.0, 2.0], 2).unwrap();
        let points: Vec<(f64, f64)> = curve
            .iter()
            .map(|point| (point.people_share, point.amount_share))
            .collect();
        assert_eq!(points, [(0.0, 0.0), (0.5, 0.3), (1.0, 1.0)]);
    }

    #[test]
    fn what_cannot_be_shared_out_has_no_answer() {
        assert_eq!(gini(&[]), None);
        assert_eq!(gini(&[0.0, 0.0]), None);
        assert_eq!(gini(&[1.0, -1.0]), None);
        assert_eq!(gini(&[1.0, f64::NAN]), None);
        assert_eq!(top_share(&[1.0, 2.0], 3), None);
    }
}
