//! Commitment measures: definitions in files, figures by SQL, trends by XmR.

pub mod cells;
pub mod changes;
pub mod counts;
pub mod definition;
pub mod evaluate;
pub mod reach;
pub mod reading;
pub mod results;
pub mod settings;
pub mod shape;
pub mod slices;
pub mod statistics;
pub mod take;
pub mod window;
pub mod worked;

pub use statistics::xmr;
