//! Invented measures.

use chrono::Months;
use daybook_statistics::series::accrual::Accrual;
use daybook_statistics::series::direction::Direction;

use super::day;
use crate::measures::changes::Changed;
use crate::measures::measure_value::State;
use crate::report::view::measure::{
    Interval, Measure, MeasureState, Point, Reading, Side, Signal, SignalKind, Unit, Xmr,
};

/// Two with a signal, four quiet, one unavailable.
pub(crate) fn mixed() -> Vec<Measure> {
    let mut measures = vec![unavailable(
        "2.2",
        "Women agreeing that police treat everyone fairly",
    )];
    measures.extend(quiet(4));
    measures.insert(3, improving());
    measures.push(worsening());
    measures
}

/// Quiet measures with ids across the ten commitments.
pub(crate) fn quiet(count: u8) -> Vec<Measure> {
    (0..count)
        .map(|index| {
            let mut measure = base(
                &format!("{}.{}", index % 10 + 1, index / 10 + 1),
                &format!("Invented measure {}, done in time", index + 1),
            );
            measure.commitment = index % 10 + 1;
            measure.series = series(|month| 60.0 + f64::from((month * 7 + u32::from(index)) % 9));
            measure.xmr = Some(xmr(64.0, 55.5, 72.5));
            measure
        })
        .collect()
}

pub(crate) fn improving() -> Measure {
    let mut measure = base("6.4", "VAWG crimes charged");
    measure.series = series(|month| {
        let wave = f64::from(month * 5 % 7) / 10.0;
        if month >= 16 { 7.6 + wave } else { 6.4 + wave }
    });
    measure.baseline = Some("6% (England and Wales)".to_owned());
    measure.xmr = Some(Xmr {
        signals: vec![Signal {
            kind: SignalKind::Run,
            side: Side::Above,
            from: 16,
            to: 23,
        }],
        reading: Reading::Improving,
        ..xmr(7.1, 5.9, 8.3)
    });
    measure
}

pub(crate) fn worsening() -> Measure {
    let mut measure = base("6.5", "Rape: median days, recorded to charge");
    measure.unit = Unit::Days;
    measure.direction = Direction::Down;
    measure.definition =
        "Median days from recording to charge, rape, by month of charge.".to_owned();
    measure.series =
        series(|month| 420.0 + f64::from(month * 11 % 23) + if month == 23 { 62.0 } else { 0.0 });
    for point in &mut measure.series {
        point.numerator = None;
        point.denominator = None;
        point.interval = None;
    }
    measure.target = Some(400.0);
    measure.xmr = Some(Xmr {
        signals: vec![Signal {
            kind: SignalKind::Outside,
            side: Side::Above,
            from: 23,
            to: 23,
        }],
        reading: Reading::Worsening,
        ..xmr(431.0, 396.0, 466.0)
    });
    measure
}

/// Quiet by its signals and worse than a year before.
pub(crate) fn worse_than_a_year_ago() -> Measure {
    let mut measure = quiet(1).remove(0);
    measure.id = "7.2".to_owned();
    measure.title = "Orders granted".to_owned();
    measure.year_on_year = Some(Changed {
        period: day(2026, 10, 1),
        before: day(2025, 10, 1),
        now_value: Some(83.74),
        before_value: Some(87.75),
        change: Some(-4.01),
        is_ratio: false,
        low: Some(-6.1),
        high: Some(-1.9),
        without: None,
        crosses: None,
    });
    measure
}

/// A level, in which no signals are looked for.
pub(crate) fn level() -> Measure {
    let mut measure = quiet(1).remove(0);
    measure.id = "7.1".to_owned();
    measure.title = "Orders in force".to_owned();
    measure.accrual = Accrual::Stock;
    measure.direction = Direction::Context;
    measure.unit = Unit::Count;
    measure.xmr = None;
    measure.year_on_year = Some(Changed {
        period: day(2026, 10, 1),
        before: day(2025, 10, 1),
        now_value: Some(331.0),
        before_value: Some(250.0),
        change: Some(81.0),
        is_ratio: false,
        low: None,
        high: None,
        without: Some("an amount or a level is no sample of cases".to_owned()),
        crosses: None,
    });
    measure
}

pub(crate) fn unavailable(id: &str, title: &str) -> Measure {
    let mut measure = base(id, title);
    measure.state = MeasureState::Unavailable {
        reason: "no survey extract has arrived".to_owned(),
    };
    measure.series.clear();
    measure
}

fn base(id: &str, title: &str) -> Measure {
    Measure {
        id: id.to_owned(),
        commitment: 6,
        commitment_title: "Dangerous perpetrators".to_owned(),
        title: title.to_owned(),
        definition: "Invented crimes charged, as a share of invented crimes recorded in the month."
            .to_owned(),
        unit: Unit::Percent,
        direction: Direction::Up,
        accrual: Accrual::Flow,
        is_volume: false,
        year_on_year: None,
        source: "crimes extract".to_owned(),
        baseline: None,
        target: None,
        assurance: None,
        state: MeasureState::Available,
        series: vec![],
        xmr: None,
        breaks: vec![],
    }
}

fn series(value: impl Fn(u32) -> f64) -> Vec<Point> {
    (0..24)
        .map(|index| {
            let value = value(index);
            Point {
                month: day(2024, 11, 1) + Months::new(index),
                numerator: Some((value * 94.0).round()),
                denominator: Some(9_400.0),
                value: Some(value),
                interval: Some(Interval {
                    low: value - 0.5,
                    high: value + 0.5,
                }),
                is_immature: false,
                state: State::Shown,
            }
        })
        .collect()
}

fn xmr(centre: f64, lower: f64, upper: f64) -> Xmr {
    Xmr {
        centre,
        lower,
        upper,
        points: 24,
        is_trial: false,
        drops_extreme_ranges: false,
        signals: vec![],
        reading: Reading::NoSignal,
        from: 0,
        earlier: vec![],
    }
}
