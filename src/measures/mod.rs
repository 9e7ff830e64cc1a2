//! Commitment measures: definitions in files, figures by SQL, trends by XmR.

pub mod definition;
pub mod evaluate;
pub mod results;
pub mod shape;
pub mod statistics;

pub use statistics::xmr;
