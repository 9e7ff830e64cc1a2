//! **daybook**: overnight extracts in, the morning's briefing out.
//!
//! Data walks one way through the modules, in the order they stand here.

/// The log of what was done with personal data, and by whom, and whether it is
/// what was written.
pub mod audit;
/// The command line.
pub mod cli;
/// The only reader of the wall clock.
pub mod clock;
/// The deployment folder's settings.
pub mod config;
/// The harm list: ranked, explained, compared.
pub mod harm;
/// Takes extracts in.
pub mod ingest;
/// Mail: composed, kept, sent.
pub mod mail;
/// Commitment measures.
pub mod measures;
/// Words of the field that parse at the edge.
pub mod model;
/// Public releases, after disclosure control.
pub mod publication;
/// Reports: views, words, charts, pages.
pub mod report;
/// Jobs: when they are due and what running one does.
pub mod schedule;
/// The one DuckDB file.
pub mod store;
/// One table for pages, mails, terminals and programs.
pub mod table;
/// Models in layers, rebuilt in one transaction.
pub mod warehouse;
