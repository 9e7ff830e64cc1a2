//! A public release as a page and as a table for programs.

use anyhow::{Context, Result};
use askama::Template;

use crate::report::format;
use crate::report::view::public_release::{PublicRelease, Row, Section};
use crate::table::{Cell, Column, Table};

#[derive(Template)]
#[template(path = "reports/public-release.html")]
struct ReleaseHtml<'a> {
    page: &'a ReleasePage,
}

#[derive(Debug)]
struct ReleasePage {
    title: String,
    force: String,
    /// What the page is about and when it was issued.
    dates: String,
    next: Option<String>,
    is_synthetic: bool,
    sections: Vec<ReleaseSection>,
    left_out: Vec<String>,
    version: String,
}

#[derive(Debug)]
struct ReleaseSection {
    id: String,
    kicker: String,
    heading: String,
    definition: String,
    counted: String,
    withheld: Option<String>,
    table: Table,
}

/// The page.
pub fn html(view: &PublicRelease) -> Result<String> {
    let page = &ReleasePage::new(view);
    ReleaseHtml { page }
        .render()
        .context("a release's template failed")
}

/// The figures as CSV.
pub fn csv(view: &PublicRelease) -> Result<String> {
    figures(view).to_csv()
}

/// The figures for programs, a row for each area and group.
pub fn figures(view: &PublicRelease) -> Table {
    let columns = vec![
        Column::words("release"),
        Column::code("measure_id"),
        Column::words("measure"),
        Column::words("reading"),
        Column::date("first_month"),
        Column::date("last_month"),
        Column::words("area"),
        Column::words("group"),
        Column::figure("counted"),
        Column::figure("among"),
        Column::figure("percent"),
    ];
    let row = |section: &Section, row: &Row| {
        vec![
            Cell::of(&view.name),
            Cell::of(&section.id),
            Cell::of(&section.title),
            Cell::of(&section.reading),
            Cell::of(section.from.format("%Y-%m")),
            Cell::of(section.to.format("%Y-%m")),
            Cell::of(&row.area),
            Cell::of(&row.group),
            Cell::of(&row.counted),
            Cell::maybe(row.among.as_ref()),
            Cell::maybe(row.percent.as_ref()),
        ]
    };
    let rows = view
        .sections
        .iter()
        .flat_map(|section| section.rows.iter().map(move |held| row(section, held)));
    Table::of(columns, rows.collect())
}

impl ReleasePage {
    fn new(view: &PublicRelease) -> Self {
        let timely = if view.issued_on <= view.due_on {
            "on time"
        } else {
            "late"
        };
        Self {
            title: view.name.clone(),
            force: view.force.clone(),
            dates: format!(
                "Issued on {}, {timely}: it was due on {}. Figures as known on {}.",
                format::date(view.issued_on),
                format::date(view.due_on),
                format::date(view.as_of)
            ),
            next: view
                .next_due_on
                .map(|due_on| format!("The next release is due on {}.", format::date(due_on))),
            is_synthetic: view.is_synthetic,
            sections: view.sections.iter().enumerate().map(section).collect(),
            left_out: view
                .left_out
                .iter()
                .map(|one| format!("{} {}: {}.", one.subject, one.title, one.reason))
                .collect(),
            version: view.version.clone(),
        }
    }
}

fn section((place, section): (usize, &Section)) -> ReleaseSection {
    let reading = Some(&section.reading).filter(|reading| !reading.is_empty());
    let which = reading.into_iter().chain(&section.group);
    let which: String = which.flat_map(|part| [", ", part]).collect();
    let months = format!(
        "{} to {}",
        format::month(section.from),
        format::month(section.to)
    );
    ReleaseSection {
        id: format!("table-{}", place + 1),
        kicker: format!("Commitment {}", section.commitment),
        heading: format!("{} {}{which}", section.id, section.title),
        definition: section.definition.clone(),
        counted: match &section.among {
            Some(among) => format!("Counted: {}, among {among}.", section.counted),
            None => format!("Counted: {}.", section.counted),
        },
        withheld: (section.withheld > 0).then(|| {
            format!(
                "{} withheld: with figures published before, they would tell a small count.",
                format::plural(section.withheld, "figure is", "figures are")
            )
        }),
        table: table(&months, &section.rows),
    }
}

