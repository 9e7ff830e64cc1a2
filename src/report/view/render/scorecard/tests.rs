//! The scorecard's page and mail over invented measures.

use super::super::render_commitment_scorecard;
use crate::harm::index::bridge::Bridge;
use crate::measures::changes::Changed;
use crate::measures::measure_value::State;
use crate::report::view::commitment_scorecard::{
    BrokenMeasure, Commitment, CommitmentScorecard, Detailed, Slice,
};
use crate::report::view::measure::{Measure, RecordedBreak, Stretch};
use crate::report::view::sample::{self, HOSTILE, all_is_seen, day, measures};

fn detailed(mut measure: Measure) -> Detailed {
    let newest = measure.series.last().cloned();
    measure.year_on_year = newest.is_some().then(|| Changed {
        period: day(2026, 10, 1),
        before: day(2025, 10, 1),
        now_value: Some(8.1),
        before_value: Some(7.6),
        change: Some(0.5),
        is_ratio: false,
        low: Some(0.2),
        high: Some(0.8),
        without: None,
        crosses: None,
    });
    let slice = |reading: &str, area: &str, group: &str, state: State| {
        newest.clone().map(|mut point| {
            point.state = state;
            if state == State::Few {
                point.value = None;
                point.interval = None;
            }
            Slice {
                reading: reading.to_owned(),
                area: area.to_owned(),
                group: group.to_owned(),
                point,
                before: Some(61.0),
            }
        })
    };
    let slices = [
        slice("recorded", "Force", "All", State::Shown),
        slice("recorded", "Force", "Rape", State::Few),
        slice("closed", "Force", "All", State::Shown),
        slice("recorded", "Camden", "All", State::Shown),
        slice("closed", "Camden", "All", State::Shown),
        slice("recorded", "Camden: Regent's Park", "All", State::Shown),
    ];
    Detailed {
        minimum_denominator: Some(20.0),
        numerator: "invented crimes charged".to_owned(),
        denominator: Some("invented crimes recorded".to_owned()),
        baseline_source: Some("Invented Office, 2022-03".to_owned()),
        file: "jobs/commitment-measures/06-dangerous-perpetrators/charged.sql".to_owned(),
        set_id: newest.is_some().then_some(41),
        year_to_date: None,
        is_of_years: true,
        slices: slices.into_iter().flatten().collect(),
        measure,
    }
}

