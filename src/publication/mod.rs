//! Public releases: when each is due, which figures go into it, and what was
//! issued. Nothing leaves but through `disclosure`.

pub mod calendar;
pub mod draft;
pub mod figures;
pub mod files;
pub mod issued;
mod told;
