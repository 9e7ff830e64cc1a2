//! Surveys: what Londoners, victims and staff answered, wave by wave. One row
//! is one person's answer to one statement.

use super::Plan;
use super::calendar::{later, month_start};
use super::files::Record;
use super::levels::{Level, Trend, rising};
use super::rng::{Dice, Theme, count};
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate};

pub(super) const SURVEYS: Source = Source {
    name: "surveys",
    keys: 1,
    columns: &[
        ("response_id", Kind::Text),
        (
            "survey",
            Kind::Choice(&["pas", "uss", "da_victim", "staff", "street"]),
        ),
        ("wave", Kind::Text),
        ("question", Kind::Text),
        ("sex", Kind::Choice(&["F", "M", "X", "U"])),
        (
            "ethnicity",
            Kind::Choice(&["white", "black", "asian", "mixed", "other", "not_stated"]),
        ),
        (
            "age_band",
            Kind::Choice(&["16-24", "25-34", "35-44", "45-54", "55-64", "65+"]),
        ),
        ("weight", Kind::Number),
        (
            "response",
            Kind::Choice(&["agree", "neither", "disagree", "dont_know"]),
        ),
    ],
};

/// A statement: its id, the share of men who agree, how much smaller that of
/// women is.
type Statement = (&'static str, Trend, f64);

struct Survey {
    name: &'static str,
    /// Months that a wave covers.
    months: i32,
    /// People asked in each wave, at 36,000 suspects.
    people: f64,
    women: f64,
    statements: &'static [Statement],
}

const SURVEYS_HELD: [Survey; 5] = [
    // Asked all year round.
    Survey {
        name: "pas",
        months: 1,
        people: 800.0,
        women: 0.51,
        statements: &[
            // Trust fell with a case that all papers had, and came back.
            (
                "fair_treatment",
                rising(0.655, 0.025, 0.012).stepped(610, -0.035),
                0.04,
            ),
            ("confident_to_report", rising(0.61, 0.008, 0.012), 0.06),
        ],
    },
    Survey {
        name: "uss",
        months: 1,
        people: 420.0,
        women: 0.56,
        statements: &[("satisfied", rising(0.61, -0.015, 0.015), 0.01)],
    },
    Survey {
        name: "da_victim",
        months: 1,
        people: 160.0,
        women: 0.86,
        statements: &[
            ("satisfied", rising(0.68, 0.015, 0.02), 0.02),
            ("felt_believed", rising(0.74, 0.01, 0.02), 0.01),
        ],
    },
    Survey {
        name: "staff",
        months: 6,
        people: 5200.0,
        women: 0.36,
        statements: &[
            ("confident_to_challenge", rising(0.75, 0.025, 0.008), 0.09),
            ("leaders_act", rising(0.58, 0.015, 0.01), 0.08),
        ],
    },
    Survey {
        name: "street",
        months: 1,
        people: 240.0,
        women: 0.6,
        statements: &[("feels_safe_after_dark", rising(0.63, 0.005, 0.015), 0.18)],
    },
];

pub(super) struct Answer {
    survey: u8,
    statement: u8,
    /// First month of the wave.
    wave: NaiveDate,
    respondent: u32,
    sex: &'static str,
    ethnicity: &'static str,
    age_band: &'static str,
    weight: f64,
    response: &'static str,
    known: NaiveDate,
}

/// All waves that were finished before `to`.
pub(super) fn make(plan: &Plan) -> Vec<Answer> {
    let mut dice = Dice::new(plan.seed, Theme::Surveys, 0);
    let scale = (f64::from(plan.suspects) / 36_000.0).clamp(0.05, 2.0);
    let mut answers = Vec::new();
    for (at, survey) in (0u8..).zip(&SURVEYS_HELD) {
        let statements = survey.statements.iter();
        let men: Vec<Level> = statements
            .map(|(_, men, _)| Level::new(*men, plan.to, &mut dice))
            .collect();
        for wave in waves(survey, plan) {
            let people = count(survey.people * scale).max(40);
            for respondent in (1..).take(people) {
                ask(&mut answers, (at, wave, respondent), &men, &mut dice);
            }
        }
    }
    answers
}

/// First months of the waves whose answers came in from `from` on.
fn waves(survey: &Survey, plan: &Plan) -> Vec<NaiveDate> {
    let back = plan.from.month0().cast_signed() % survey.months;
    let first = month_start(plan.from, -back);
    let waves = (0..).map(|wave| month_start(first, wave * survey.months));
    waves
        .take_while(|wave| known(survey, *wave) < plan.to)
        .collect()
}

/// Answers come in a few days after the wave's last month.
fn known(survey: &Survey, wave: NaiveDate) -> NaiveDate {
    later(month_start(wave, survey.months), 4)
}

fn ask(
    answers: &mut Vec<Answer>,
    (at, wave, respondent): (u8, NaiveDate, u32),
    men: &[Level],
    dice: &mut Dice,
) {
    let survey = &SURVEYS_HELD[usize::from(at)];
    let sex = if dice.chance(0.012) {
        dice.pick(&["X", "U"])
    } else if dice.chance(survey.women) {
        "F"
    } else {
        "M"
    };
    let ethnicity = dice.choose(&[
        ("white", 54),
        ("black", 13),
        ("asian", 20),
        ("mixed", 5),
        ("other", 5),
        ("not_stated", 3),
    ]);
    let bands = [
        ("16-24", 12),
        ("25-34", 20),
        ("35-44", 20),
        ("45-54", 18),
        ("55-64", 15),
        ("65+", 15),
    ];
    let age_band = dice.choose(&bands);
    let weight = (dice.lognormal(1.0, 0.28) * 1000.0).round() / 1000.0;
    for ((statement, level), (_, _, gap)) in (0u8..).zip(men).zip(survey.statements) {
        let women = if sex == "F" { *gap } else { 0.0 };
        let share = level.at(wave) - women - shortfall(ethnicity);
        answers.push(Answer {
            survey: at,
            statement,
            wave,
            respondent,
            sex,
            ethnicity,
            age_band,
            weight,
            response: respond(share, dice),
            known: known(survey, wave),
        });
    }
}

/// By how much smaller the share of a group is that agrees.
fn shortfall(ethnicity: &str) -> f64 {
    match ethnicity {
        "black" => 0.09,
        "mixed" => 0.06,
        "other" | "asian" => 0.02,
        _ => 0.0,
    }
}

fn respond(agree: f64, dice: &mut Dice) -> &'static str {
    if dice.chance(agree) {
        "agree"
    } else {
        dice.choose(&[("disagree", 55), ("neither", 38), ("dont_know", 7)])
    }
}

