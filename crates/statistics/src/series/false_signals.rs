//! Signals that chance alone gives. Limits reckoned from the very months they
//! judge, four rules at once and months that share their windows leave no
//! formula: the shares are counted on a million series of independent normal
//! months for each length (`tests/oracle/false_signals.py`, from a fixed seed).

/// Of series of so many months, the share whose newest month carries a signal,
/// and the share in which any month does.
const SHARES: [(usize, f64, f64); 26] = [
    (5, 0.002_26, 0.004_51),
    (6, 0.007_66, 0.014_33),
    (7, 0.008_65, 0.017_52),
    (8, 0.008_93, 0.021_31),
    (9, 0.009_03, 0.026_41),
    (10, 0.009_54, 0.032_26),
    (11, 0.009_83, 0.039_20),
    (12, 0.010_15, 0.046_72),
    (13, 0.010_59, 0.054_65),
    (14, 0.011_04, 0.063_20),
    (15, 0.011_58, 0.072_61),
    (16, 0.011_80, 0.080_91),
    (17, 0.012_21, 0.090_21),
    (18, 0.012_44, 0.099_49),
    (19, 0.012_76, 0.108_72),
    (20, 0.012_80, 0.117_98),
    (21, 0.013_37, 0.127_14),
    (22, 0.013_49, 0.135_57),
    (23, 0.013_67, 0.145_07),
    (24, 0.013_95, 0.154_18),
    (30, 0.014_70, 0.208_22),
    (36, 0.015_79, 0.259_31),
    (48, 0.016_43, 0.353_30),
    (60, 0.017_00, 0.435_16),
    (90, 0.017_75, 0.599_71),
    (120, 0.018_24, 0.717_24),
];

/// Of so many series by the number of months their limits rest on, how many
/// carry a signal on their newest month though nothing changed. Twenty-four
/// months give 1.4%: one signal in 72 measures. Series whose months follow on
/// one another give far more, which is why none is looked for in them.
pub fn expected_false_signals(measures: &[usize]) -> f64 {
    measures.iter().map(|points| newest(*points)).sum()
}

/// How often chance alone puts a signal on the newest of so many months.
pub fn newest(points: usize) -> f64 {
    between(points, |row| row.1)
}

/// How often chance alone puts a signal anywhere among so many months.
pub fn anywhere(points: usize) -> f64 {
    between(points, |row| row.2)
}

/// On the straight line between the two lengths next to it; nothing where there
/// are no limits, and the longest series for longer ones.
fn between(points: usize, share: impl Fn(&(usize, f64, f64)) -> f64) -> f64 {
    let above = SHARES.partition_point(|row| row.0 < points);
    let Some(right) = SHARES.get(above) else {
        return SHARES.last().map_or(0.0, share);
    };
    if right.0 == points {
        return share(right);
    }
    let Some(left) = above.checked_sub(1).map(|at| &SHARES[at]) else {
        return 0.0;
    };
    let way = months(points - left.0) / months(right.0 - left.0);
    share(left) + way * (share(right) - share(left))
}

fn months(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::series::xmr::chart;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const SERIES: u32 = 40_000;

    /// One normal number from two even ones, after Box and Muller.
    pub(in crate::series) fn normal(dice: &mut ChaCha8Rng) -> f64 {
        let (radius, turn): (f64, f64) = (dice.random(), dice.random());
        (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
    }

    /// Shares of noise that signal on the newest month, and anywhere.
    fn noise(points: usize) -> (f64, f64) {
        let mut dice = ChaCha8Rng::seed_from_u64(points as u64);
        let (mut newest, mut anywhere) = (0, 0);
        for _ in 0..SERIES {
            let values: Vec<Option<f64>> = (0..points).map(|_| Some(normal(&mut dice))).collect();
            let chart = chart(&values, &[]);
            newest += u32::from(chart.newest_signal().is_some());
            anywhere += u32::from(!chart.signals.is_empty());
        }
        let share = |count| f64::from(count) / f64::from(SERIES);
        (share(newest), share(anywhere))
    }

    #[test]
    fn noise_signals_as_often_as_the_table_says() {
        let within = |found: f64, wanted: f64| {
            // 99.9% of what so many series would show.
            let reach = 3.29 * (wanted * (1.0 - wanted) / f64::from(SERIES)).sqrt();
            assert!((found - wanted).abs() < reach, "{found} is not {wanted}");
        };
        for points in [12, 24, 60] {
            let found = noise(points);
            within(found.0, newest(points));
            within(found.1, anywhere(points));
        }
    }

    #[test]
    fn the_table_is_what_was_counted() {
        let counted: Vec<Vec<f64>> = include_str!("fixtures/false_signals.csv")
            .lines()
            .skip(1)
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        assert_eq!(counted.len(), SHARES.len());
        for (row, counts) in SHARES.iter().zip(counted) {
            assert!((months(row.0) - counts[0]).abs() < 1e-9);
            assert!((row.1 - counts[2] / counts[1]).abs() < 5.1e-6, "{row:?}");
            assert!((row.2 - counts[3] / counts[1]).abs() < 5.1e-6, "{row:?}");
        }
    }

    #[test]
    fn forty_five_measures_of_two_years_give_six_signals_in_ten_months() {
        let found = expected_false_signals(&[24; 45]);
        assert!((found - 0.6).abs() < 0.05, "{found}");
        let mixed = expected_false_signals(&[24, 12, 3]);
        assert!((mixed - newest(24) - newest(12)).abs() < 1e-15);
    }

    #[test]
    fn lengths_between_rows_lie_on_the_line_between_them() {
        let middle = f64::midpoint(newest(48), newest(60));
        assert!((newest(54) - middle).abs() < 1e-15);
        assert!(newest(4).abs() < 1e-15, "no limits, no signals");
        assert!((newest(500) - newest(120)).abs() < 1e-15);
    }
}
