//! Statistics about groups of people, as pure functions. Each answers nothing
//! where the data do not carry an answer, and is held to `SciPy`, statsmodels
//! or lifelines on recorded data (`tests/oracle/statistics_fixture.py`).

pub mod agreement;
pub mod concentration;
pub mod discontinuity;
pub mod distribution;
pub mod log_rank;
pub mod means;
pub mod proportion;
pub mod survival;

/// How many, as a number to reckon with.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let number = count(values.len());
    values.sum::<f64>() / number
}
