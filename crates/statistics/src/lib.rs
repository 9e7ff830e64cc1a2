//! The statistics behind daybook's figures, as pure functions: 95% intervals,
//! what a series of months says, and how groups of people compare. Each answers
//! nothing where the data do not carry an answer, and is held to `SciPy`,
//! statsmodels or lifelines on recorded data (`tests/oracle/statistics_fixture.py`).

pub mod groups;
pub mod interval;
pub mod series;
