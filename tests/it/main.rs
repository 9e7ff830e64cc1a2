//! Everything that needs the database, in one binary, because each further one
//! would link DuckDB again.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod support;

mod command_line;
mod daemon;
mod faults;
mod files;
mod history;
mod measures;
mod oracle;
mod ranking;
mod real_data;
mod reports;
mod rules;
mod twice;
