//! `daybook measures bridge`: from the national basket to the Met's published
//! total, line by line.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;

use crate::cli::output::{self, Format, Printed};
use crate::harm::index::bridge::{self, Bridge, Counted, Line};
use crate::report::sentence::bridge as say;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::table::{Cell, Column, Table};

#[derive(Debug, Args)]
pub(super) struct Walk {
    /// Each published title with the offence that it is joined to
    #[arg(long)]
    titles: bool,
    #[command(flatten)]
    printed: Printed,
}

impl Walk {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let store = Store::open_read_only(&deployment.config.store)?;
        let found = bridge::walk(dir, store.connection())?;
        let format = self.printed.format();
        if format == Format::Json {
            return output::json(&found);
        }
        if let Some(missing) = &found.missing {
            if format == Format::Csv {
                bail!("[x] no bridge: {missing}");
            }
            return output::line(format!("[x] no bridge: {missing}"));
        }
        match format {
            _ if self.titles => output::table(&titles(&found), format),
            Format::Table => tell_lines(&found),
            _ => output::table(&lines(&found), format),
        }
    }
}

fn tell_lines(found: &Bridge) -> Result<()> {
    output::line(say::heading(found))?;
    output::table(&lines(found), Format::Table)?;
    output::line(say::end(found))
}

fn lines(found: &Bridge) -> Table {
    let columns = vec![
        Column::words("step"),
        Column::words("what"),
        Column::words("codes"),
        Column::figure("offences"),
        Column::figure("so far"),
    ];
    let row = |line: &Line| {
        let offences = line.offences.map(i64::unsigned_abs);
        vec![
            Cell::new(say::step(line.step)),
            Cell::of(&line.what),
            Cell::new(say::codes(line)),
            offences.map_or_else(|| Cell::new("[x]"), Cell::of),
            Cell::of(line.so_far.unsigned_abs()),
        ]
    };
    Table::of(columns, found.lines.iter().map(row).collect())
}

fn titles(found: &Bridge) -> Table {
    let columns = vec![
        Column::words("offence"),
        Column::words("title"),
        Column::date("first"),
        Column::date("last"),
        Column::figure("offences"),
    ];
    let row = |title: &Counted| {
        vec![
            Cell::of(&title.offence),
            Cell::of(&title.title),
            Cell::of(title.first_month.format("%Y-%m")),
            Cell::of(title.last_month.format("%Y-%m")),
            Cell::of(title.offences.unsigned_abs()),
        ]
    };
    Table::of(columns, found.titles.iter().map(row).collect())
}
