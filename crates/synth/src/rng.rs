//! Chance. Each theme draws from its own stream of the seed, so that a theme
//! that changes, or a new one, leaves every other theme as it was.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of chance is for; the number is the stream's.
#[derive(Clone, Copy)]
pub(super) enum Theme {
    HighHarm = 1,
    Careers = 2,
    Unsolved = 3,
    Investigation = 4,
    Orders = 5,
    Conduct = 6,
    Posts = 7,
    Surveys = 8,
    Faults = 9,
    OrderBreaches = 10,
    Interventions = 11,
    Disclosures = 12,
    VictimServices = 13,
    Training = 14,
    PanelReviews = 15,
    Engagements = 16,
    Patrols = 17,
    PlaceReports = 18,
    Pilots = 19,
    Backlog = 20,
    Descriptions = 21,
    Endings = 22,
}

pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `theme`; `draw` tells repeated attempts apart.
    pub(super) fn new(seed: u64, theme: Theme, draw: u64) -> Self {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        stream.set_stream(theme as u64 + (draw << 8));
        Self(stream)
    }

    /// A number in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    pub(super) fn index(&mut self, len: usize) -> usize {
        self.0.random_range(0..len.max(1))
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// One of a short table of (value, parts).
    pub(super) fn choose<T: Copy>(&mut self, table: &[(T, u32)]) -> T {
        let total: u32 = table.iter().map(|(_, parts)| parts).sum();
        let mut left = self.0.random_range(0..total.max(1));
        for &(value, parts) in table {
            if left < parts {
                return value;
            }
            left -= parts;
        }
        table[0].0
    }

    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// How often something happens that happens `mean` times on average.
    pub(super) fn poisson(&mut self, mean: f64) -> usize {
        let mut left = mean - self.exponential(1.0);
        let mut times = 0;
        while left > 0.0 {
            times += 1;
            left -= self.exponential(1.0);
        }
        times
    }

    pub(super) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.0.random_range(0..=last));
        }
    }
}

/// A long table of parts, drawn from by bisection.
pub(super) struct Wheel {
    sums: Vec<f64>,
}

impl Wheel {
    pub(super) fn new(parts: impl Iterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let sums = parts.map(|part| {
            sum += part;
            sum
        });
        Self {
            sums: sums.collect(),
        }
    }

    pub(super) fn spin(&self, dice: &mut Dice) -> usize {
        let aim = dice.unit() * self.sums.last().copied().unwrap_or(0.0);
        let found = self.sums.partition_point(|sum| *sum <= aim);
        found.min(self.sums.len() - 1)
    }
}

/// The whole number nearest to `value`, which must fit.
#[expect(
    clippy::cast_possible_truncation,
    reason = "counts, days and seconds here are far below 2^53"
)]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// As [`whole`], for what is never negative.
pub(super) fn count(value: f64) -> usize {
    usize::try_from(whole(value)).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub(super) fn real(value: usize) -> f64 {
    value as f64
}
