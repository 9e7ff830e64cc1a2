//! Scrutiny panels: each month outsiders review closed cases and recommend;
//! what they recommend is due within 90 days.

use super::Plan;
use super::calendar::{later, month_start};
use super::crimes::Crime;
use super::files::Record;
use super::levels::{Level, Trend, rising};
use super::offences::{Kin, Offence};
use super::rng::{Dice, Theme, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::{World, index};
use chrono::NaiveDate;

pub(super) const PANEL_REVIEWS: Source = Source {
    name: "panel_reviews",
    keys: 1,
    columns: &[
        ("recommendation_ref", Kind::Text),
        ("panel", Kind::Text),
        ("held_on", Kind::Date),
        ("crime_ref", Kind::Text),
        ("due_on", Kind::Date),
        ("closed_on", Kind::Date),
    ],
};

/// A panel's name, the day of the month on which it meets, its
/// recommendations in a month at 36,000 suspects, the cases it looks at.
struct Panel {
    name: &'static str,
    meets: i64,
    monthly: f64,
    reviews: fn(&Crime, &Offence) -> bool,
}

const PANELS: [Panel; 4] = [
    Panel {
        name: "Rape and serious sexual offences",
        meets: 7,
        monthly: 14.0,
        reviews: |_, offence| offence.is_sexual(),
    },
    Panel {
        name: "Domestic abuse",
        meets: 13,
        monthly: 18.0,
        reviews: |crime, _| crime.domestic,
    },
    Panel {
        name: "Stalking and harassment",
        meets: 18,
        monthly: 10.0,
        reviews: |_, offence| matches!(offence.kin, Kin::Stalking | Kin::Harassment),
    },
    Panel {
        name: "Out-of-court resolutions",
        meets: 23,
        monthly: 7.0,
        reviews: |crime, _| matches!(crime.closed, Some((2 | 3 | 8 | 22, _))),
    },
];

const DUE_DAYS: i64 = 90;

/// Share closed in time; less since panels met with fewer staff behind them.
const IN_TIME: Trend = rising(0.74, 0.035, 0.03).stepped(270, -0.06);

pub(super) struct Recommendation {
    number: u32,
    panel: u8,
    held: NaiveDate,
    crime: Option<u32>,
    closed: Option<NaiveDate>,
}

/// Recommendations of the span, and those of the half year before it.
pub(super) fn make(world: &World, plan: &Plan) -> Vec<Recommendation> {
    let mut dice = Dice::new(plan.seed, Theme::PanelReviews, 0);
    let scale = f64::from(plan.suspects) / 36_000.0;
    let in_time = Level::new(IN_TIME, plan.to, &mut dice);
    let mut all = Vec::new();
    for (at, panel) in (0u8..).zip(&PANELS) {
        let cases = closed_cases(world, panel);
        let meetings = (-6..).map(|ahead| later(month_start(plan.from, ahead), panel.meets));
        for held in meetings.take_while(|held| *held < plan.to) {
            let lately = lately(&cases, held);
            for _ in 0..dice.poisson(panel.monthly * scale) {
                let crime = (!lately.is_empty()).then(|| dice.pick(lately).1);
                let in_time = in_time.at(held);
                all.push(Recommendation::new((at, held), crime, in_time, &mut dice));
            }
        }
    }
    all.sort_by_key(|made| made.held);
    for (number, made) in (1..).zip(&mut all) {
        made.number = number;
    }
    all
}

/// The cases that a panel may look at, by the day on which they were closed.
fn closed_cases(world: &World, panel: &Panel) -> Vec<(NaiveDate, u32)> {
    let mut cases: Vec<(NaiveDate, u32)> = world
        .crimes
        .iter()
        .enumerate()
        .filter(|(_, crime)| (panel.reviews)(crime, world.catalogue.get(crime.offence)))
        .filter_map(|(at, crime)| Some((crime.closed?.1.date(), index(at))))
        .collect();
    cases.sort_unstable();
    cases
}

/// The cases closed within the four months before the last fortnight.
fn lately(cases: &[(NaiveDate, u32)], held: NaiveDate) -> &[(NaiveDate, u32)] {
    let until = |day| cases.partition_point(|(closed, _)| *closed < day);
    &cases[until(later(held, -134))..until(later(held, -14))]
}

impl Recommendation {
    fn new(
        (panel, held): (u8, NaiveDate),
        crime: Option<u32>,
        in_time: f64,
        dice: &mut Dice,
    ) -> Self {
        let took = if dice.chance(in_time) {
            Some(8 + whole(82.0 * dice.unit().sqrt()))
        } else if dice.chance(0.15) {
            None
        } else {
            Some(DUE_DAYS + 1 + whole(dice.exponential(45.0)))
        };
        Self {
            number: 0,
            panel,
            held,
            // Some recommendations are about practice, not about a case.
            crime: crime.filter(|_| dice.chance(0.85)),
            closed: took.map(|days| later(held, days)),
        }
    }
}

impl Record for Recommendation {
    const DAMAGE: Option<Theme> = Some(Theme::PanelReviews);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.held);
        days.extend(self.closed);
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        row.text(&format!("PR{:05}", self.number));
        row.text(PANELS[usize::from(self.panel)].name);
        row.day(Some(self.held));
        let crime = self.crime.map(|at| world.crimes[at as usize].reference());
        row.text(crime.as_deref().unwrap_or(""));
        row.day(Some(later(self.held, DUE_DAYS)));
        row.day(self.closed.filter(|on| *on < morning));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
