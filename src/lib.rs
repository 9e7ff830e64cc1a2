//! **daybook**: overnight extracts in, the morning's briefing out.
//!
//! Data walks one way through the modules, in the order they stand here.

/// Words of the field that parse at the edge.
pub mod model;
/// The deployment folder's settings.
pub mod config;
/// The only reader of the wall clock.
pub mod clock;
/// The one DuckDB file.
pub mod store;
/// Takes extracts in.
pub mod ingest;
/// Models in layers, rebuilt in one transaction.
pub mod warehouse;
/// The harm list: ranked, explained, compared.
pub mod harm;
/// Commitment measures.
pub mod measures;
/// Reports: views, words, charts, pages.
pub mod report;
/// Mail: composed, kept, sent.
pub mod mail;
/// Jobs: when they are due and what running one does.
pub mod schedule;
/// Synthetic London: extracts without a real person or event.
pub mod synth;
/// The command line.
pub mod cli;
