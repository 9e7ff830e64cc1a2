//! The people of the harm list pack: ranks alone before the decision; after it
//! the table of those accepted with a block for each, the others by reference,
//! and who left; and the two charts of how harm is spread.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::figure::{Figure, caption};
use crate::report::chart::{Size, Words, concentration, ranks};
use crate::report::format;
use crate::report::sentence::people;
use crate::report::view::harm_list_pack::{
    Contribution, Flag, HarmListPack, Leaver, NotCounted, Person, RankRow, Standing, Withheld,
};
use crate::report::view::list::ListState;
use crate::table::{Cell, Column, Table};

/// Points of the curve printed as numbers; the chart draws all.
const CURVE_ROWS: usize = 20;

/// One person, ready to print without being torn apart.
#[derive(Debug)]
pub struct PersonBlock {
    pub rank: u32,
    pub name: String,
    pub nominal_id: String,
    pub other_identities: String,
    pub standing: String,
    /// Who accepted the person, and when.
    pub accepted: String,
    pub reason: String,
    pub explanation: String,
    pub flags: Vec<String>,
    pub contributions: Table,
    pub not_counted: Option<Table>,
}

impl PersonBlock {
    pub fn new(person: &Person) -> Self {
        Self {
            rank: person.rank,
            name: person.name.clone(),
            nominal_id: person.nominal_id.clone(),
            other_identities: person.other_identities.join(", "),
            standing: people::standing(person),
            accepted: people::accepted(person),
            reason: person.accepted.reason.clone(),
            explanation: people::explanation(person),
            flags: person
                .flags
                .iter()
                .map(|flag| format::capitalised(&people::flag(flag)))
                .collect(),
            contributions: contributions(person),
            not_counted: (!person.not_counted.is_empty()).then(|| not_counted(&person.not_counted)),
        }
    }
}

/// One row a rank, without anything that tells who stands there.
pub fn ranks_table(ranks: &[RankRow]) -> Table {
    let columns = vec![
        Column::figure("Rank"),
        Column::figure("Harm, days"),
        Column::figure("Alle\u{AD}gations"),
        Column::figure("Victims"),
        Column::figure("Worst"),
    ];
    let mut table = Table::new("Harm by rank, nobody named", columns);
    for row in ranks {
        table.push(vec![
            Cell::new(row.rank.to_string()).strong(true),
            Cell::new(format::harm(row.score_days)).note(years(row.score_days)),
            Cell::new(row.allegations.to_string()),
            Cell::new(row.victims.to_string()),
            Cell::new(worst(row.worst_share_percent)),
        ]);
    }
    table
}

/// Those whom nobody is told the name of, by reference.
pub fn withheld_table(withheld: &[Withheld]) -> Table {
    let columns = vec![
        Column::words("Nominal id"),
        Column::figure("Rank"),
        Column::words("Decision"),
        Column::words("By"),
    ];
    let mut table = Table::new("On the list, not accepted or not to be named", columns);
    for row in withheld {
        let (by, on) = match &row.decided {
            Some((by, on)) => (by.clone(), format::date(*on)),
            None => ("[z]".to_owned(), String::new()),
        };
        let mut by = Cell::new(by);
        if !on.is_empty() {
            by = by.note(on);
        }
        table.push(vec![
            Cell::new(row.nominal_id.as_str()),
            Cell::new(row.rank.to_string()),
            Cell::new(format::capitalised(people::because(row.because))),
            by,
        ]);
    }
    table
}

/// One row a person, in order of rank.
pub fn people_table(view: &HarmListPack) -> Table {
    let columns = vec![
        Column::figure("Rank"),
        Column::figure("Before").on_wide(),
        Column::words("Suspect"),
        Column::figure("Age").on_wide(),
        Column::figure("Harm, days"),
        Column::figure("Alle\u{AD}gations"),
        Column::figure("Victims").on_wide(),
        Column::figure("Worst").on_wide(),
        Column::figure("Last report").on_wide(),
    ];
    let mut table = Table::new("Suspects accepted by an officer, in order of harm", columns);
    for person in &view.people {
        table.push(person_row(person));
    }
    table
}

