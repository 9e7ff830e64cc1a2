//! Whether a target will be met, as things stand.

use super::direction::Direction;
use super::xmr::Limits;

/// A target against the limits of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// Every value between the limits meets it.
    ConsistentlyMet,
    /// No value between the limits meets it.
    ConsistentlyMissed,
    /// Chance decides from month to month.
    HitOrMiss,
}

/// The target against the limits; a value on the target meets it. None for a
/// measure without a good direction, without a target or without limits.
pub fn assurance(
    limits: Option<Limits>,
    target: Option<f64>,
    direction: Direction,
) -> Option<Assurance> {
    let (limits, target) = (limits?, target?);
    let (worst, best) = match direction {
        Direction::Up => (limits.lower - target, limits.upper - target),
        Direction::Down => (target - limits.upper, target - limits.lower),
        Direction::Context => return None,
    };
    // Rounding alone must not turn "always 100%" into a miss.
    let slack = 1e-9 * limits.upper.abs().max(limits.lower.abs());
    Some(if worst >= -slack {
        Assurance::ConsistentlyMet
    } else if best < -slack {
        Assurance::ConsistentlyMissed
    } else {
        Assurance::HitOrMiss
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(lower: f64, upper: f64, target: f64, direction: Direction) -> Option<Assurance> {
        let limits = Limits {
            centre: f64::midpoint(lower, upper),
            lower,
            upper,
            points: 24,
            is_trial: false,
        };
        assurance(Some(limits), Some(target), direction)
    }

    #[test]
    fn a_target_beyond_both_limits_is_met_or_missed_for_good() {
        use Assurance::{ConsistentlyMet, ConsistentlyMissed};
        let up = |target| between(40.0, 60.0, target, Direction::Up);
        let down = |target| between(40.0, 60.0, target, Direction::Down);
        assert_eq!(up(30.0), Some(ConsistentlyMet));
        assert_eq!(up(70.0), Some(ConsistentlyMissed));
        assert_eq!(down(30.0), Some(ConsistentlyMissed));
        assert_eq!(down(70.0), Some(ConsistentlyMet));
    }

    #[test]
    fn a_target_between_the_limits_is_hit_or_miss() {
        for direction in [Direction::Up, Direction::Down] {
            let found = between(40.0, 60.0, 50.0, direction);
            assert_eq!(found, Some(Assurance::HitOrMiss));
        }
    }

    #[test]
    fn a_target_on_the_worse_limit_is_met_and_on_the_better_one_is_chance() {
        use Assurance::{ConsistentlyMet, HitOrMiss};
        for (target, direction, wanted) in [
            (40.0, Direction::Up, ConsistentlyMet),
            (60.0, Direction::Up, HitOrMiss),
            (60.0, Direction::Down, ConsistentlyMet),
            (40.0, Direction::Down, HitOrMiss),
        ] {
            assert_eq!(between(40.0, 60.0, target, direction), Some(wanted));
        }
    }

    #[test]
    fn every_month_at_a_hundred_percent_meets_a_hundred_percent() {
        let found = between(100.0, 100.0, 100.0, Direction::Up);
        assert_eq!(found, Some(Assurance::ConsistentlyMet));
    }

    #[test]
    fn without_direction_target_or_limits_nothing_is_said() {
        assert_eq!(between(40.0, 60.0, 50.0, Direction::Context), None);
        assert_eq!(assurance(None, Some(50.0), Direction::Up), None);
        let limits = crate::series::xmr::limits(&[1.0, 2.0, 1.0, 2.0, 1.0]);
        assert!(limits.is_some());
        assert_eq!(assurance(limits, None, Direction::Up), None);
    }
}
