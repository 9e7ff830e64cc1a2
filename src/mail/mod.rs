//! Mail: composed once, kept in the outbox until it is settled, sent one
//! envelope per recipient.

pub mod compose;
pub mod outbox;
pub mod send;
mod smtp;
mod words;
