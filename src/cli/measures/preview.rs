//! `daybook measures preview`.

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use super::show::{Row, tell_definition, tell_points};
use super::{Asked, definition, series_name};
use crate::cli::output;
use crate::clock::Clock;
use crate::measures::evaluate::{self, Basis};
use crate::measures::reach::{self, Reach};
use crate::measures::results::Point;
use crate::measures::worked::{self, Cell, Span};
use crate::model::as_of::AsOf;
use crate::schedule::context::Deployment;
use crate::store::Store;
use crate::warehouse::standing;

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// Id, such as 6.4.
    id: String,
    /// As of this morning; today when left out.
    #[arg(long)]
    as_of: Option<AsOf>,
    #[command(flatten)]
    asked: Asked,
    #[arg(long)]
    json: bool,
}

impl Preview {
    pub(super) fn run(&self, dir: &Path) -> Result<()> {
        let deployment = Deployment::load(dir)?;
        let definition = definition(&deployment, &self.id)?;
        let clock = Clock::System;
        let as_of = self
            .as_of
            .unwrap_or_else(|| AsOf(clock.today(deployment.config.tz())));
        let store = Store::open_read_only(&deployment.config.store)?;
        let connection = store.connection();
        let known_at = standing::standing(connection)?
            .context("nothing has been taken in yet; run `daybook run nightly-ingest` first")?
            .known_at;
        let settings = deployment.measure_settings();
        let basis = Basis {
            as_of,
            known_at,
            settings,
            inputs: &[],
            made_at: clock.now().naive_utc(),
        };
        let reach = reach::of(connection, definition, known_at)?;
        if let Reach::Missing(reason) = &reach {
            return output::line(format!("[x] unavailable: {reason}"));
        }
        let cells = evaluate::figures(connection, definition, &basis)?;
        let window = evaluate::window(definition, &basis);
        let which = self.asked.which(definition, Span::Month)?;
        let points = |span: Span| -> Vec<Point> {
            cells
                .iter()
                .filter(|cell| {
                    (
                        cell.span,
                        cell.basis.as_str(),
                        cell.area.as_str(),
                        cell.group.as_str(),
                    ) == (span, which.basis, which.area, which.group)
                })
                .map(|cell| point(cell, worked::work(definition, cell, window, &reach)))
                .collect()
        };
        let (months, years) = (points(Span::Month), points(Span::Year));
        if self.json {
            return output::json(&months.iter().map(Row::from).collect::<Vec<_>>());
        }
        tell_definition(definition)?;
        output::line(format!(
            "{}, as of {as_of}; {} cells in all, none of them stored:",
            series_name(&which),
            cells.len()
        ))?;
        tell_points(definition, &months, &years)
    }
}

fn point(cell: &Cell, (worked, state): (Option<worked::Worked>, worked::State)) -> Point {
    Point {
        month: cell.period,
        numerator: cell.numerator,
        denominator: cell.denominator,
        cases: cell.cases,
        value: worked.map(|worked| worked.value),
        interval: worked.and_then(|worked| worked.interval),
        state,
    }
}
