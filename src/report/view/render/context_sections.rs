//! The published series, for context, and the extracts the figures rest on.

use chrono::{Datelike, NaiveDate};

use super::figure::{Caption, Figure};
use crate::report::chart::{Size, Words, monthly};
use crate::report::format;
use crate::report::sentence::{breaks, data_quality, published};
use crate::report::view::source::{Checks, MonthCount, PublishedSeries, Source};
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct PublishedSection {
    pub figure: Figure,
    /// The last twelve months, for mail.
    pub recent: Table,
    pub url: Option<String>,
}

#[derive(Debug)]
pub struct TrustSection {
    pub heading: String,
    pub cautions: Vec<String>,
    pub sources: Table,
}

impl PublishedSection {
    pub fn new(series: &PublishedSeries, is_synthetic: bool) -> Self {
        let months: Vec<_> = series.months.iter().map(|m| (m.month, m.count)).collect();
        let breaks: Vec<_> = series.breaks.iter().map(|found| found.date).collect();
        let caption = Caption {
            id: "london-chart".to_owned(),
            title: published::finding(series),
            description: published::description(series),
            note: published_note(series, is_synthetic),
        };
        let numbers = vec![years(series)];
        let draw =
            |words: Words<'_>, size: Size| monthly::monthly_line(words, size, &months, &breaks);
        Self {
            figure: Figure::across(caption, draw, numbers),
            recent: last_year(series),
            url: series
                .url
                .as_deref()
                .and_then(super::page_header::safe_target),
        }
    }
}

impl TrustSection {
    pub fn new(all: &[Source], checks: &Checks, as_of: NaiveDate) -> Self {
        Self {
            heading: data_quality::heading(all, as_of),
            cautions: data_quality::cautions(all, checks),
            sources: sources(all, as_of),
        }
    }
}

fn published_note(series: &PublishedSeries, is_synthetic: bool) -> String {
    let real = if is_synthetic {
        " These figures are real and published, unlike the rest of the page."
    } else {
        ""
    };
    let to = series
        .months
        .last()
        .map(|last| format!(", published to {}", format::month(last.month)))
        .unwrap_or_default();
    let mut broken = String::new();
    for found in &series.breaks {
        broken.push(' ');
        broken.push_str(&breaks::told(
            "Broken line",
            found.date,
            &found.what,
            &found.source,
        ));
    }
    format!(
        "{}. Context: neither direction is good or bad; recorded crime is not prevalence. \
         Source: {}{to}; {}.{broken}{real}",
        format::capitalised(&series.unit),
        series.publisher,
        series.licence
    )
}

/// The published months, a row a year, the newest first.
fn years(series: &PublishedSeries) -> Table {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut columns = vec![Column::words("Year")];
    columns.extend(MONTHS.map(Column::figure));
    let mut table = Table::new(&format!("{}, {}", series.title, series.unit), columns);
    let mut years: Vec<i32> = series.months.iter().map(|m| m.month.year()).collect();
    years.dedup();
    for year in years.into_iter().rev() {
        let mut row = vec![Cell::new(year.to_string())];
        row.extend((1..=12).map(|month| Cell::new(month_count(&series.months, year, month))));
        table.push(row);
    }
    table
}

/// The last twelve months beside the same months a year before.
fn last_year(series: &PublishedSeries) -> Table {
    let columns = vec![
        Column::words("Month"),
        Column::figure("Count"),
        Column::figure("A year before"),
    ];
    let mut table = Table::new(&series.title, columns);
    for (at, newest) in series.months.iter().enumerate().rev().take(12) {
        let (year, month) = (newest.month.year() - 1, newest.month.month());
        let both = &series.months[at.saturating_sub(12)..=at];
        table.push(vec![
            Cell::new(format::month_short(newest.month)),
            Cell::new(format::count(newest.count)),
            Cell::new(match series.crossed(both) {
                Some(_) => "[x] break between".to_owned(),
                None => month_count(&series.months, year, month),
            }),
        ]);
    }
    table
}

fn month_count(months: &[MonthCount], year: i32, month: u32) -> String {
    let wanted = NaiveDate::from_ymd_opt(year, month, 1);
    months
        .iter()
        .find(|candidate| Some(candidate.month) == wanted)
        .map_or_else(|| "[x]".to_owned(), |found| format::count(found.count))
}

fn sources(all: &[Source], as_of: NaiveDate) -> Table {
    let columns = vec![
        Column::words("Extract"),
        Column::words("State"),
        Column::words("Cut at").on_page(),
        Column::figure("Rows"),
        Column::figure("Accepted").on_page(),
        Column::figure("Rejected"),
        Column::figure("Duplicate").on_page(),
    ];
    let mut table = Table::new("Extracts of the night", columns);
    for source in all {
        let is_troubled = source.is_troubled();
        // Nothing came, so nothing was counted: not a zero.
        let rows = |count: u64| match (source.is_of_the_night(as_of), is_troubled) {
            (true, _) => format::count(count),
            (false, true) => "[x]".to_owned(),
            (false, false) => "[z]".to_owned(),
        };
        let cut_at = source
            .as_at
            .map_or_else(|| "[x]".to_owned(), format::date_time_short);
        table.push(vec![
            Cell::new(source.title.as_str()),
            Cell::new(data_quality::state(source, as_of)).strong(is_troubled),
            Cell::new(cut_at),
            Cell::new(rows(source.rows_in)),
            Cell::new(rows(source.rows_accepted)),
            Cell::new(rows(source.rows_rejected)).strong(source.rows_rejected > 0),
            Cell::new(rows(source.rows_duplicate)),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    #[test]
    fn an_extract_that_was_not_due_counts_no_rows_and_a_late_one_none_known() {
        let mut view = sample::morning_briefing();
        let as_of = view.header.as_of;
        let months_ago = as_of - chrono::Months::new(8);
        view.sources[1].as_at = months_ago.and_hms_opt(0, 0, 0);
        view.sources[3].as_at = (as_of - chrono::Days::new(2)).and_hms_opt(0, 0, 0);
        let table = sources(&view.sources, as_of);
        assert_eq!(table.rows[1][1].text(), "held, of 21 March 2026");
        assert_eq!(table.rows[1][3].text(), "[z]");
        assert_eq!(table.rows[3][3].text(), "[x]");
        assert_eq!(table.rows[0][3].text(), "1,000");
    }

    #[test]
    fn real_figures_beside_synthetic_ones_are_told_apart() {
        let series = sample::published();
        let note = |is_synthetic| PublishedSection::new(&series, is_synthetic).figure.note;
        assert!(note(true).contains("These figures are real"));
        assert!(!note(false).contains("real"));
    }
}
