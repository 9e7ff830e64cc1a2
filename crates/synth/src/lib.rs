//! Synthetic London: invented people, crimes and records in the house format,
//! with the shape of what is published, for trying and testing everything
//! else. The same plan always gives the same bytes.

mod backlog;
mod calendar;
mod calibration;
mod careers;
mod circumstances;
mod conduct;
mod courts;
mod crimes;
mod csv_file;
mod descriptions;
mod disclosures;
mod engagements;
mod faults;
mod files;
mod high_harm;
mod interventions;
mod investigation;
mod levels;
mod low_harm_suspects;
mod misconduct;
mod names;
mod numbering;
mod offences;
mod order_breaches;
mod order_subjects;
mod orders;
mod outcomes;
mod panel_reviews;
mod parties;
mod patrols;
mod people;
mod pilots;
mod place_reports;
mod places;
mod posts;
mod profiles;
mod rng;
mod row;
mod source;
mod surveys;
#[cfg(test)]
mod tests;
mod training;
mod unsolved;
mod victim_services;
mod world;

pub use csv_file::WrittenFile;

use anyhow::{Context, ensure};
use chrono::{Days, NaiveDate};
use files::{Desk, Feed, Ledger};
use rng::{Dice, Theme};
use std::collections::BTreeMap;
use std::path::Path;
use world::World;

/// What to make. The data span from the start of `from` to the end of the day
/// before `to`; the back-load is dated `nights` before `to`, and one file of
/// each source follows each night.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// People named as suspects in the 365 days before `to`.
    pub suspects: u32,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub seed: u64,
    pub nights: u32,
    /// Share of rows that are damaged on purpose.
    pub dirty_share: f64,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Summary {
    /// In the order of their mornings, and of the sources within each.
    pub files: Vec<WrittenFile>,
    /// Crimes and people up to the last morning.
    pub crimes: u64,
    pub people: u64,
    /// Damaged rows by kind of fault.
    pub faults: BTreeMap<&'static str, u64>,
}

/// Writes the nightly files of a plan and their manifests into `out`, and the
/// list of damaged rows into `out/truth/faults.csv`. `progress` is called with
/// (done, total), in arbitrary units.
pub fn write(
    plan: &Plan,
    out: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> anyhow::Result<Summary> {
    plan.validate()?;
    std::fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    progress(0, 1);
    let world = World::build(plan)?;
    let mut feeds = feeds(&world, plan);
    let rows: u64 = feeds.iter().map(|feed| feed.expected()).sum();
    // Building the world takes about as long as writing a third of the rows.
    let (mut done, total) = (rows / 2, rows + rows / 2);
    let mut desk = Desk {
        out,
        world: &world,
        faults: faults::Faults::create(out)?,
        dice: Dice::new(plan.seed, Theme::Faults, 0),
        dirty_share: plan.dirty_share,
    };
    let mut files = Vec::new();
    for night in 0..world.mornings.len() {
        for feed in &mut feeds {
            let file = feed.write(night, &mut desk)?;
            done = (done + file.rows).min(total);
            files.push(file);
            progress(done, total);
        }
    }
    Ok(Summary {
        files,
        crimes: world.crimes.len() as u64,
        people: world.people.len() as u64,
        faults: desk.faults.finish()?,
    })
}

impl Plan {
    /// Says what is wrong with a plan that cannot be carried out.
    pub fn validate(&self) -> anyhow::Result<()> {
        let Self { from, to, .. } = self;
        ensure!(from < to, "from ({from}) must be before to ({to})");
        ensure!(self.suspects >= 1, "at least one suspect is needed");
        ensure!(
            (0.0..=0.5).contains(&self.dirty_share),
            "dirty_share must be between 0 and 0.5, not {}",
            self.dirty_share
        );
        let span = (*to - *from).num_days();
        ensure!(
            i64::from(self.nights) < span,
            "nights ({}) must be fewer than the {span} days from {from} to {to}",
            self.nights
        );
        let earliest = to.checked_sub_days(Days::new(u64::from(self.nights)));
        ensure!(earliest.is_some(), "the dates are out of range");
        Ok(())
    }
}

/// One feed for each source.
fn feeds<'w>(world: &'w World, plan: &Plan) -> Vec<Box<dyn Feed + 'w>> {
    vec![
        Box::new(Ledger::new(&crimes::CRIMES, &world.crimes, world)),
        Box::new(Ledger::new(&parties::PARTIES, &world.parties, world)),
        Box::new(Ledger::new(&people::NOMINALS, &world.people, world)),
        Box::new(Ledger::new(&investigation::ARRESTS, &world.arrests, world)),
        Box::new(Ledger::new(&courts::CHARGES, &world.charges, world)),
        Box::new(Ledger::new(&courts::COURT_RESULTS, &world.results, world)),
        Box::new(Ledger::new(&courts::CUSTODY_SPELLS, &world.spells, world)),
        Box::new(Ledger::new(&orders::ORDERS, &world.orders, world)),
        Box::new(Ledger::new(&conduct::CONDUCT_CASES, &world.conduct, world)),
        Box::new(posts::Posts::new(plan, &world.london, &world.mornings)),
        Box::new(Ledger::new(&surveys::SURVEYS, &world.answers, world)),
        Box::new(Ledger::new(
            &order_breaches::ORDER_BREACHES,
            &world.breaches,
            world,
        )),
        Box::new(Ledger::new(
            &interventions::INTERVENTIONS,
            &world.interventions,
            world,
        )),
        Box::new(Ledger::new(
            &disclosures::DISCLOSURES,
            &world.disclosures,
            world,
        )),
        Box::new(Ledger::new(
            &victim_services::VICTIM_SERVICES,
            &world.services,
            world,
        )),
        Box::new(Ledger::new(&training::TRAINING, &world.training, world)),
        Box::new(Ledger::new(
            &panel_reviews::PANEL_REVIEWS,
            &world.recommendations,
            world,
        )),
        Box::new(Ledger::new(
            &engagements::ENGAGEMENTS,
            &world.engagements,
            world,
        )),
        Box::new(Ledger::new(&patrols::PATROLS, &world.patrols, world)),
        Box::new(Ledger::new(
            &place_reports::PLACE_REPORTS,
            &world.place_reports,
            world,
        )),
        Box::new(Ledger::new(&pilots::PILOTS, &world.pilots, world)),
    ]
}