fn table(months: &str, rows: &[Row]) -> Table {
    let has_groups = rows.iter().any(|row| row.group != "All");
    let is_among = rows.iter().any(|row| row.among.is_some());
    let mut columns = vec![Column::words("Area")];
    columns.extend(has_groups.then(|| Column::words("Group")));
    columns.push(Column::figure("Counted"));
    if is_among {
        columns.extend([Column::figure("Among"), Column::figure("Percent")]);
    }
    let mut table = Table::new(months, columns);
    for row in rows {
        let mut cells = vec![Cell::new(row.area.as_str())];
        cells.extend(has_groups.then(|| Cell::new(row.group.as_str())));
        cells.push(Cell::new(grouped(&row.counted)));
        if is_among {
            let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "[z]".to_owned());
            cells.push(Cell::new(grouped(&shown(&row.among))));
            cells.push(Cell::new(shown(&row.percent)));
        }
        table.push(cells);
    }
    table
}

/// A count with its thousands apart; a mark as it is.
fn grouped(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), format::count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::public_release::LeftOut;
    use crate::report::view::sample::{HOSTILE, all_is_seen, day};

    fn row(area: &str, counted: &str) -> Row {
        Row {
            area: area.to_owned(),
            group: "All".to_owned(),
            counted: counted.to_owned(),
            among: Some("205".to_owned()),
            percent: Some("29.3".to_owned()),
        }
    }

    fn view() -> PublicRelease {
        PublicRelease {
            name: "October 2026".to_owned(),
            force: "Invented Police".to_owned(),
            as_of: day(2026, 11, 3),
            due_on: day(2026, 11, 30),
            issued_on: day(2026, 11, 27),
            next_due_on: Some(day(2026, 12, 31)),
            sections: vec![Section {
                id: "6.4".to_owned(),
                title: "VAWG crimes charged".to_owned(),
                commitment: "6 Dangerous perpetrators".to_owned(),
                definition: "Crimes charged, of those recorded.".to_owned(),
                counted: "crimes charged".to_owned(),
                among: Some("crimes recorded".to_owned()),
                reading: "recorded".to_owned(),
                group: None,
                from: day(2025, 11, 1),
                to: day(2026, 10, 1),
                rows: vec![row("Force", "60"), row("Brent", "[c]")],
                withheld: 1,
            }],
            left_out: vec![LeftOut {
                subject: "6.5".to_owned(),
                title: "Days to charge".to_owned(),
                reason: "a median is not published".to_owned(),
            }],
            version: "1".to_owned(),
            is_synthetic: true,
        }
    }

    #[test]
    fn a_release_says_when_it_was_due_what_is_hidden_and_what_is_left_out() {
        let page = html(&view()).expect("renders");
        for words in [
            "October 2026",
            "Synthetic data: no real person or event",
            "Issued on 27 November 2026, on time: it was due on 30 November 2026",
            "The next release is due on 31 December 2026.",
            "6.4 VAWG crimes charged, recorded",
            "November 2025 to October 2026",
            "1 figure is withheld",
            "6.5 Days to charge: a median is not published.",
            "<td class=\"n\">[c]</td>",
        ] {
            assert!(page.contains(words), "{words}");
        }
        let mut late = view();
        late.issued_on = day(2026, 12, 1);
        assert!(html(&late).expect("renders").contains("2026, late: it was"));
    }

    #[test]
    fn programs_get_a_row_for_each_area() {
        assert_eq!(
            csv(&view()).expect("writes"),
            "release,measure_id,measure,reading,first_month,last_month,area,group,counted,among,\
             percent\n\
             October 2026,6.4,VAWG crimes charged,recorded,2025-11,2026-10,Force,All,60,205,29.3\n\
             October 2026,6.4,VAWG crimes charged,recorded,2025-11,2026-10,Brent,All,[c],205,29.3\n"
        );
    }

    #[test]
    fn hostile_words_stay_words() {
        for hostile in HOSTILE {
            let mut view = view();
            view.sections[0].title = hostile.to_owned();
            view.sections[0].rows[1].area = hostile.to_owned();
            view.left_out[0].title = hostile.to_owned();
            let page = html(&view).expect("renders");
            assert!(
                !page.contains("<script") && !page.contains("<img src=x"),
                "{hostile}"
            );
            assert!(all_is_seen(&page), "{hostile:?}");
            let figures = csv(&view).expect("writes");
            assert!(all_is_seen(&figures), "{hostile:?}");
            for row in csv::Reader::from_reader(figures.as_bytes()).records() {
                let row = row.expect("a row");
                assert_eq!(row.len(), 11);
                assert!(
                    row.iter()
                        .all(|cell| !cell.starts_with(['=', '+', '-', '@']))
                );
            }
        }
    }
}