fn scorecard() -> CommitmentScorecard {
    let commitment = |number: u8, measures: Vec<Measure>| Commitment {
        number,
        title: format!("Invented commitment {number}"),
        in_brief: "Do what was promised.".to_owned(),
        pillar: (number > 0).then(|| "Targeting perpetrators".to_owned()),
        measures: measures.into_iter().map(detailed).collect(),
    };
    let mut published = measures::worsening();
    published.id = "P.1".to_owned();
    CommitmentScorecard {
        bridge: Bridge {
            missing: Some("nothing has arrived".to_owned()),
            ..Bridge::default()
        },
        header: sample::header(),
        commitments: vec![
            commitment(
                6,
                vec![measures::improving(), measures::unavailable("6.5", "Rape")],
            ),
            commitment(8, measures::quiet(2)),
            commitment(0, vec![published]),
        ],
        expected_false_signals: 0.04,
        broken: vec![BrokenMeasure {
            name: "6.9".to_owned(),
            problem: "charged.sql, line 3: there is no column nothing".to_owned(),
        }],
        sources: sample::sources(),
        checks: sample::morning_briefing().checks,
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn page_and_mail_tell_where_each_measure_stands_and_what_is_missing() {
    let rendered = render_commitment_scorecard(&scorecard()).expect("renders");
    let bodies = [&rendered.html, &rendered.mail.html, &rendered.mail.text];
    for body in bodies.map(|body| words(body)) {
        assert!(body.matches("OFFICIAL-SENSITIVE").count() >= 2);
        assert!(body.contains("Saturday 21 November 2026"));
        assert!(body.contains("Improving: eight months in a row above the mean of 7.1%"));
        assert!(body.contains("[x] 6.5 Rape: no survey extract has arrived"));
        assert!(body.contains("[x] 6.9: its definition does not hold: charged.sql, line 3"));
        assert!(body.contains("1 measure has no figures"));
        assert!(body.contains("1 definition does not hold"));
    }
}

#[test]
fn what_others_publish_is_shown_and_not_judged() {
    let rendered = render_commitment_scorecard(&scorecard()).expect("renders");
    assert!(rendered.html.contains("id=\"measure-P-1\""));
    // One of three, not two of four: the published series worsens too.
    assert!(
        words(&rendered.html).contains("1 signal in 3 measures that can be tested; 2 more differ")
    );
    assert!(
        rendered
            .mail
            .subject
            .contains(": 1 signal, 1 without figures")
    );
}

#[test]
fn readings_groups_and_boroughs_stand_beneath_the_chart_and_wards_do_not() {
    let html = words(
        &render_commitment_scorecard(&scorecard())
            .expect("renders")
            .html,
    );
    for row in [">All, recorded<", ">All, closed<", ">Rape, recorded<"] {
        assert!(html.contains(row), "{row}");
    }
    assert!(html.contains("[c] too few"));
    // The areas are those of the first reading.
    assert!(html.contains(">Area, recorded<") && !html.contains(">Area, closed<"));
    assert!(html.contains(">Camden<") && !html.contains("Regent"));
    assert!(html.contains("8.1%, against 7.6% a year before: 0.5 percentage points more"));
    assert!(html.contains("set 41 of the ledger"));
    assert!(html.contains("Baseline from Invented Office, 2022-03."));
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    let html = render_commitment_scorecard(&scorecard())
        .expect("renders")
        .html;
    let mut links = 0;
    for part in html.split("href=\"#").skip(1) {
        let target = part.split('"').next().expect("closed");
        assert!(html.contains(&format!("id=\"{target}\"")), "{target}");
        links += 1;
    }
    assert!(links > 10, "{links}");
}

#[test]
fn a_break_is_told_beneath_the_chart_with_its_number() {
    let mut view = scorecard();
    let measure = &mut view.commitments[0].measures[0].measure;
    measure.breaks.push(RecordedBreak {
        at: 12,
        date: day(2025, 11, 1),
        what: "charging moved to the Crown Prosecution Service".to_owned(),
        source: "the force".to_owned(),
    });
    let xmr = measure.xmr.as_mut().expect("set");
    xmr.from = 12;
    xmr.earlier.push(Stretch {
        from: 0,
        to: 11,
        centre: 6.6,
        lower: 6.0,
        upper: 7.2,
    });
    let html = words(&render_commitment_scorecard(&view).expect("renders").html);
    assert!(html.contains(
        "Break 1, 1 November 2025: charging moved to the Crown Prosecution Service; limits begin \
         anew and nothing is compared across it. Source: the force."
    ));
    assert!(html.contains(">1</text>"));
}

#[test]
fn hostile_words_stay_words() {
    for hostile in HOSTILE {
        let mut view = scorecard();
        view.commitments[0].title = hostile.to_owned();
        view.commitments[0].in_brief = hostile.to_owned();
        view.broken[0].problem = hostile.to_owned();
        let detailed = &mut view.commitments[0].measures[0];
        detailed.measure.id = hostile.to_owned();
        detailed.measure.title = hostile.to_owned();
        detailed.numerator = hostile.to_owned();
        detailed.slices[0].group = hostile.to_owned();
        detailed.slices[3].area = hostile.to_owned();
        let rendered = render_commitment_scorecard(&view).expect("renders");
        let mail = &rendered.mail;
        for text in [&rendered.html, &mail.html, &mail.text, &mail.subject] {
            assert!(all_is_seen(text), "{hostile:?}");
        }
        for html in [&rendered.html, &rendered.mail.html] {
            assert!(!html.contains("<script"), "{hostile}");
            assert!(!html.contains("<img src=x"), "{hostile}");
        }
    }
}

#[test]
fn an_empty_view_still_reads() {
    let mut view = scorecard();
    view.commitments.clear();
    view.broken.clear();
    let rendered = render_commitment_scorecard(&view).expect("renders");
    for body in [&rendered.html, &rendered.mail.text] {
        let body = words(body);
        assert!(body.contains("No measure has figures yet"));
        assert!(body.contains("has a target."));
        assert!(!body.contains("NaN"));
    }
}
