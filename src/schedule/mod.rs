//! Jobs: what they are, when they are due, what running one does, and what
//! became of every run.

pub mod actions;
pub mod check_sql;
pub mod context;
pub mod daemon;
pub mod definition;
pub mod due;
pub mod ingest_job;
pub mod ledger;
pub mod metronome;
pub mod post;
pub mod publish;
pub mod rerun;
pub mod restricted;
pub mod runner;
pub mod sql_catalogue;
pub mod stop;