impl Answer {
    fn survey(&self) -> &'static Survey {
        &SURVEYS_HELD[usize::from(self.survey)]
    }

    /// `2026-05`, `2026-Q2` or `2026-H1`.
    fn wave(&self) -> String {
        let (year, month0) = (self.wave.year(), self.wave.month0());
        match self.survey().months {
            1 => format!("{year}-{:02}", month0 + 1),
            3 => format!("{year}-Q{}", month0 / 3 + 1),
            _ => format!("{year}-H{}", month0 / 6 + 1),
        }
    }
}

impl Record for Answer {
    fn order(&self, _: &World) -> u64 {
        u64::from(self.survey) << 56
            | u64::from(self.wave.num_days_from_ce().cast_unsigned()) << 32
            | u64::from(self.respondent)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.known);
    }

    fn fill(&self, _: &World, _: NaiveDate, row: &mut Row) {
        let survey = self.survey();
        let wave = self.wave();
        let (name, respondent, statement) = (survey.name, self.respondent, self.statement + 1);
        row.text(&format!("{name}-{wave}-{respondent:05}-{statement}"));
        row.text(name);
        row.text(&wave);
        row.text(survey.statements[usize::from(self.statement)].0);
        row.text(self.sex);
        row.text(self.ethnicity);
        row.text(self.age_band);
        row.number(self.weight);
        row.text(self.response);
    }

    fn steady(&self, _: &World) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_known_before_the_last_day() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let plan = Plan {
            suspects: 360,
            from: day(2024, 11, 1),
            to: day(2026, 11, 1),
            seed: 1,
            nights: 14,
            dirty_share: 0.0,
        };
        assert_eq!(
            waves(&SURVEYS_HELD[3], &plan).last(),
            Some(&day(2026, 1, 1))
        );
        assert_eq!(
            waves(&SURVEYS_HELD[1], &plan).last(),
            Some(&day(2026, 9, 1))
        );
        assert!(make(&plan).iter().all(|a| a.known < plan.to));
    }
}
