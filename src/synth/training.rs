//! Training: for each member of staff and course, whether it is required, when
//! it was last completed and until when that counts.

use super::Plan;
use super::calendar::{later, years_between};
use super::dice::{Dice, Theme, count, whole};
use super::files::Record;
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate};

pub(super) const TRAINING: Source = Source {
    name: "training",
    keys: 2,
    columns: &[
        ("staff_id", Kind::Text),
        (
            "course",
            Kind::Choice(&["vawg_awareness", "vawg_investigation", "call_it_out"]),
        ),
        (
            "role",
            Kind::Choice(&[
                "investigator",
                "supervisor",
                "manager",
                "constable",
                "sergeant",
                "inspector",
                "staff",
            ]),
        ),
        ("eligible", Kind::Flag),
        ("completed_on", Kind::Date),
        ("expires_on", Kind::Date),
    ],
};

/// Roles, how many hold each at 36,000 suspects, how many of them never
/// complete a course.
const STAFF: [(&str, f64, f64); 7] = [
    ("investigator", 8_500.0, 0.07),
    ("supervisor", 1_550.0, 0.05),
    ("manager", 220.0, 0.06),
    ("constable", 21_200.0, 0.11),
    ("sergeant", 3_400.0, 0.08),
    ("inspector", 280.0, 0.06),
    ("staff", 10_700.0, 0.17),
];

struct Course {
    name: &'static str,
    valid_days: i64,
    /// Days before the data begin, when it was first held.
    held_before: i64,
    /// Median days from then, or from joining, to a first completion.
    taken_up_days: f64,
    required: fn(&str) -> f64,
}

const COURSES: [Course; 3] = [
    Course {
        name: "vawg_awareness",
        valid_days: 1_095,
        held_before: 700,
        taken_up_days: 520.0,
        required: |role| if role == "staff" { 0.72 } else { 0.96 },
    },
    Course {
        name: "vawg_investigation",
        valid_days: 730,
        held_before: 900,
        taken_up_days: 380.0,
        required: |role| match role {
            "investigator" => 0.90,
            "supervisor" | "manager" => 0.97,
            _ => 0.0,
        },
    },
    Course {
        name: "call_it_out",
        valid_days: 730,
        held_before: 330,
        taken_up_days: 480.0,
        required: |_| 0.97,
    },
];

/// Share of staff who join within a year, and of those who leave.
const TURNOVER: f64 = 0.06;

/// One member of staff's place on one course.
pub(super) struct Place {
    staff: u32,
    course: u8,
    role: &'static str,
    required: bool,
    joined: NaiveDate,
    left: Option<NaiveDate>,
    /// The first completion and the renewal.
    completed: [Option<NaiveDate>; 2],
}

pub(super) fn make(plan: &Plan) -> Vec<Place> {
    let mut dice = Dice::new(plan.seed, Theme::Training, 0);
    let scale = f64::from(plan.suspects) / 36_000.0;
    let mut places = Vec::new();
    let mut staff = 0;
    for (role, held, never) in STAFF {
        let span = TURNOVER * years_between(plan.from, plan.to);
        for _ in 0..count(held * scale * (1.0 + span)).max(1) {
            staff += 1;
            enrol(&mut places, (staff, role, never), plan, &mut dice);
        }
    }
    places
}

/// The places of one member of staff, who may have joined or left meanwhile.
fn enrol(
    places: &mut Vec<Place>,
    (staff, role, never): (u32, &'static str, f64),
    plan: &Plan,
    dice: &mut Dice,
) {
    let span = (plan.to - plan.from).num_days();
    let turnover = TURNOVER * years_between(plan.from, plan.to);
    let turnover = turnover / (1.0 + turnover);
    let joins = dice.chance(turnover).then(|| dice.between(1, span));
    let joined = joins.map_or(plan.from, |after| later(plan.from, after));
    let leaves = joins.is_none() && dice.chance(turnover);
    let left = leaves.then(|| later(plan.from, dice.between(1, span)));
    for (at, course) in (0u8..).zip(&COURSES) {
        let share = (course.required)(role);
        if share == 0.0 {
            continue;
        }
        let launched = later(plan.from, -course.held_before);
        let asked = if joins.is_some() { joined } else { launched };
        let first = (!dice.chance(never)).then(|| course.first(asked, dice));
        let renewed = first.and_then(|on| course.renewed(on, dice));
        places.push(Place {
            staff,
            course: at,
            role,
            required: dice.chance(share),
            joined,
            left,
            completed: [first, renewed]
                .map(|on| on.filter(|on| left.is_none_or(|left| *on < left))),
        });
    }
}

impl Course {
    fn first(&self, asked: NaiveDate, dice: &mut Dice) -> NaiveDate {
        let after = dice.lognormal(self.taken_up_days, 0.65);
        taught(later(asked, 1 + whole(after)), dice)
    }

    /// Most renew about when it expires, some much later, some never.
    fn renewed(&self, completed: NaiveDate, dice: &mut Dice) -> Option<NaiveDate> {
        let expires = later(completed, self.valid_days);
        let after = match dice.choose(&[(0, 62), (1, 28), (2, 10)]) {
            0 => dice.between(-60, 5),
            1 => whole(dice.exponential(120.0)),
            _ => return None,
        };
        Some(taught(later(expires, after), dice))
    }
}

/// Little is taught in August and at the turn of the year.
fn taught(on: NaiveDate, dice: &mut Dice) -> NaiveDate {
    let slack = matches!((on.month(), on.day()), (8, _) | (12, 15..) | (1, ..=4));
    if slack && dice.chance(0.75) {
        later(on, dice.between(20, 50))
    } else {
        on
    }
}

impl Record for Place {
    const DAMAGE: Option<Theme> = Some(Theme::Training);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.staff) << 8 | u64::from(self.course)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.joined);
        days.extend(self.left);
        days.extend(self.completed.iter().flatten());
    }

    fn fill(&self, _: &World, morning: NaiveDate, row: &mut Row) {
        let course = &COURSES[usize::from(self.course)];
        let gone = self.left.is_some_and(|left| left < morning);
        let mut latest_first = self.completed.iter().rev().flatten();
        let completed = latest_first.find(|on| **on < morning).copied();
        row.text(&format!("S{:06}", self.staff));
        row.text(course.name);
        row.text(self.role);
        row.flag(self.required && !gone);
        row.day(completed);
        row.day(completed.map(|on| later(on, course.valid_days)));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
