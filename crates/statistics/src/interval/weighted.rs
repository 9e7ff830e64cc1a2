//! Shares of weighted survey responses.

use super::{Estimate, difference, proportion};

/// Responses added up, so that months can be pooled without their responses.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Responses {
    pub number: u32,
    pub weight: f64,
    pub weight_squared: f64,
    /// The weight of those who agree.
    pub agreeing: f64,
}

/// A weighted share, 0 to 1, and what the weights cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub estimate: Estimate,
    /// The number of equal responses that would say as much.
    pub effective: f64,
    /// Responses over effective responses: 1 where all weigh the same.
    pub design_effect: f64,
}

impl Responses {
    /// Adds one response. A weight of nothing or less is left out, as the
    /// response of someone outside the survey's population.
    pub fn add(&mut self, agrees: bool, weight: f64) {
        if !(weight > 0.0 && weight.is_finite()) {
            return;
        }
        self.number += 1;
        self.weight += weight;
        self.weight_squared += weight * weight;
        if agrees {
            self.agreeing += weight;
        }
    }

    /// Two sets of responses as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            number: self.number + other.number,
            weight: self.weight + other.weight,
            weight_squared: self.weight_squared + other.weight_squared,
            agreeing: self.agreeing + other.agreeing,
        }
    }

    /// The weighted share with Wilson's interval on the effective number of
    /// responses, the square of the summed weights over their summed squares:
    /// Kish (1965), Survey Sampling, 11.7. The design effect is of the weights
    /// alone: clusters and strata of the sample are not in an extract. None
    /// without responses.
    pub fn share(self) -> Option<Share> {
        if self.number == 0 {
            return None;
        }
        let effective = self.weight * self.weight / self.weight_squared;
        // Rounding may carry everyone a hair above all.
        let share = (self.agreeing / self.weight).clamp(0.0, 1.0);
        Some(Share {
            estimate: proportion::share(share * effective, effective)?,
            effective,
            design_effect: f64::from(self.number) / effective,
        })
    }
}

impl FromIterator<(bool, f64)> for Responses {
    fn from_iter<I: IntoIterator<Item = (bool, f64)>>(responses: I) -> Self {
        let mut found = Self::default();
        for (agrees, weight) in responses {
            found.add(agrees, weight);
        }
        found
    }
}

/// The first share less the second, of people who are not the same, with
/// Newcombe's interval on the effective numbers.
pub fn gap(first: Responses, second: Responses) -> Option<Estimate> {
    Some(difference(
        first.share()?.estimate,
        second.share()?.estimate,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_are_a_plain_proportion() {
        let responses: Responses = (0..20).map(|at| (at < 5, 1.7)).collect();
        let found = responses.share().unwrap();
        let plain = proportion::share(5.0, 20.0).unwrap();
        assert!((found.design_effect - 1.0).abs() < 1e-12);
        assert!((found.estimate.low - plain.low).abs() < 1e-12);
        assert!((found.estimate.high - plain.high).abs() < 1e-12);
    }

    #[test]
    fn uneven_weights_count_for_fewer_responses() {
        // Weights 1, 1, 2: (1 + 1 + 2)^2 / (1 + 1 + 4) = 16 / 6.
        let responses = Responses::from_iter([(true, 1.0), (false, 1.0), (true, 2.0)]);
        let found = responses.share().unwrap();
        assert!((found.estimate.value - 0.75).abs() < 1e-15);
        assert!((found.effective - 16.0 / 6.0).abs() < 1e-12);
        assert!((found.design_effect - 18.0 / 16.0).abs() < 1e-12);
    }

    #[test]
    fn pooled_months_are_all_their_responses() {
        let months = [
            Responses::from_iter([(true, 0.4), (false, 1.1)]),
            Responses::from_iter([(true, 2.0), (true, 0.5)]),
        ];
        let all = Responses::from_iter([(true, 0.4), (false, 1.1), (true, 2.0), (true, 0.5)]);
        assert_eq!(months[0].and(months[1]), all);
    }

    #[test]
    fn nobody_and_weightless_responses_have_no_share() {
        assert_eq!(Responses::default().share(), None);
        let nothing = Responses::from_iter([(true, 0.0), (false, f64::NAN), (true, -1.0)]);
        assert_eq!(nothing.share(), None);
        let everyone = Responses::from_iter([(true, 0.1), (true, 0.2), (true, 0.3)]);
        assert!((everyone.share().unwrap().estimate.high - 1.0).abs() < 1e-15);
        assert_eq!(gap(everyone, nothing), None);
    }
}
