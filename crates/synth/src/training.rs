//! Training: for each member of staff and course, since when it is required,
//! when it was completed and until when that counts; a renewal is a row of its
//! own.

use super::Plan;
use super::calendar::{later, years_between};
use super::files::Record;
use super::rng::{Dice, Theme, count, whole};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate};

pub(super) const TRAINING: Source = Source {
    name: "training",
    keys: 3,
    columns: &[
        ("staff_id", Kind::Text),
        (
            "course",
            Kind::Choice(&["vawg_awareness", "vawg_investigation", "call_it_out"]),
        ),
        ("renewal", Kind::Number),
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
        ("eligible_from", Kind::Date),
        ("eligible_until", Kind::Date),
        ("completed_on", Kind::Date),
        ("expires_on", Kind::Date),
    ],
};

/// Roles, how many hold each at 36,000 suspects, how many of them never
/// complete a course.
const STAFF: [(&str, f64, f64); 7] = [
    ("investigator", 6_200.0, 0.07),
    ("supervisor", 1_140.0, 0.05),
    ("manager", 220.0, 0.06),
    ("constable", 23_500.0, 0.11),
    ("sergeant", 3_810.0, 0.08),
    ("inspector", 280.0, 0.06),
    ("staff", 10_700.0, 0.17),
];

struct Course {
    name: &'static str,
    valid_days: i64,
    /// Days before the last one, when it was first held.
    held_before: i64,
    /// Median days from then, or from joining, to a first completion.
    taken_up_days: f64,
    required: fn(&str) -> f64,
}

const COURSES: [Course; 3] = [
    Course {
        name: "vawg_awareness",
        valid_days: 1_095,
        held_before: 1_800,
        taken_up_days: 520.0,
        required: |role| if role == "staff" { 0.72 } else { 0.96 },
    },
    Course {
        name: "vawg_investigation",
        valid_days: 730,
        held_before: 1_630,
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
        held_before: 1_650,
        taken_up_days: 420.0,
        required: |_| 0.97,
    },
];

/// The extract knows of staff who were there in the last so many days.
const DAYS_BACK: i64 = 2_010;

/// Share of staff who join within a year, and of those who leave.
const TURNOVER: f64 = 0.06;

/// One completion of a course by a member of staff, or that it is still due.
pub(super) struct Completion {
    staff: u32,
    course: u8,
    /// 0 for the first.
    renewal: u8,
    role: &'static str,
    required: Option<NaiveDate>,
    joined: NaiveDate,
    left: Option<NaiveDate>,
    on: Option<NaiveDate>,
}

/// A member of staff, who may have joined or left meanwhile.
struct Member {
    number: u32,
    role: &'static str,
    never: f64,
    joined: NaiveDate,
    left: Option<NaiveDate>,
}

pub(super) fn make(plan: &Plan) -> Vec<Completion> {
    let mut dice = Dice::new(plan.seed, Theme::Training, 0);
    let scale = f64::from(plan.suspects) / 36_000.0;
    let first = later(plan.to, -DAYS_BACK);
    let turnover = TURNOVER * years_between(first, plan.to);
    let mut completions = Vec::new();
    let mut number = 0;
    for (role, held, never) in STAFF {
        for _ in 0..count(held * scale * (1.0 + turnover)).max(1) {
            number += 1;
            let share = turnover / (1.0 + turnover);
            let joins = dice.chance(share);
            let leaves = !joins && dice.chance(share);
            let day = later(first, dice.between(1, DAYS_BACK));
            let member = Member {
                number,
                role,
                never,
                joined: if joins { day } else { first },
                left: leaves.then_some(day),
            };
            member.enrol(&mut completions, plan.to, &mut dice);
        }
    }
    completions
}

impl Member {
    /// The member's completions of every course that the role may need.
    fn enrol(&self, all: &mut Vec<Completion>, to: NaiveDate, dice: &mut Dice) {
        for (at, course) in (0u8..).zip(&COURSES) {
            let share = (course.required)(self.role);
            if share == 0.0 {
                continue;
            }
            let asked = self.joined.max(later(to, -course.held_before));
            let required = dice.chance(share).then_some(asked);
            let mut next = (!dice.chance(self.never)).then(|| course.first(asked, dice));
            for renewal in 0.. {
                let on = next.filter(|on| *on < to && self.left.is_none_or(|left| *on < left));
                if on.is_none() && renewal > 0 {
                    break;
                }
                all.push(Completion {
                    staff: self.number,
                    course: at,
                    renewal,
                    role: self.role,
                    required,
                    joined: self.joined,
                    left: self.left,
                    on,
                });
                next = on.and_then(|on| course.renewed(on, dice));
            }
        }
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

impl Record for Completion {
    const DAMAGE: Option<Theme> = Some(Theme::Training);

    fn order(&self, _: &World) -> u64 {
        u64::from(self.staff) << 16 | u64::from(self.course) << 8 | u64::from(self.renewal)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        if self.renewal == 0 {
            days.push(self.joined);
        }
        days.extend(self.on);
        days.extend(self.left);
    }

    fn fill(&self, _: &World, morning: NaiveDate, row: &mut Row) {
        let course = &COURSES[usize::from(self.course)];
        let left = self.left.filter(|left| *left < morning);
        let completed = self.on.filter(|on| *on < morning);
        row.text(&format!("S{:06}", self.staff));
        row.text(course.name);
        row.number(self.renewal);
        row.text(self.role);
        row.flag(self.required.is_some() && left.is_none());
        row.day(self.required);
        row.day(self.required.and(left));
        row.day(completed);
        row.day(completed.map(|on| later(on, course.valid_days)));
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}
