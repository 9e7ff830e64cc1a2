//! What a series of months says, as pure functions of its figures: where it
//! stands, whether it changed, and how much of that chance alone would do.

pub mod accrual;
pub mod assurance;
pub mod direction;
pub mod false_signals;
pub mod shift;
pub mod signals;
pub mod xmr;
pub mod year_on_year;
pub mod year_to_date;
