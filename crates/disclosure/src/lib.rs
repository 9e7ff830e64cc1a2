//! Disclosure control for whatever leaves for the public: which figures may be
//! asked for, which are hidden, how the rest is rounded, and whether a release
//! reveals anything together with earlier ones. Pure: counts in, figures out.

mod breakdown_hierarchy;
mod breakdowns;
pub mod cell;
mod cell_bounds;
mod classes;
mod differencing;
mod feasible_tables;
pub mod figure;
pub mod measure;
pub mod policy;
mod primary_suppression;
#[cfg(test)]
mod proof;
mod published;
pub mod release;
mod revision;
pub mod rules;
pub mod shared;
mod suppression;
mod system;
pub mod table;
mod tableau;
