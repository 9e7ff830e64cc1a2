//! The nightly files of one source: the initial back-load, then what is new
//! or changed, night by night, with a manifest beside each file.

use super::csv_file::{Sheet, WrittenFile};
use super::faults::{Faults, damage};
use super::rng::{Dice, Theme};
use super::row::Row;
use super::source::Source;
use super::world::World;
use chrono::NaiveDate;
use std::path::Path;

/// Something that the extracts hold one row of, and that changes over time.
pub(super) trait Record {
    /// The theme that its damage is drawn from, so that a source that came
    /// later leaves the damage of the others as it was; none for the first
    /// eleven sources, which share one stream.
    const DAMAGE: Option<Theme> = None;
    /// Sorts rows within a file.
    fn order(&self, world: &World) -> u64;
    /// The days on which the row appeared and changed, the first one first.
    fn days(&self, days: &mut Vec<NaiveDate>);
    /// The row as it stood when `morning` began.
    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row);
    /// Whether the row is never to be damaged.
    fn steady(&self, world: &World) -> bool;
}

/// Where files go, and what is shared between them.
pub(super) struct Desk<'a> {
    pub(super) out: &'a Path,
    pub(super) world: &'a World,
    pub(super) faults: Faults,
    pub(super) dice: Dice,
    pub(super) dirty_share: f64,
}

/// A source's files, one for each morning.
pub(super) trait Feed {
    /// Rows it will write over all mornings, for progress.
    fn expected(&self) -> u64;
    /// Writes the file of the `night`th morning, counted from the back-load.
    fn write(&mut self, night: usize, desk: &mut Desk<'_>) -> anyhow::Result<WrittenFile>;
}

/// The feed of a source whose rows are [`Record`]s.
pub(super) struct Ledger<'a, R> {
    source: &'static Source,
    records: &'a [R],
    nights: Vec<Vec<u32>>,
    /// Rows damaged the night before, which now come in good form.
    repairs: Vec<u32>,
    /// The source's own stream of damage, if it has one.
    dice: Option<Dice>,
}

/// The draw of a theme that damages rows; draw 0 makes them.
const DAMAGING: u64 = 1;

impl<'a, R: Record> Ledger<'a, R> {
    pub(super) fn new(source: &'static Source, records: &'a [R], world: &World) -> Self {
        let mut nights = vec![Vec::new(); world.mornings.len()];
        let mut days = Vec::new();
        for (at, record) in (0u32..).zip(records) {
            days.clear();
            record.days(&mut days);
            arrivals(&days, &world.mornings, |night| {
                if nights[night].last() != Some(&at) {
                    nights[night].push(at);
                }
            });
        }
        for night in &mut nights {
            night.sort_by_cached_key(|at| records[*at as usize].order(world));
        }
        Self {
            source,
            records,
            nights,
            repairs: Vec::new(),
            dice: R::DAMAGE.map(|theme| Dice::new(world.seed, theme, DAMAGING)),
        }
    }
}

/// The mornings on which a row arrives that changed on `days`: the back-load
/// takes all that was known by then in one row.
fn arrivals(days: &[NaiveDate], mornings: &[NaiveDate], mut arrive: impl FnMut(usize)) {
    let Some(first) = days.first() else { return };
    let mut seen = vec![false; mornings.len()];
    for day in days {
        let known = *day.max(first);
        let night = mornings.partition_point(|morning| *morning <= known);
        if night < mornings.len() && !std::mem::replace(&mut seen[night], true) {
            arrive(night);
        }
    }
}

impl<R: Record> Feed for Ledger<'_, R> {
    fn expected(&self) -> u64 {
        self.nights.iter().map(|night| night.len() as u64).sum()
    }

    fn write(&mut self, night: usize, desk: &mut Desk<'_>) -> anyhow::Result<WrittenFile> {
        let morning = desk.world.mornings[night];
        let repairs = std::mem::take(&mut self.repairs);
        let mut file = Sheet::create(desk.out, self.source, morning)?;
        let mut row = Row::default();
        let dice = self.dice.as_mut().unwrap_or(&mut desk.dice);
        for at in merged(&self.nights[night], &repairs) {
            let record = &self.records[at as usize];
            row.clear();
            record.fill(desk.world, morning, &mut row);
            let spared = repairs.contains(&at) || record.steady(desk.world);
            if !spared && dice.chance(desk.dirty_share) {
                let fields: Vec<&str> = row.fields().collect();
                let damage = damage(self.source, &fields, dice);
                file.write_damaged(&damage, &mut desk.faults)?;
                self.repairs.push(at);
            } else {
                file.write(row.fields())?;
            }
        }
        file.finish()
    }
}

/// Tonight's rows, and last night's damaged ones that are not among them.
fn merged(tonight: &[u32], repairs: &[u32]) -> Vec<u32> {
    let late = repairs.iter().filter(|at| !tonight.contains(at));
    tonight.iter().chain(late).copied().collect()
}
