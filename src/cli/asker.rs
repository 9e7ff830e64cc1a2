//! Who looks at people's data, put on record before anything is shown.

use anyhow::Result;
use clap::Args;

use crate::audit::{self, Event};
use crate::clock::Clock;
use crate::harm::bindings;
use crate::model::account_name::AccountName;
use crate::model::act::Who;
use crate::model::operator::Operator;
use crate::model::reason::Reason;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct Asker {
    /// Who asks: an account that is bound to whoever runs the command.
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<AccountName>,
    /// Why; kept with the record of the look.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<Reason>,
}

impl Asker {
    /// Who it is, at this moment.
    pub fn who(&self) -> Who<'_> {
        Who {
            account: self.account.as_ref(),
            operator: Operator::current(),
            at: Clock::System.now().naive_utc(),
        }
    }

    /// Puts a look on record. What is looked at may be shown when this has
    /// returned, and not before.
    pub fn record(&self, store: &Store, look: Event<'_>) -> Result<()> {
        store.transaction(|tx| {
            if let Some(account) = &self.account {
                bindings::require(tx, account, Operator::current())?;
            }
            let reason = self.reason.as_ref().map(Reason::as_str);
            audit::record(tx, self.who(), &Event { reason, ..look })
        })
    }
}
