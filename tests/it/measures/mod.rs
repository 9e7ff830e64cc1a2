//! Commitment measures: how they are added, explained and refused, and what one
//! that is refused leaves standing. Their figures are worked out a second way
//! by `tests/oracle/measures.py`.

mod breaks;
mod coverage;
mod files;
mod published;
mod put_back;
mod refused;
pub mod releases;
mod same_people;
mod training;

use daybook::measures::evaluate::Evaluated;
use daybook::measures::settings::MeasureSettings;
use daybook::model::as_of::AsOf;
use daybook::schedule::actions;
use daybook::schedule::context::Deployment;
use std::sync::OnceLock;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, Site, day};

/// Folder of the trial's definitions.
const FOLDER: &str = "jobs/commitment-measures/99-trial";

/// A row that any proportion may have.
const ONE_OF_FOUR: &str = "select cast($until - interval 1 month as date) as period, \
    'Force' as area, 'All' as \"group\", 1 as numerator, 4 as denominator";

/// A site that holds one crime, with a commitment of trial measures of its own.
fn site() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        let crimes = [crime("C1", "008/06", "2026-06-01", &[])];
        site.land("crimes_20261121.csv", file(CRIMES, &crimes));
        site.run("nightly-ingest", MORNING).unwrap();
        site
    })
}

/// A measure as its file writes it; `changes` replace lines by their key, or
/// add to them.
fn measure(id: &str, changes: &[(&str, &str)]) -> String {
    let mut lines = vec![
        ("id", format!("{id:?}")),
        ("name", "\"A trial\"".to_owned()),
        ("definition", "\"What a trial counts.\"".to_owned()),
        ("numerator", "\"some\"".to_owned()),
        ("denominator", "\"all\"".to_owned()),
        ("sql", format!("\"{id}.sql\"")),
        ("kind", "\"proportion\"".to_owned()),
        ("series", "\"flow\"".to_owned()),
        ("unit", "\"percent\"".to_owned()),
        ("direction", "\"up\"".to_owned()),
        ("sources", "[\"ledger\"]".to_owned()),
        ("audiences", "[\"leadership\"]".to_owned()),
    ];
    for (key, value) in changes {
        match lines.iter_mut().find(|(own, _)| own == key) {
            Some(line) => (*value).clone_into(&mut line.1),
            None => lines.push((key, (*value).to_owned())),
        }
    }
    let lines: Vec<String> = lines
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    format!("\n[[measures]]\n{}\n", lines.join("\n"))
}

/// Writes the trial's commitment with some measures and their SQL, and reads
/// the deployment again.
fn lay(site: &mut Site, measures: &[String], sql: &[(&str, &str)]) {
    let folder = site.dir.join(FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    let head = "number = 10\ntitle = \"Trials\"\nin_brief = \"Try it.\"\n";
    std::fs::write(
        folder.join("commitment.toml"),
        format!("{head}{}", measures.concat()),
    )
    .unwrap();
    for (id, text) in sql {
        std::fs::write(folder.join(format!("{id}.sql")), text).unwrap();
    }
    site.deployment = Deployment::load(&site.dir).unwrap();
}

fn evaluated(site: &Site) -> Vec<Evaluated> {
    let settings = MeasureSettings {
        time_limit_seconds: 2,
        ..MeasureSettings::default()
    };
    site.with_context(|context| actions::measures(context, AsOf(day(MORNING)), settings))
        .unwrap()
}

fn of<'a>(evaluated: &'a [Evaluated], id: &str) -> &'a Evaluated {
    evaluated.iter().find(|done| done.measure_id == id).unwrap()
}
