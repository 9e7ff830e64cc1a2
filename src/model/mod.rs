//! Words of the field that parse at the edge, and the intervals that figures
//! carry. Nothing here reads or writes anything but the name of the machine's user.

pub mod account_name;
pub mod act;
pub mod age;
pub mod as_of;
pub mod basket_name;
pub mod control_chars;
pub mod ho_code;
pub mod nominal_id;
pub mod offence_title;
pub mod operator;
pub mod reason;
pub mod restricted;
