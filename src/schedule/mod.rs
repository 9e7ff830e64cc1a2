//! Jobs: what they are, when they are due, what running one does, and what
//! became of every run.

pub mod binding;
pub mod context;
pub mod daemon;
pub mod definition;
pub mod due;
pub mod intake;
pub mod ledger;
pub mod metronome;
pub mod publish;
pub mod rerun;
pub mod rooms;
pub mod runner;
pub mod statements;
pub mod steps;
pub mod stop;
