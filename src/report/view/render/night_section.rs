//! The night: the chart of days, the groups against their range, and what was
//! done about it.

use super::figure::{Caption, Figure};
use crate::report::chart::{Size, Words, daily, spark};
use crate::report::format;
use crate::report::sentence::overnight::{self, Standing};
use crate::report::view::morning_briefing::{DayCount, DayPoint, MorningBriefing, Overnight};
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct NightSection {
    pub heading: String,
    /// Absent when the night's crimes did not arrive.
    pub figure: Option<Figure>,
    /// Domestic abuse among the crimes, or why there are no counts.
    pub first: String,
    pub on_groups: String,
    pub groups: Option<Table>,
    pub actions: Table,
}

impl NightSection {
    pub fn new(view: &MorningBriefing) -> Self {
        let overnight = &view.overnight;
        let is_complete = overnight.is_complete;
        let (first, on_groups) = if is_complete {
            (
                overnight::domestic_abuse(overnight),
                overnight::groups(overnight),
            )
        } else {
            (overnight::left_out(overnight).to_owned(), String::new())
        };
        Self {
            heading: overnight::heading(overnight),
            figure: (is_complete && !overnight.daily.is_empty()).then(|| days(view)),
            first,
            on_groups,
            groups: (is_complete && !overnight.groups.is_empty()).then(|| groups(overnight)),
            actions: actions(overnight),
        }
    }
}

fn days(view: &MorningBriefing) -> Figure {
    let overnight = &view.overnight;
    let days: Vec<_> = overnight.daily.iter().map(|d| (d.on, d.count)).collect();
    let usual = overnight.vawg.usual.map(|usual| usual.mean);
    let caption = Caption {
        id: "night-chart".to_owned(),
        title: overnight::chart_title(overnight),
        description: overnight::chart_description(overnight),
        note: format!(
            "VAWG crimes recorded each day. Blue: {}; dark grey: earlier {}s.{} Recorded crime is \
             not prevalence. Source: crimes extract, as of {}.",
            format::weekday_day(overnight.day),
            format::weekday(overnight.day),
            overnight::since(overnight),
            format::date(view.header.as_of)
        ),
    };
    let draw = |words: Words<'_>, size: Size| daily::daily_bars(words, size, &days, usual);
    Figure::across(caption, draw, vec![weeks(&overnight.daily)])
}

/// The days of the chart, a row a week, the newest first.
fn weeks(days: &[DayPoint]) -> Table {
    let newest: Vec<_> = days.rchunks(7).collect();
    let mut columns = vec![Column::words("Week to")];
    let full = newest.first().copied().unwrap_or_default();
    columns.extend(
        full.iter()
            .map(|day| Column::figure(day.on.format("%a").to_string())),
    );
    let mut table = Table::new("VAWG crimes recorded each day", columns);
    for week in newest {
        let Some(last) = week.last() else { continue };
        let mut row = vec![Cell::new(format::day_short(last.on))];
        let missing = full.len().saturating_sub(week.len());
        row.extend((0..missing).map(|_| Cell::new("[z]")));
        row.extend(week.iter().map(|day| Cell::new(format::count(day.count))));
        table.push(row);
    }
    table
}

fn groups(night: &Overnight) -> Table {
    let weekday = format::weekday(night.day);
    let columns = vec![
        Column::words("Group"),
        Column::figure(format::day_short(night.day)),
        Column::figure(format!("Mean {weekday}")),
        Column::figure("Range"),
        Column::chart("Against the range").on_wide(),
        Column::words("Reading"),
    ];
    let caption = format!("VAWG crimes by group, against earlier {weekday}s");
    let mut table = Table::new(&caption, columns);
    let top = group_scale(night);
    for group in &night.groups {
        table.push(group_row(&group.title, group.day, Some(top)));
    }
    table.push(group_row("All VAWG", night.vawg, None));
    table
}

fn group_row(title: &str, day: DayCount, top: Option<f64>) -> Vec<Cell> {
    let is_outside = matches!(overnight::standing(day), Standing::Above | Standing::Below);
    let usual = day.usual;
    let range = usual.map(|u| (format::float(u.low), u.mean, format::float(u.high)));
    let strip = top.map(|top| spark::range_strip(format::float(day.count), range, top));
    vec![
        Cell::new(title),
        Cell::new(format::count(day.count)).strong(true),
        Cell::new(usual.map_or_else(|| "[x]".to_owned(), |u| format::mean(u.mean))),
        Cell::new(usual.map_or_else(|| "[x]".to_owned(), overnight::range_in_words)),
        strip.map_or_else(Cell::default, Cell::chart),
        Cell::new(overnight::standing_in_words(day)).strong(is_outside),
    ]
}

/// The highest figure of any group: all strips share its scale.
fn group_scale(night: &Overnight) -> f64 {
    night
        .groups
        .iter()
        .flat_map(|group| {
            [
                group.day.count,
                group.day.usual.map_or(0, |usual| usual.high),
            ]
        })
        .map(format::float)
        .fold(1.0, f64::max)
}

fn actions(night: &Overnight) -> Table {
    let columns = vec![
        Column::words("Action"),
        Column::figure(format::day_short(night.day)),
        Column::figure("Of people listed"),
    ];
    let mut table = Table::new("Action on the day", columns);
    let mut push = |label: &str, (total, on_list): (String, String)| {
        table.push(vec![Cell::new(label), Cell::new(total), Cell::new(on_list)]);
    };
    let not_split = |total: String| (total, "[z]".to_owned());
    push("Arrests for VAWG", overnight::on_list(night.arrests));
    push("Charges for VAWG", overnight::on_list(night.charges));
    let orders = night
        .orders_granted
        .map_or_else(|| "[x]".to_owned(), format::count);
    push("Orders granted", not_split(orders));
    let cancelled = if night.is_complete {
        format::count(night.cancelled)
    } else {
        "[x]".to_owned()
    };
    push("VAWG crimes cancelled", not_split(cancelled));
    table
}
