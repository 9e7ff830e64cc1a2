//! Posts: how many each unit should have and has, on the first of each month.

use super::Plan;
use super::calendar::month_start;
use super::csv_file::{Sheet, WrittenFile};
use super::files::{Desk, Feed};
use super::places::London;
use super::rng::{Dice, Theme, count, real};
use super::row::Row;
use super::source::{Kind, Source};
use chrono::{Datelike, NaiveDate};

pub(super) const POSTS: Source = Source {
    name: "posts",
    keys: 3,
    columns: &[
        ("unit", Kind::Text),
        ("role", Kind::Choice(ROLES)),
        ("as_at", Kind::Date),
        ("established_fte", Kind::Number),
        ("filled_fte", Kind::Number),
    ],
};

const ROLES: &[&str] = &[
    "investigator",
    "supervisor",
    "manager",
    "constable",
    "sergeant",
    "inspector",
    "staff",
];

/// A unit's name, its roles with the posts of each, whether it is one of
/// public protection.
type Unit = (&'static str, &'static [(&'static str, f64)], bool);

/// At 36,000 suspects; a dash stands for a unit in every command.
const UNITS: [Unit; 7] = [
    (
        "- Public Protection",
        &[
            ("investigator", 205.0),
            ("supervisor", 38.0),
            ("manager", 9.0),
            ("staff", 30.0),
        ],
        true,
    ),
    (
        "- Local Investigations",
        &[
            ("investigator", 240.0),
            ("supervisor", 42.0),
            ("manager", 9.0),
        ],
        false,
    ),
    (
        "- Response",
        &[
            ("constable", 760.0),
            ("sergeant", 110.0),
            ("inspector", 22.0),
        ],
        false,
    ),
    (
        "- Neighbourhoods",
        &[("constable", 280.0), ("sergeant", 46.0), ("staff", 95.0)],
        false,
    ),
    (
        "Specialist Crime",
        &[
            ("investigator", 620.0),
            ("supervisor", 110.0),
            ("staff", 300.0),
        ],
        false,
    ),
    (
        "Serious and Organised Crime",
        &[("constable", 2280.0), ("sergeant", 410.0), ("staff", 600.0)],
        false,
    ),
    (
        "Headquarters and Operations",
        &[
            ("constable", 8200.0),
            ("sergeant", 1400.0),
            ("staff", 7800.0),
        ],
        false,
    ),
];

/// Posts promised to public protection in July 2023; most were filled within a
/// year and a half, then leavers weighed up against new people.
const PROMISED: f64 = 565.0;
const PROMISED_IN: (i32, u32) = (2023, 7);
const FILLED: f64 = 0.88;
const FILLED_MONTHS: f64 = 13.0;

/// How far the share of a post's places that are vacant strays, and how much
/// of that is left a month later.
const STRAYS: f64 = 0.011;
const LASTING: f64 = 0.8;

struct Post {
    unit: String,
    role: &'static str,
    established: f64,
    /// This post's share of the promised growth.
    growth: f64,
    /// Share of the places that are vacant, month by month.
    vacant: Vec<f64>,
}

/// Every file holds every month so far.
pub(super) struct Posts {
    all: Vec<Post>,
    months: Vec<NaiveDate>,
    mornings: Vec<NaiveDate>,
}

impl Posts {
    pub(super) fn new(plan: &Plan, london: &London, mornings: &[NaiveDate]) -> Self {
        let mut dice = Dice::new(plan.seed, Theme::Posts, 0);
        let scale = f64::from(plan.suspects) / 36_000.0;
        let months = months(plan);
        let mut posts = posts(london, scale);
        posts.extend(city_posts(scale));
        for post in &mut posts {
            post.staff(&months, &mut dice);
        }
        Self {
            all: posts,
            months,
            mornings: mornings.to_vec(),
        }
    }

    /// The months known by a morning, with their places.
    fn known(&self, morning: NaiveDate) -> impl Iterator<Item = (usize, NaiveDate)> {
        let months = self.months.iter().copied().enumerate();
        months.take_while(move |(_, month)| *month <= morning)
    }
}

/// From the promise on, or from the data's beginning if that was before it;
/// a promise of long ago is no news.
fn months(plan: &Plan) -> Vec<NaiveDate> {
    let (year, month) = PROMISED_IN;
    let promised = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(plan.from);
    let first = promised.clamp(month_start(plan.from, -48), month_start(plan.from, 0));
    let months = (0..).map(|ahead| month_start(first, ahead));
    months.take_while(|month| *month <= plan.to).collect()
}

fn posts(london: &London, scale: f64) -> Vec<Post> {
    let mut commands: Vec<&str> = london.boroughs.iter().map(|b| b.bcu.as_str()).collect();
    commands.sort_unstable();
    commands.dedup();
    commands.retain(|command| *command != "City of London");
    let mut posts = Vec::new();
    for (unit, roles, protection) in UNITS {
        let local: Vec<String> = match unit.strip_prefix("- ") {
            Some(unit) => commands.iter().map(|c| format!("{c} {unit}")).collect(),
            None => vec![unit.to_owned()],
        };
        let all: f64 = roles.iter().map(|(_, fte)| fte).sum::<f64>() * real(local.len());
        for unit in local {
            for (role, fte) in roles {
                let grown = if protection {
                    PROMISED * fte / all
                } else {
                    0.0
                };
                posts.push(Post::new(unit.clone(), role, fte * scale, grown * scale));
            }
        }
    }
    posts
}

fn city_posts(scale: f64) -> Vec<Post> {
    let roles = [
        ("investigator", 26.0),
        ("supervisor", 6.0),
        ("manager", 2.0),
    ];
    let unit = "City of London Public Protection";
    let post = |(role, fte)| Post::new(unit.to_owned(), role, fte * scale, 0.0);
    roles.into_iter().map(post).collect()
}

impl Post {
    fn new(unit: String, role: &'static str, fte: f64, growth: f64) -> Self {
        Self {
            unit,
            role,
            established: fte,
            growth,
            vacant: Vec::new(),
        }
    }

    /// Sets how many places there are, and who comes and goes.
    fn staff(&mut self, months: &[NaiveDate], dice: &mut Dice) {
        self.established = (self.established * (0.9 + 0.2 * dice.unit()))
            .round()
            .max(1.0);
        let usual = 0.06 + 0.07 * dice.unit();
        let fresh = STRAYS * (1.0 - LASTING * LASTING).sqrt();
        let mut off = STRAYS * dice.normal();
        let vacant = months.iter().map(|month| {
            off = LASTING * off + fresh * dice.normal();
            usual + off + season(*month)
        });
        self.vacant = vacant.collect();
    }

    /// Established and filled posts; those promised are filled later than
    /// they are established.
    fn at(&self, month: usize) -> (f64, f64) {
        let filled = FILLED * (1.0 - (-real(month) / FILLED_MONTHS).exp());
        let established = (self.established + self.growth * filled.sqrt()).round();
        let filled = self.established * (1.0 - self.vacant[month]) + self.growth * filled;
        (established, (filled.min(established) * 2.0).round() / 2.0)
    }
}

/// Many leave in spring and summer, most courses end in autumn.
fn season(month: NaiveDate) -> f64 {
    match month.month() {
        5..=9 => 0.003,
        11 | 12 => -0.003,
        _ => 0.0,
    }
}

impl Feed for Posts {
    fn expected(&self) -> u64 {
        let months = self.mornings.iter().map(|day| self.known(*day).count());
        (months.sum::<usize>() * self.all.len()) as u64
    }

    fn write(&mut self, night: usize, desk: &mut Desk<'_>) -> anyhow::Result<WrittenFile> {
        let morning = self.mornings[night];
        let mut file = Sheet::create(desk.out, &POSTS, morning)?;
        let mut row = Row::default();
        for (at, month) in self.known(morning) {
            for post in &self.all {
                let (established, filled) = post.at(at);
                row.clear();
                row.text(&post.unit);
                row.text(post.role);
                row.day(Some(month));
                row.number(count(established));
                row.number(format_args!("{filled:.1}"));
                file.write(row.fields())?;
            }
        }
        file.finish()
    }
}
