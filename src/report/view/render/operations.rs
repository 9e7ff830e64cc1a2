//! The operations report as a page: every word and table, before any markup.

use super::briefing;
use super::operations_tables as tables;
use super::page_header::{PageHeader, Question};
use crate::report::format;
use crate::report::sentence::operations as say;
use crate::report::view::operations_report::OperationsReport;
use crate::table::Table;

#[derive(Debug)]
pub struct OperationsPage {
    pub furniture: PageHeader,
    /// What the subject says after the date.
    pub in_short: String,
    /// `At 21 November 2026, 06:45 London time`.
    pub moment: String,
    pub lead: Vec<Question>,
    pub sources: SourcesSection,
    pub rows: RowsSection,
    pub rejects: Section,
    /// The most frequent ones, for mail, and in lines, for plain text.
    pub rejects_in_mail: Table,
    pub reject_lines: Vec<String>,
    pub overdue: Section,
    pub warehouse: Section,
    pub shifts: ShiftsSection,
    pub record: String,
    pub jobs: Section,
}

#[derive(Debug)]
pub struct SourcesSection {
    pub heading: String,
    pub cautions: Vec<String>,
    pub notes: Vec<String>,
    pub never_sent: Option<String>,
    pub table: Table,
    /// The numbers of the table's charts, a table a week, the newest first.
    pub weeks: Vec<Table>,
}

#[derive(Debug)]
pub struct RowsSection {
    pub heading: String,
    pub table: Table,
}

/// What may be a break that nobody recorded.
#[derive(Debug)]
pub struct ShiftsSection {
    pub heading: String,
    pub lines: Vec<String>,
}

/// A finding and its figures, when there are any.
#[derive(Debug)]
pub struct Section {
    pub heading: String,
    pub table: Option<Table>,
}

impl OperationsPage {
    pub fn new(view: &OperationsReport) -> Self {
        let furniture = PageHeader::new("Operations report", &view.header);
        Self {
            in_short: say::in_short(view),
            moment: format!("At {} London time", format::date_time(view.at)),
            lead: lead(view, &furniture),
            sources: SourcesSection {
                heading: say::sources_heading(&view.sources),
                cautions: say::cautions(&view.sources),
                notes: say::notes(&view.sources),
                never_sent: say::never_sent(&view.sources),
                table: tables::sources(view),
                weeks: tables::weeks(view),
            },
            rows: RowsSection {
                heading: say::rows_heading(&view.sources),
                table: tables::rows(view),
            },
            rejects: section(say::rejects_heading(view), tables::rejects(view)),
            rejects_in_mail: tables::rejects_in_mail(view),
            reject_lines: tables::reject_lines(view),
            overdue: section(say::overdue_heading(&view.overdue), tables::overdue(view)),
            warehouse: section(say::warehouse_heading(view), tables::checks(view)),
            shifts: ShiftsSection {
                heading: say::shifts_heading(&view.shifts),
                lines: view.shifts.iter().map(say::shift).collect(),
            },
            record: say::record_heading(view.record.as_ref()),
            jobs: section(say::jobs_heading(&view.jobs), tables::jobs(view)),
            furniture,
        }
    }

    /// The first screen in plain text.
    pub fn lead_text(&self) -> String {
        briefing::lead_text(&self.lead)
    }
}

fn section(heading: String, table: Table) -> Section {
    Section {
        heading,
        table: (!table.rows.is_empty()).then_some(table),
    }
}

