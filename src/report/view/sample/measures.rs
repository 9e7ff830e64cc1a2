//! Invented measures.

use chrono::Months;

use super::day;
use crate::measures::worked::State;
use crate::report::view::measure::{
    Direction, Interval, Measure, MeasureState, Point, Reading, Side, Signal, SignalKind, Unit, Xmr,
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
        source: "crimes extract".to_owned(),
        baseline: None,
        target: None,
        assurance: None,
        state: MeasureState::Available,
        series: vec![],
        xmr: None,
        steps: vec![],
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
