//! `daybook audit export`: what is on record, for an inspector or for somebody
//! who asks what was done with their data. The export is on record itself.

use std::path::Path;

use anyhow::Result;
use chrono::{Days, NaiveDate, NaiveDateTime};
use clap::Args;
use duckdb::Connection;

use crate::audit::export::{self, Asked};
use crate::audit::{self, Event, Kind};
use crate::cli;
use crate::cli::output::{self, Printed, Usage};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::harm::accounts::{self, Role};
use crate::harm::bindings;
use crate::harm::decisions::current_status;
use crate::model::account_name::AccountName;
use crate::model::as_of::AsOf;
use crate::model::nominal_id::NominalId;
use crate::model::reason::Reason;
use crate::store::Store;
use crate::table::Table;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Everything that touched this person: nominal id, current or merged.
    #[arg(long, value_name = "NOMINAL")]
    person: Option<NominalId>,
    /// Everything that was done under this account.
    #[arg(long)]
    account: Option<AccountName>,
    /// From the start of this day on.
    #[arg(long, value_name = "DATE")]
    from: Option<AsOf>,
    /// Up to the end of this day.
    #[arg(long, value_name = "DATE")]
    to: Option<AsOf>,
    #[command(flatten)]
    printed: Printed,
    /// Who asks: an account with the role inspector.
    #[arg(long = "as", value_name = "ACCOUNT")]
    asker: AccountName,
    /// Why; kept with the record of the export.
    #[arg(long, value_name = "TEXT")]
    reason: Option<Reason>,
}

impl Export {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        if self.person.is_none() && self.account.is_none() && self.from.is_none() {
            return Err(Usage("say of what: --person, --account or --from".to_owned()).into());
        }
        let config = Config::load(dir)?;
        let store = Store::open(&config.store)?;
        let found = store.transaction(|tx| {
            let act = cli::act(&self.asker, Clock::System.now());
            accounts::require(tx, act, Role::Inspector)?;
            let found = self.find(tx, &config)?;
            audit::record(tx, act.into(), &self.event())?;
            Ok(found)
        })?;
        output::table(&found, self.printed.format())
    }

    fn find(&self, tx: &Connection, config: &Config) -> Result<Table> {
        let midnight =
            |day: NaiveDate| -> NaiveDateTime { clock::midnight(day, config.tz()).naive_utc() };
        let person = match &self.person {
            Some(nominal) => Some(identities(tx, nominal)?),
            None => None,
        };
        let uids = match &self.account {
            Some(account) => bindings::uids(tx, account)?,
            None => Vec::new(),
        };
        let asked = Asked {
            person: person.as_deref(),
            account: self.account.as_ref(),
            uids: &uids,
            from: self.from.map(|from| midnight(from.0)),
            until: self.to.map(|to| midnight(to.0 + Days::new(1))),
        };
        export::export(tx, asked)
    }

    fn event(&self) -> Event<'_> {
        let person = self.person.as_ref().map(ToString::to_string);
        Event {
            subjects: person.into_iter().collect(),
            reason: self.reason.as_ref().map(Reason::as_str),
            detail: serde_json::json!({
                "account": self.account,
                "from": self.from.map(|from| from.0),
                "to": self.to.map(|to| to.0),
            }),
            ..Event::new(Kind::Consultation, "audit export")
        }
    }
}

/// Every record that is or was merged with the person's.
fn identities(connection: &Connection, nominal: &NominalId) -> Result<Vec<String>> {
    let known = if current_status::knows_people(connection)? {
        current_status::of_anyone(connection, nominal.as_str())?
    } else {
        None
    };
    let mut all = known.map_or_else(Vec::new, |standing| standing.identities);
    if !all.iter().any(|id| id == nominal.as_str()) {
        all.push(nominal.to_string());
    }
    Ok(all)
}