/// Who was accepted and was not on the list before; none without such a list.
pub fn joiners(view: &HarmListPack) -> Option<Table> {
    view.list.movement.as_ref()?;
    let columns = vec![
        Column::words("Suspect"),
        Column::figure("Rank now"),
        Column::figure("Harm, days"),
        Column::words("Standing"),
    ];
    let mut table = Table::new("Came on since the list before, of those accepted", columns);
    for person in view
        .people
        .iter()
        .filter(|p| p.standing != Standing::Stayed)
    {
        table.push(vec![
            Cell::new(person.name.as_str()).target(format!("#person-{}", person.rank)),
            Cell::new(person.rank.to_string()),
            Cell::new(format::harm(person.score_days)),
            Cell::new(format::capitalised(&people::standing(person))),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Who was on the list before and is not now.
pub fn leavers(left: &[Leaver]) -> Table {
    let columns = vec![
        Column::words("Nominal id"),
        Column::figure("Rank before"),
        Column::figure("Rank now"),
        Column::words("Reason"),
    ];
    let mut table = Table::new("Left since the list before", columns);
    for leaver in left {
        table.push(vec![
            Cell::new(leaver.nominal_id.as_str()),
            Cell::new(leaver.previous_rank.to_string()),
            Cell::new(people::leaver_rank(leaver)),
            Cell::new(format::capitalised(&leaver.reason)),
        ]);
    }
    table
}

/// How harm falls from rank to rank.
pub fn rank_figure(view: &HarmListPack, source: &str) -> Figure {
    let years = years_by_rank(view);
    let is_decided = view.list.state == ListState::Decided;
    let title = people::ranks(view);
    let description = format!(
        "Bar chart of years of alleged harm of {}, in order of rank, each with the part of its gravest \
         allegation.",
        format::plural(view.ranks.len() as u64, "person", "people")
    );
    let numbers = if is_decided {
        ""
    } else {
        "; the numbers are in the table below"
    };
    let gap = if years.len() > view.ranks.len() {
        " A gap is a person who is restricted."
    } else {
        ""
    };
    let note = format!("Years of alleged harm by rank{numbers}.{gap} {source}");
    let words = caption("ranks-chart", title, description, note);
    Figure::across(
        words,
        |w: Words<'_>, size: Size| ranks::rank_bars(w, size, &years),
        is_decided
            .then(|| ranks_table(&view.ranks))
            .into_iter()
            .collect(),
    )
}

/// How much of all harm how few suspects hold.
pub fn concentration_figure(view: &HarmListPack, source: &str) -> Figure {
    let curve: Vec<_> = view
        .concentration
        .curve
        .iter()
        .map(|point| (point.suspects_percent, point.harm_percent))
        .collect();
    let list = &view.list;
    let listed_share = format::ratio(list.listed, list.suspects) * 100.0;
    let listed = list.harm_share().map(|harm| (listed_share, harm));
    let title = people::concentration(view);
    let description = format!(
        "Cumulative curve: share of suspects from the most harm down, against share of harm. {title}."
    );
    let note = format!("Share of all alleged harm, percent. {source}");
    let label = format!("the {} listed", format::count(list.listed));
    let draw = |words: Words<'_>, size: Size| {
        let point = listed.map(|point| (point, label.as_str()));
        concentration::concentration_curve(words, size, &curve, point)
    };
    let words = caption("concentration-chart", title, description, note);
    let numbers = vec![curve_table(&curve)];
    Figure::across(words, draw, numbers)
}

fn person_row(person: &Person) -> Vec<Cell> {
    let age = person
        .age
        .map_or_else(|| "[x]".to_owned(), |age| age.to_string());
    let last = format::plural(person.days_since_last_report.into(), "day", "days");
    vec![
        Cell::new(person.rank.to_string()).strong(true),
        Cell::new(people::rank_before(person)),
        suspect_cell(person),
        Cell::new(age),
        Cell::new(format::harm(person.score_days)).note(years(person.score_days)),
        Cell::new(person.allegations.to_string()),
        Cell::new(person.victims.to_string()),
        Cell::new(worst(person.worst_share_percent)),
        Cell::new(format!("{last} ago")),
    ]
}

fn suspect_cell(person: &Person) -> Cell {
    let mut ids = vec![person.nominal_id.clone()];
    ids.extend(person.other_identities.iter().cloned());
    let flags: Vec<String> = person
        .flags
        .iter()
        .filter(|flag| !matches!(flag, Flag::Merged))
        .map(people::flag)
        .collect();
    let mut cell = Cell::new(person.name.as_str())
        .target(format!("#person-{}", person.rank))
        .note(ids.join(", also "));
    if !flags.is_empty() {
        cell = cell.note(format::capitalised(&flags.join("; ")));
    }
    cell
}

fn contributions(person: &Person) -> Table {
    let columns = vec![
        Column::words("Allegation"),
        Column::figure("Harm, days"),
        Column::words("Reported"),
        Column::words("Status"),
    ];
    let caption = format!(
        "Counted: {} days over {}",
        format::harm(person.score_days),
        format::plural(
            person.contributions.len() as u64,
            "allegation",
            "allegations"
        )
    );
    let mut table = Table::new(&caption, columns);
    for row in &person.contributions {
        table.push(contribution_row(row));
    }
    table
}

fn contribution_row(row: &Contribution) -> Vec<Cell> {
    let mut particulars = format!("{}, code {}", row.crime_ref, row.ho_code);
    if row.is_domestic_abuse {
        particulars.push_str(", domestic abuse");
    }
    if row.was_under_18 {
        particulars.push_str(", under 18 at the time");
    }
    let product = format!("{} × {}", format::harm(row.weight_days), row.offence_count);
    let mut status = Cell::new(format::capitalised(&row.status));
    if let Some(outcome) = &row.outcome {
        status = status.note(outcome.as_str());
    }
    vec![
        Cell::new(format::capitalised(&row.offence))
            .note(particulars)
            .note(format!("weight: {}, {}", row.edition, row.weight_basis)),
        Cell::new(format::harm(row.days)).strong(true).note(product),
        Cell::new(format::date(row.reported_on)),
        status,
    ]
}

fn not_counted(rows: &[NotCounted]) -> Table {
    let columns = vec![
        Column::words("Allegation"),
        Column::words("Reported"),
        Column::words("Why it does not count"),
    ];
    let mut table = Table::new("Not counted", columns);
    for row in rows {
        table.push(vec![
            Cell::new(format::capitalised(&row.offence))
                .note(format!("{}, code {}", row.crime_ref, row.ho_code)),
            Cell::new(format::date(row.reported_on)),
            Cell::new(format::capitalised(&row.reason)),
        ]);
    }
    table
}

fn curve_table(curve: &[(f64, f64)]) -> Table {
    let columns = vec![
        Column::figure("Share of suspects"),
        Column::figure("Share of harm"),
    ];
    let mut table = Table::new("Cumulative share, most harm first", columns);
    let step = curve.len().div_ceil(CURVE_ROWS).max(1);
    let last = curve.len().saturating_sub(1);
    for (index, (suspects, harm)) in curve.iter().enumerate() {
        if index % step == 0 || index == last {
            table.push(vec![
                Cell::new(format::percent(*suspects)),
                Cell::new(format::percent(*harm)),
            ]);
        }
    }
    table
}

fn years(days: Decimal) -> String {
    format!("{} years", format::harm_years(days))
}

fn worst(share: f64) -> String {
    format!("{}%", format::number(share, 0))
}

/// One pair for each rank, nothing where a rank is left out.
fn years_by_rank(view: &HarmListPack) -> Vec<(f64, f64)> {
    (1..=view.list.listed)
        .map(|rank| {
            let row = view.ranks.iter().find(|row| u64::from(row.rank) == rank);
            row.map_or((0.0, 0.0), years_of_harm)
        })
        .collect()
}

fn years_of_harm(row: &RankRow) -> (f64, f64) {
    let years = row.score_days.to_f64().unwrap_or(0.0) / 365.0;
    (years, years * row.worst_share_percent / 100.0)
}
