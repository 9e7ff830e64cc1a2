//! Reports: figures gathered into views, views turned into words, charts and
//! pages. Queries read; everything after them is pure.

pub mod chart;
mod escape;
pub mod format;
pub mod png;
pub mod query;
pub mod sentence;
pub mod view;
