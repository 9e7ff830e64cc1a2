//! The morning briefing as a page: every word and table, before any markup.

use super::context_sections::{PublishedSection, TrustSection};
use super::figure::Figure;
use super::list_section::ListSection;
use super::mail;
use super::measure_sections::MeasuresSection;
use super::night_section::NightSection;
use super::page_header::{Link, PageHeader, Question};
use crate::report::sentence::{
    actions_required, data_quality, list, measures, overnight, stale_notice,
};
use crate::report::view::morning_briefing::{Ask, MorningBriefing};

/// A mail holds at most eight pictures: six signals, the night, the city.
const SIGNALS_IN_MAIL: usize = 6;

#[derive(Debug)]
pub struct BriefingPage {
    pub furniture: PageHeader,
    /// What the subject says after the date.
    pub in_short: String,
    pub lead: Vec<Question>,
    pub night: NightSection,
    pub list: Option<ListSection>,
    pub asked: AskedSection,
    pub measures: MeasuresSection,
    pub published: Option<PublishedSection>,
    pub trust: TrustSection,
}

#[derive(Debug)]
pub struct AskedSection {
    pub heading: String,
    pub asks: Vec<Link>,
}

impl BriefingPage {
    pub fn new(view: &MorningBriefing) -> Self {
        let furniture = PageHeader::new("Morning briefing", &view.header);
        Self {
            in_short: in_short(view),
            lead: lead(view, &furniture),
            night: NightSection::new(view),
            list: view.list.as_ref().map(ListSection::new),
            asked: AskedSection::new(&view.asks, &furniture),
            measures: MeasuresSection::new(view),
            published: view
                .published
                .as_ref()
                .filter(|series| !series.months.is_empty())
                .map(|series| PublishedSection::new(series, view.header.is_synthetic)),
            trust: TrustSection::new(&view.sources, &view.checks, view.header.as_of),
            furniture,
        }
    }

    /// The charts a mail shows, in the order of its text.
    pub fn mail_figures(&self) -> Vec<&Figure> {
        let signals = self.measures.signals.iter().map(|card| &card.figure);
        self.night
            .figure
            .iter()
            .chain(signals.take(SIGNALS_IN_MAIL))
            .chain(self.published.iter().map(|section| &section.figure))
            .collect()
    }

    /// The first screen in plain text.
    pub fn lead_text(&self) -> String {
        lead_text(&self.lead)
    }
}

impl AskedSection {
    fn new(asks: &[Ask], furniture: &PageHeader) -> Self {
        Self {
            heading: actions_required::heading(asks),
            asks: asks
                .iter()
                .filter(|ask| ask.count > 0)
                .map(|ask| furniture.link(actions_required::each(ask)))
                .collect(),
        }
    }
}

/// Questions and answers in plain text, the answers indented.
pub fn lead_text(lead: &[Question]) -> String {
    let mut lines = Vec::new();
    for question in lead {
        lines.push(format!("{}:", question.label));
        for answer in &question.answers {
            lines.push(format!("  {}", mail::paragraph(&answer.text(), 2)));
        }
    }
    lines.join("\n")
}

fn lead(view: &MorningBriefing, furniture: &PageHeader) -> Vec<Question> {
    let sorted = measures::Sorted::new(&view.measures);
    let changed = vec![
        overnight::lead(&view.overnight),
        list::lead(view.list.as_ref()),
    ];
    let matters = vec![measures::lead(&sorted, view.expected_false_signals)];
    vec![
        furniture.question("What changed", changed),
        furniture.question("Does it matter", matters),
        furniture.question(
            "What is asked of me",
            vec![actions_required::lead(&view.asks)],
        ),
        furniture.question(
            "Can I trust it",
            vec![data_quality::lead(
                &view.sources,
                &view.checks,
                view.header.as_of,
            )],
        ),
    ]
}

