//! What a month's figure holds, and so what may be done with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the figures of successive months belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Accrual {
    /// What happened in the month; months add up.
    Flow,
    /// A level at the month's end, most of which was there a month before.
    Stock,
    /// A look back over several months, most of which are those of the figure
    /// before.
    Rolling,
}

/// Whether limits and signals mean anything. The rules take each month to vary
/// by itself: the limits come from the differences of neighbours, and a run is
/// rare because each month falls either side of the mean as a coin does. Levels
/// and rolling figures are carried from month to month, so that neighbours
/// differ little and runs are the rule: of pure noise rolled over 12 months the
/// newest month is a signal in six of ten series (`false_signals`).
pub fn signals_apply(accrual: Accrual) -> bool {
    accrual == Accrual::Flow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_months_that_vary_by_themselves_can_signal() {
        assert!(signals_apply(Accrual::Flow));
        assert!(!signals_apply(Accrual::Stock));
        assert!(!signals_apply(Accrual::Rolling));
    }
}