fn lead(view: &OperationsReport, furniture: &PageHeader) -> Vec<Question> {
    vec![
        furniture.question("What arrived", vec![say::arrived(view)]),
        furniture.question("Does it matter", vec![say::matters(view)]),
        furniture.question("What is asked of me", vec![say::asked(view)]),
        furniture.question("Can I trust it", vec![say::trust(view), say::record(view)]),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::render_operations_report;
    use crate::ingest::status::State;
    use crate::report::view::measure::Unit;
    use crate::report::view::operations_report::{OverdueRows, RejectCount, Shifted, Warehouse};
    use crate::report::view::sample::{self, HOSTILE, all_is_seen, operations};

    #[test]
    fn the_subject_has_marking_date_and_what_is_wrong() {
        let mut view = operations::report();
        view.header.is_synthetic = false;
        view.sources[0].state = State::Late;
        let mail = render_operations_report(&view).expect("renders").mail;
        assert_eq!(
            mail.subject,
            "OFFICIAL-SENSITIVE Operations report, Saturday 21 November 2026: 1 late"
        );
    }

    #[test]
    fn page_and_mail_carry_marking_banner_date_and_notice() {
        let mut view = operations::report();
        view.header.stale = Some(sample::stale());
        let rendered = render_operations_report(&view).expect("renders");
        for body in [&rendered.html, &rendered.mail.html, &rendered.mail.text] {
            let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(body.matches("OFFICIAL-SENSITIVE").count() >= 2);
            assert!(body.contains("Synthetic data: no real person or event"));
            assert!(body.contains("Saturday 21 November 2026"));
            assert!(body.contains("These figures were not renewed."));
            assert!(body.contains("21 November 2026, 06:45"));
        }
    }

    #[test]
    fn hostile_words_stay_words() {
        for hostile in HOSTILE {
            let mut view = operations::report();
            view.sources[0].title = hostile.to_owned();
            view.sources[0].affects = Some(hostile.to_owned());
            view.sources[0].state = State::Late;
            view.checks[0].title = hostile.to_owned();
            view.jobs[0].job = hostile.to_owned();
            view.rejects.push(RejectCount {
                source: hostile.to_owned(),
                column: Some(hostile.to_owned()),
                reason: hostile.to_owned(),
                rejected_rows: 1,
                warned_rows: 0,
            });
            view.overdue.push(OverdueRows {
                source: hostile.to_owned(),
                columns: hostile.to_owned(),
                other_source: hostile.to_owned(),
                rows_missing: 2,
                rows_overdue: 1,
                within_days: 3,
            });
            view.shifts.push(Shifted {
                measure: hostile.to_owned(),
                title: hostile.to_owned(),
                unit: Unit::Count,
                month: sample::day(2024, 3, 1),
                means: None,
            });
            let rendered = render_operations_report(&view).expect("renders");
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
    fn a_lasting_shift_is_proposed_and_its_means_of_a_room_are_not_told() {
        let mut view = operations::report();
        let quiet = render_operations_report(&view).expect("renders");
        assert!(
            quiet
                .mail
                .text
                .contains("No lasting shift without a recorded break")
        );
        let shifted = |measure: &str, means| Shifted {
            measure: measure.to_owned(),
            title: "A measure".to_owned(),
            unit: Unit::Count,
            month: sample::day(2024, 3, 1),
            means,
        };
        view.shifts = vec![
            shifted("P.1", Some((10_292.0, 8_037.0))),
            shifted("1.1", None),
        ];
        let rendered = render_operations_report(&view).expect("renders");
        for body in [&rendered.html, &rendered.mail.html, &rendered.mail.text] {
            let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
            for words in [
                "2 lasting shifts without a recorded break",
                "P.1 A measure: from March 2024 on at a mean of 8,037, against 10,292 in the \
                 twelve months before and beyond their limits.",
                "1.1 A measure: from March 2024 on beyond the limits of the twelve months before.",
                "nothing was applied",
                "ind out whether a way of recording changed",
            ] {
                assert!(body.contains(words), "{words}: {body}");
            }
        }
    }

    #[test]
    fn a_night_of_many_faults_does_not_clip_the_mail() {
        let mut view = operations::report();
        for number in 0..400 {
            view.rejects.push(RejectCount {
                source: "crimes".to_owned(),
                column: Some(format!("column_{number}")),
                reason: "expected one of ".repeat(20),
                rejected_rows: number,
                warned_rows: 0,
            });
        }
        let rendered = render_operations_report(&view).expect("renders");
        assert!(rendered.html.contains("column_0<") && rendered.html.contains("column_399<"));
        let mail = rendered.mail;
        assert!(mail.html.len() < 40_000, "{} bytes", mail.html.len());
        assert!(mail.html.contains("column_399<") && !mail.html.contains("column_0<"));
        assert!(mail.html.contains("380 more are on the page"));
        assert_eq!(mail.text.matches("- Crime reports, column_").count(), 20);
    }

    #[test]
    fn an_empty_view_still_reads() {
        let mut view = operations::report();
        view.sources.clear();
        view.checks.clear();
        view.jobs.clear();
        view.warehouse = Warehouse::default();
        let rendered = render_operations_report(&view).expect("renders");
        for body in [&rendered.html, &rendered.mail.text] {
            assert!(body.contains("No source has a set time"));
            assert!(body.contains("There is no warehouse yet"));
            assert!(!body.contains("NaN"));
        }
    }
}
