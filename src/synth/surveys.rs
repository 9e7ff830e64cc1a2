//! Surveys: what Londoners, victims and staff answered, wave by wave. One row
//! is one person's answer to one statement.

use super::Plan;
use super::calendar::{later, month_start, years_between};
use super::dice::{Dice, Theme, count};
use super::files::Record;
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

/// A statement: its id, the share of men who agree, how many points fewer
/// women do, how many points a year agreement gains.
type Statement = (&'static str, f64, f64, f64);

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
    Survey {
        name: "pas",
        months: 3,
        people: 2400.0,
        women: 0.51,
        statements: &[
            ("fair_treatment", 66.0, 4.0, 1.2),
            ("confident_to_report", 61.0, 6.0, 0.8),
        ],
    },
    Survey {
        name: "uss",
        months: 1,
        people: 420.0,
        women: 0.56,
        statements: &[("satisfied", 62.0, 1.0, 0.6)],
    },
    Survey {
        name: "da_victim",
        months: 1,
        people: 160.0,
        women: 0.86,
        statements: &[
            ("satisfied", 68.0, 2.0, 1.5),
            ("felt_believed", 74.0, 1.0, 1.0),
        ],
    },
    Survey {
        name: "staff",
        months: 6,
        people: 5200.0,
        women: 0.36,
        statements: &[
            ("confident_to_challenge", 76.0, 9.0, 2.0),
            ("leaders_act", 58.0, 8.0, 1.5),
        ],
    },
    Survey {
        name: "street",
        months: 1,
        people: 240.0,
        women: 0.6,
        statements: &[("feels_safe_after_dark", 64.0, 18.0, 0.7)],
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
        for wave in waves(survey, plan) {
            let people = count(survey.people * scale).max(40);
            for respondent in (1..).take(people) {
                ask(&mut answers, (at, wave, respondent), plan, &mut dice);
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
    plan: &Plan,
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
    let years = years_between(wave, plan.to);
    for (statement, held) in (0u8..).zip(survey.statements) {
        let share = agreement(*held, sex, ethnicity, years);
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

fn agreement((_, men, gap, gain): Statement, sex: &str, ethnicity: &str, years: f64) -> f64 {
    let women = if sex == "F" { gap } else { 0.0 };
    let group = match ethnicity {
        "black" => 9.0,
        "mixed" => 6.0,
        "other" | "asian" => 2.0,
        _ => 0.0,
    };
    (men - women - group - gain * years) / 100.0
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
            waves(&SURVEYS_HELD[0], &plan).last(),
            Some(&day(2026, 7, 1))
        );
        assert_eq!(
            waves(&SURVEYS_HELD[1], &plan).last(),
            Some(&day(2026, 9, 1))
        );
        assert!(make(&plan).iter().all(|a| a.known < plan.to));
    }
}
