//! Everything that needs the database, in one binary, because each further one
//! would link DuckDB again.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::too_many_lines,
    clippy::print_stderr,
    reason = "a test may stop where it stands, compares figures exactly, and tells what it skips"
)]

mod support;

mod actions;
mod audit_log;
mod bad_input;
mod bombs;
mod command_line;
mod compare;
mod contracts;
mod daemon;
mod decisions;
mod delivering;
mod documented;
mod evaluation;
mod fairness;
mod faults;
mod files;
mod history;
mod hostile_text;
mod identity;
mod index;
mod intervals;
mod killed;
mod list_settings;
mod mail;
mod markers;
mod measures;
mod modes;
mod movement;
mod operations;
mod oracle;
mod printed;
mod ranking;
mod real_data;
mod reconcile;
mod references;
mod refused_crimes;
mod rejects;
mod reports;
mod rooms;
mod rules;
mod sandbox;
mod sensitivity;
mod sentences;
mod settling;
mod snapshots;
mod statistics;
mod tampering;
mod twice;
mod upholding;
mod verify;
mod warehouse;
mod word;
