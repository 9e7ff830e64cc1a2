//! Commitment measures: definitions in files, figures by SQL, trends by XmR.

pub mod allowed_tables;
pub mod breaks;
pub mod cells;
pub mod changes;
pub mod counts;
pub mod definition;
pub mod evaluate;
pub mod extent;
mod labels;
pub mod measure_value;
pub mod results;
pub mod run_sql;
pub mod settings;
pub mod shape;
pub mod slices;
pub mod source_coverage;
pub mod window;
