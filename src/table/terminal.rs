//! A table for a terminal: never wider than it, a row a line.
//!
//! Figures, dates and references are shown whole and words are cut. Columns for
//! which there is no room even so follow beneath, under the first column again.

use super::figure::{self, Parts};
use super::{Cell, Column, Kind, Table, letters};
use crate::model::control_chars;

/// Where a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// In letters.
    pub width: usize,
    /// Whether the titles are to stay in sight of who scrolls through it.
    pub repeats_titles: bool,
}

/// Rows after which titles are repeated.
const PAGE: usize = 40;

/// Fewer rows to a page say too little, in however many parts it is.
const LEAST_ROWS: usize = 8;

/// Between columns.
const GAP: usize = 2;

/// Room for words and for parted titles, where all of it is short.
const LEAST_WORDS: usize = 10;
const LEAST_TITLE: usize = 7;

/// A title of ours is no longer; those of a query may be.
const LONGEST_TITLE: usize = 60;

/// A reference of ours is no longer.
const LONGEST_CODE: usize = 24;

/// A column and the room that its cells take.
struct Measured<'a> {
    at: usize,
    column: &'a Column,
    /// Of quantities, before the point and from it on.
    whole: usize,
    rest: usize,
    /// Of any cell.
    cells: usize,
}

/// A column in the part of a table where it is shown.
type Laid<'a> = (&'a Measured<'a>, usize);

impl Table {
    /// The table in lines of at most the screen's width.
    pub fn to_terminal(&self, screen: Screen) -> String {
        let columns = self.measured();
        let parts = parts(&columns, screen.width);
        let page = match parts.len() {
            0 => return String::new(),
            1 if screen.repeats_titles => PAGE,
            1 => usize::MAX,
            parts => (PAGE / parts).max(LEAST_ROWS),
        };
        let mut text = String::new();
        let mut pages = self.rows.chunks(page.min(self.rows.len().max(1)));
        // A table of no rows has its titles all the same.
        let mut rows = pages.next().unwrap_or_default();
        loop {
            for part in &parts {
                push_titles(&mut text, part);
                for row in rows {
                    push_row(&mut text, part, row);
                }
            }
            match pages.next() {
                Some(next) => rows = next,
                None => break,
            }
        }
        let width = parts.last().map_or(0, |part| width_of(part));
        text.push_str(&"─".repeat(width));
        text
    }

    fn measured(&self) -> Vec<Measured<'_>> {
        let shown = self.columns.iter().enumerate();
        let shown = shown.filter(|(_, column)| column.is_in_mail());
        shown
            .map(|(at, column)| {
                let mut measured = Measured {
                    at,
                    column,
                    whole: 0,
                    rest: 0,
                    cells: 0,
                };
                for row in &self.rows {
                    measured.take(row.get(at));
                }
                measured.cells = measured.cells.max(measured.whole + measured.rest);
                measured
            })
            .collect()
    }
}

impl Measured<'_> {
    fn take(&mut self, cell: Option<&Cell>) {
        let text = cell.map_or("", Cell::text);
        match self.parts(text) {
            Some(parts) => {
                self.whole = self.whole.max(letters::width(&parts.whole));
                self.rest = self.rest.max(parts.rest.len());
            }
            None => {
                self.cells = self
                    .cells
                    .max(letters::width(&control_chars::in_one_line(text)));
            }
        }
    }

    fn parts(&self, text: &str) -> Option<Parts> {
        let is_quantity = self.column.kind == Kind::Figure;
        is_quantity.then(|| figure::parts(text)).flatten()
    }

    /// The least room in which it says something.
    fn least(&self) -> usize {
        let cells = match self.column.kind {
            Kind::Words | Kind::Chart => self.cells.min(LEAST_WORDS),
            Kind::Code => self.cells.min(LONGEST_CODE),
            _ => self.cells,
        };
        cells.max(self.longest_word().min(LEAST_TITLE)).max(1)
    }

    /// The room in which no cell is cut and no word of the title parted.
    fn wanted(&self) -> usize {
        self.cells.max(self.longest_word()).max(1)
    }

    /// The room in which the title stands in one line, too.
    fn most(&self) -> usize {
        self.wanted().max(letters::width(&self.title()))
    }

    fn title(&self) -> String {
        letters::cut(
            &control_chars::in_one_line(&self.column.title),
            LONGEST_TITLE,
        )
    }

    fn longest_word(&self) -> usize {
        letters::widest_piece(&self.title())
    }

    fn shown(&self, cell: Option<&Cell>, width: usize) -> String {
        let text = cell.map_or("", Cell::text);
        let Some(parts) = self.parts(text) else {
            let cut = letters::cut(&control_chars::in_one_line(text), width);
            return padded(&cut, width, self.column.is_figure());
        };
        let after = " ".repeat(self.rest - parts.rest.len());
        let figure = format!("{}{}{after}", parts.whole, parts.rest);
        padded(&letters::cut(&figure, width), width, true)
    }
}

