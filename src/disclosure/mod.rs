//! Disclosure control for whatever leaves for the public: which figures may be
//! asked for, which are hidden, how the rest is rounded, and whether a release
//! reveals anything together with earlier ones. Pure: counts in, figures out.

mod breakdowns;
pub mod cell;
mod classes;
mod differencing;
mod extent;
pub mod figure;
mod hiding;
pub mod measure;
mod parts;
mod past;
pub mod policy;
#[cfg(test)]
mod proof;
pub mod release;
mod revision;
pub mod rules;
mod suppression;
mod system;
pub mod table;
mod tableau;
mod worlds;
