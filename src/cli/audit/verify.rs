//! `daybook audit verify`: finds what was altered in the file.

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::audit::heads;
use crate::audit::verify::{self, Finding, Outside, Verified};
use crate::cli::output::{self, Format, Printed, Usage};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;
use crate::store::chain::anchor::Anchor;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// An anchor from a mail's X-Daybook-Ledger or a receipt's "ledger",
    /// NUMBER:HASH, which the record must hold; can be given more than once.
    #[arg(long, value_name = "NUMBER:HASH")]
    anchor: Vec<String>,
    #[command(flatten)]
    printed: Printed,
}

impl Verify {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let config = Config::load(dir)?;
        let outside = Outside {
            log: Some(heads::path(&config.store.path)),
            anchors: self.anchors()?,
        };
        let store = Store::open(&config.store)?;
        let verified = verify::verify(store.connection(), &outside)?;
        let now = Clock::System.now().naive_utc();
        self.tell(&verified)?;
        verify::record(&store, &outside, &verified, None, now)
            .context("how it went could not be recorded")?;
        match verified.findings.len() {
            0 => Ok(()),
            1 => bail!("the record was altered: one finding"),
            count => bail!("the record was altered: {count} findings"),
        }
    }

    fn anchors(&self) -> Result<Vec<Anchor>> {
        let read = |text: &String| {
            heads::parse(text).with_context(|| {
                Usage(format!(
                    "{text:?} is no anchor; expected its number, a colon and 64 hexadecimal digits"
                ))
            })
        };
        self.anchor.iter().map(read).collect()
    }

    fn tell(&self, verified: &Verified) -> Result<()> {
        match self.printed.format() {
            Format::Json => return output::json(verified),
            Format::Csv => return output::table(&table(verified), Format::Csv),
            Format::Table => {}
        }
        if verified.findings.is_empty() {
            return output::line(format!(
                "{} entries of {} ledgers verified: nothing was altered",
                verified.entries, verified.ledgers
            ));
        }
        verified.findings.iter().try_for_each(output::line)
    }
}

fn table(verified: &Verified) -> Table {
    let columns = vec![
        Column::code("ledger"),
        Column::code("key"),
        Column::words("what"),
        Column::words("told"),
    ];
    let row = |finding: &Finding| {
        vec![
            Cell::of(&finding.ledger),
            Cell::of(&finding.key),
            Cell::new(finding.what.as_str()),
            Cell::of(&finding.told),
        ]
    };
    Table::of(columns, verified.findings.iter().map(row).collect())
}