/// The columns in as many parts as it takes, each with the room that it gets.
fn parts<'a>(columns: &'a [Measured<'a>], width: usize) -> Vec<Vec<Laid<'a>>> {
    let Some((key, others)) = columns.split_first() else {
        return Vec::new();
    };
    // What names a row is cut as little as a reference.
    let key_least = key.least().max(key.cells.min(LONGEST_CODE)).min(width / 2);
    let room = width.saturating_sub(key_least);
    let mut parts = vec![vec![(key, key_least)]];
    let mut left = room;
    for column in others {
        let least = column.least().min(room.saturating_sub(GAP).max(1));
        if least + GAP > left {
            parts.push(vec![(key, key_least)]);
            left = room;
        }
        left = left.saturating_sub(least + GAP);
        if let Some(part) = parts.last_mut() {
            part.push((column, least));
        }
    }
    for part in &mut parts {
        widen(part, width, Measured::wanted);
        widen(part, width, Measured::most);
    }
    parts
}

/// Shares what room is left among the columns that could do with it, the
/// narrowest first.
fn widen<'a>(part: &mut [Laid<'a>], width: usize, to: impl Fn(&Measured<'a>) -> usize) {
    let to: Vec<usize> = part.iter().map(|(column, _)| to(column)).collect();
    for _ in width_of(part)..width {
        let rooms = part.iter_mut().map(|(_, room)| room).zip(&to);
        let narrow = rooms.filter(|(room, to)| **room < **to);
        match narrow.min_by_key(|(room, _)| **room) {
            Some((room, _)) => *room += 1,
            None => return,
        }
    }
}

fn width_of(part: &[Laid<'_>]) -> usize {
    let cells: usize = part.iter().map(|(_, room)| room).sum();
    cells + GAP * part.len().saturating_sub(1)
}

/// The titles between two lines, those of several lines standing on the lower.
fn push_titles(text: &mut String, part: &[Laid<'_>]) {
    let titles: Vec<Vec<String>> = part
        .iter()
        .map(|(column, room)| letters::lines(&column.title(), *room))
        .collect();
    let height = titles.iter().map(Vec::len).max().unwrap_or(0);
    push_line(text, &["─".repeat(width_of(part))]);
    for line in 0..height {
        let cells = titles.iter().zip(part).map(|(title, (column, room))| {
            let at = (line + title.len()).checked_sub(height);
            let words = at.map_or("", |at| &title[at]);
            padded(words, *room, column.column.is_figure())
        });
        push_line(text, &cells.collect::<Vec<_>>());
    }
    push_line(text, &["═".repeat(width_of(part))]);
}

fn push_row(text: &mut String, part: &[Laid<'_>], row: &[Cell]) {
    let cells = part
        .iter()
        .map(|(column, room)| column.shown(row.get(column.at), *room));
    push_line(text, &cells.collect::<Vec<_>>());
}

fn push_line(text: &mut String, cells: &[String]) {
    text.push_str(cells.join(&" ".repeat(GAP)).trim_end());
    text.push('\n');
}

fn padded(text: &str, width: usize, is_right: bool) -> String {
    let room = " ".repeat(width.saturating_sub(letters::width(text)));
    if is_right {
        format!("{room}{text}")
    } else {
        format!("{text}{room}")
    }
}

#[cfg(test)]
mod tests;
