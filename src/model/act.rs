//! Who does something: under which account, as which user of the machine, when.

use chrono::NaiveDateTime;

use super::account_name::AccountName;
use super::operator::Operator;

/// Something that an account does.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    pub by: &'a AccountName,
    pub operator: &'a Operator,
    /// UTC.
    pub at: NaiveDateTime,
}

/// Whoever does something that needs no account.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// None when none was told.
    pub account: Option<&'a AccountName>,
    pub operator: &'a Operator,
    /// UTC.
    pub at: NaiveDateTime,
}

impl Who<'static> {
    /// The program's own doing, at a command or a slot.
    pub fn program(at: NaiveDateTime) -> Self {
        Self {
            account: None,
            operator: Operator::current(),
            at,
        }
    }
}

impl<'a> From<Act<'a>> for Who<'a> {
    fn from(act: Act<'a>) -> Self {
        Self {
            account: Some(act.by),
            operator: act.operator,
            at: act.at,
        }
    }
}