fn in_short(view: &MorningBriefing) -> String {
    let signals = measures::Sorted::new(&view.measures).signals.len();
    let mut parts = vec![
        measures::signals(signals),
        list::movement_in_short(view.list.as_ref()),
    ];
    match data_quality::not_fresh(&view.sources) {
        0 => {}
        1 => parts.push("1 extract not in".to_owned()),
        n => parts.push(format!("{n} extracts not in")),
    }
    parts.extend(view.header.stale.as_ref().map(stale_notice::in_short));
    if view.header.is_synthetic {
        parts.push("synthetic data".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::render_morning_briefing;
    use crate::report::view::sample::{self, HOSTILE, all_is_seen};

    #[test]
    fn the_subject_has_marking_date_signals_and_movement() {
        let mut view = sample::morning_briefing();
        view.header.is_synthetic = false;
        view.sources.truncate(3);
        let mail = render_morning_briefing(&view).expect("renders").mail;
        assert_eq!(
            mail.subject,
            "OFFICIAL-SENSITIVE Morning briefing, Saturday 21 November 2026: 2 signals, list moved \
             by 6"
        );
    }

    #[test]
    fn the_same_view_is_the_same_bytes() {
        let view = sample::morning_briefing();
        let once = render_morning_briefing(&view).expect("renders");
        assert_eq!(once, render_morning_briefing(&view).expect("renders"));
    }

    #[test]
    fn page_and_mail_carry_marking_banner_date_and_edition() {
        let rendered = render_morning_briefing(&sample::morning_briefing()).expect("renders");
        for body in [&rendered.html, &rendered.mail.html, &rendered.mail.text] {
            let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(body.matches("OFFICIAL-SENSITIVE").count() >= 2);
            assert!(body.contains("Synthetic data: no real person or event"));
            assert!(body.contains("Saturday 21 November 2026"));
            assert!(body.contains("Invented index 2026"));
            assert!(body.contains("[x]"));
        }
    }

    #[test]
    fn hostile_words_stay_words() {
        for hostile in HOSTILE {
            let mut view = sample::morning_briefing();
            view.header.force = hostile.to_owned();
            let mut stale = sample::stale();
            stale.failed[0].title = hostile.to_owned();
            view.header.stale = Some(stale);
            view.header.marking = hostile.to_owned();
            view.header.run_id = Some(hostile.to_owned());
            view.header.page_url = Some(format!("javascript:{hostile}"));
            view.overnight.groups[0].title = hostile.to_owned();
            view.measures[0].title = hostile.to_owned();
            view.sources[0].title = hostile.to_owned();
            view.sources[3].affects = Some(hostile.to_owned());
            for measure in &mut view.measures {
                measure.definition = hostile.to_owned();
                measure.source = hostile.to_owned();
                measure.title = hostile.to_owned();
                measure.id = hostile.to_owned();
            }
            if let Some(list) = &mut view.list {
                list.edition = hostile.to_owned();
            }
            let rendered = render_morning_briefing(&view).expect("renders");
            let mail = &rendered.mail;
            for text in [&rendered.html, &mail.html, &mail.text, &mail.subject] {
                assert!(all_is_seen(text), "{hostile:?}");
            }
            for html in [&rendered.html, &rendered.mail.html] {
                assert!(!html.contains("<script"), "{hostile}");
                assert!(!html.contains("<img src=x"), "{hostile}");
                assert!(!html.contains("href=\"javascript"), "{hostile}");
            }
        }
    }

    #[test]
    fn a_mail_with_every_measure_is_not_clipped() {
        let mut view = sample::morning_briefing();
        let mut measures = sample::measures::quiet(31);
        measures.extend((0..12).map(|_| sample::measures::improving()));
        view.measures = measures;
        let mail = render_morning_briefing(&view).expect("renders").mail;
        assert!(mail.html.len() < 102_400, "{} bytes", mail.html.len());
        assert!(mail.images.len() <= 8);
    }

    #[test]
    fn every_picture_of_the_mail_is_named_in_it() {
        let mail = render_morning_briefing(&sample::morning_briefing())
            .expect("renders")
            .mail;
        assert_eq!(mail.images.len(), 4);
        for image in &mail.images {
            assert_eq!(mail.html.matches(&format!("cid:{}", image.cid)).count(), 1);
            assert!(!image.alt.is_empty());
        }
    }

    #[test]
    fn an_empty_view_still_reads() {
        let mut view = sample::morning_briefing();
        view.list = None;
        view.measures.clear();
        view.published = None;
        view.sources.clear();
        view.asks.clear();
        view.overnight.daily.clear();
        view.overnight.groups.clear();
        view.overnight.is_complete = false;
        let rendered = render_morning_briefing(&view).expect("renders");
        assert!(rendered.mail.subject.contains("no signal, no list yet"));
        for body in [&rendered.html, &rendered.mail.text] {
            assert!(body.contains("Nothing is asked of you today"));
            assert!(body.contains("No measure has figures yet"));
            assert!(!body.contains("NaN"));
        }
    }
}
