//! How far two lists agree.

use std::collections::BTreeSet;

use super::{count, mean};

/// People on both lists over people on either; none for two empty lists.
pub fn jaccard<T: Ord>(first: &BTreeSet<T>, second: &BTreeSet<T>) -> Option<f64> {
    let either = first.union(second).count();
    (either > 0).then(|| count(first.intersection(second).count()) / count(either))
}

/// Spearman's correlation of two orders; equal values share the mean of their
/// places. None for fewer than three people or an order in which all are equal.
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let first = places(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let second = places(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let (centre, other) = (mean(first.iter().copied()), mean(second.iter().copied()));
    let spread = |values: &[f64], around: f64| -> f64 {
        values.iter().map(|value| (value - around).powi(2)).sum()
    };
    let together: f64 = first
        .iter()
        .zip(&second)
        .map(|(a, b)| (a - centre) * (b - other))
        .sum();
    let scale = (spread(&first, centre) * spread(&second, other)).sqrt();
    (scale > 0.0).then(|| (together / scale).clamp(-1.0, 1.0))
}

fn places(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut found = vec![0.0; values.len()];
    for tied in order.chunk_by(|&a, &b| values[a].total_cmp(&values[b]).is_eq()) {
        let below = order.partition_point(|&at| values[at].total_cmp(&values[tied[0]]).is_lt());
        for &at in tied {
            found[at] = count(below) + f64::midpoint(count(tied.len()), 1.0);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agreement_by_hand() {
        let first = BTreeSet::from([1, 2, 3]);
        let second = BTreeSet::from([2, 3, 4, 5]);
        assert_eq!(jaccard(&first, &second), Some(0.4));
        assert_eq!(jaccard(&first, &first), Some(1.0));
        assert_eq!(jaccard::<u8>(&BTreeSet::new(), &BTreeSet::new()), None);
        // Squared differences of places 0, 1, 1: 1 - 6 * 2 / (3 * 8).
        let orders = [(1.0, 10.0), (2.0, 30.0), (3.0, 20.0)];
        assert_eq!(spearman(&orders), Some(0.5));
    }

    #[test]
    fn equal_values_share_their_places() {
        assert_eq!(places(&[5.0, 1.0, 5.0, 9.0]), [2.5, 1.0, 2.5, 4.0]);
        assert_eq!(spearman(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(spearman(&[(1.0, 1.0), (2.0, 2.0)]), None);
    }

    proptest! {
        #[test]
        fn only_the_order_matters(values in prop::collection::vec((1.0..9.0_f64, 1.0..9.0_f64), 3..40)) {
            let bent: Vec<(f64, f64)> = values.iter().map(|(a, b)| (a.exp(), b.powi(3))).collect();
            let (straight, bent) = (spearman(&values).unwrap(), spearman(&bent).unwrap());
            prop_assert!((straight - bent).abs() < 1e-12);
            prop_assert!(straight.abs() <= 1.0);
        }
    }
}
