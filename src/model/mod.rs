//! Words of the field that parse at the edge, and the intervals that figures
//! carry. Nothing here reads or writes anything.

pub mod account_name;
pub mod age;
pub mod as_of;
pub mod ho_code;
pub mod interval;
pub mod nominal_id;
pub mod reason;
pub mod room;
pub mod unseen;
