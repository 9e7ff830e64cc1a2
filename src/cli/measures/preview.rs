//! `daybook measures preview`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use super::show::{Row, table, tell_breaks, tell_definition};
use super::{Asked, definition, series_name};
use crate::cli::output::{self, Format, Printed};
use crate::clock::Clock;
use crate::harm::consultations::{self, Wish};
use crate::measures::definition::Definition;
use crate::measures::evaluate::{self, Basis};
use crate::measures::measure_value::Span;
use crate::measures::results::{self, Point, Which};
use crate::measures::run_sql::Impossible;
use crate::model::account_name::AccountName;
use crate::model::as_of::AsOf;
use crate::model::operator::Operator;
use crate::model::restricted::Room;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::warehouse::build_status;

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// Id, such as 6.4.
    id: String,
    /// As of this morning; today when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    printed: Printed,
    /// Who asks, for a measure of conduct and HR data: an account with the role
    /// conduct-reader.
    #[arg(long = "as", value_name = "ACCOUNT")]
    asker: Option<AccountName>,
}

impl Preview {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let definition = definition(&deployment, &self.id)?;
        let clock = Clock::System;
        let format = self.printed.format();
        let as_of = self
            .as_of
            .unwrap_or_else(|| AsOf(clock.today(deployment.config.tz())));
        if definition.commitment.room == Room::Conduct {
            self.consult(&deployment, definition)?;
        }
        let store = Store::open_read_only(&deployment.config.store)?;
        let connection = store.connection();
        let known_at = build_status::standing(connection)?
            .context("nothing has been accepted yet; run `daybook run nightly-ingest` first")?
            .known_at;
        let settings = deployment.measure_settings();
        let basis = Basis {
            as_of,
            known_at,
            settings,
            inputs: &[],
            nightly: &deployment.nightly(),
            made_at: clock.now().naive_utc(),
        };
        let figures = match evaluate::figures(connection, definition, &basis)
            .map_err(|error| with_example(definition, error))?
        {
            Ok(figures) => figures,
            Err(reason) if format == Format::Csv => bail!("[x] unavailable: {reason}"),
            Err(reason) => return output::line(format!("[x] unavailable: {reason}")),
        };
        let month = self.asked.which(definition, Span::Month)?;
        let points = |span: Span| -> Vec<Point> {
            let which = Which { span, ..month };
            let of_series = figures.iter().filter(|figure| which.holds(&figure.cell));
            results::every_month(of_series.map(Point::from))
        };
        let (months, years) = (points(Span::Month), points(Span::Year));
        let table = table(definition, &months, &years);
        match format {
            Format::Json => {
                return output::json(&months.iter().map(Row::from).collect::<Vec<_>>());
            }
            Format::Csv => return output::table(&table, format),
            Format::Table => {}
        }
        tell_definition(definition)?;
        output::line(format!(
            "{}, as of {as_of}; {} cells in all, none of them stored:",
            series_name(&month),
            figures.len()
        ))?;
        output::table(&table, format)?;
        tell_breaks(definition, month.area)
    }

    /// A definition on trial may ask the room anything, so that its figures are
    /// a look, unlike those that the job keeps.
    fn consult(&self, deployment: &Deployment, definition: &Definition) -> Result<()> {
        let wish = Wish {
            what: &format!("what {} makes of it", definition.file),
            account: self.asker.as_ref(),
            operator: Operator::current(),
            statement: &definition.sql,
            at: Clock::System.now().naive_utc(),
        };
        consultations::consult(&Store::open(&deployment.config.store)?, wish)
    }
}

/// Adds one of the rows that cannot be, unless they are of a room.
fn with_example(definition: &Definition, error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<Impossible>() {
        Some(Impossible { example, .. }) if definition.commitment.room == Room::Open => {
            let told = format!("{error}, such as: {example}");
            anyhow::anyhow!(told)
        }
        _ => error,
    }
}
