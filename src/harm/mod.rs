//! The harm list: who is accused of most harm, why, and what changed. A row is
//! an allegation and a person a suspect until a court convicts; a score is an
//! assessment, a count is a fact.

pub mod accounts;
pub mod actions;
pub mod bindings;
pub mod compare;
pub mod consultations;
pub mod counts;
pub mod decisions;
pub mod evaluation;
pub mod fairness;
pub mod index;
pub mod list;
pub mod movement;
pub mod not_counted;
pub mod point_in_time;
pub mod ranking;
pub mod settings;
pub mod sql;
pub mod variants;
pub mod verify;
