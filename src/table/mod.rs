//! One table, from rows and definitions of columns to pages, mails, terminals,
//! CSV and JSON: what reports render and what commands print.

mod data;
pub mod figure;
mod letters;
pub mod terminal;
pub mod text;

/// Rows of cells under columns; the first cell of a row is its heading. A row
/// that ends early has nothing under the columns that are left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    pub kind: Kind,
    pub place: Place,
    /// Left out on a telephone.
    pub is_wide_only: bool,
}

/// What the cells of a column are, which says how they are laid out and what a
/// program reads of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// May be cut where room is short.
    Words,
    /// A quantity: to the right, thousands grouped, decimals under one another.
    Figure,
    /// A number that counts nothing, as an identifier, a rank or a year.
    Number,
    /// `true` or `false`.
    Flag,
    /// A day, a month or a moment.
    Date,
    /// What is looked up or copied, as a reference; cut only where it is longer
    /// than any of ours.
    Code,
    /// A word-sized chart; on pages alone.
    Chart,
}

/// Where a column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Everywhere,
    /// Left out of mails and texts, as charts are.
    Page,
    /// For readers: left out of CSV and JSON.
    Screen,
    /// For programs: in CSV and JSON alone.
    Data,
}

/// What stands in a row under a column. Most cells are text alone, and a result
/// may have millions, so that the rest lies apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    text: Option<String>,
    more: Option<Box<More>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct More {
    /// What a program reads instead of the text.
    value: Option<String>,
    /// Smaller lines beneath the text.
    notes: Vec<String>,
    /// A word-sized chart made by `report::chart`.
    chart: Option<String>,
    /// A place in the page.
    target: Option<String>,
    /// Bold, for what stands out; never the only sign of it.
    is_strong: bool,
}

impl Table {
    pub fn new(caption: &str, columns: Vec<Column>) -> Self {
        Self {
            caption: caption.to_owned(),
            columns,
            rows: Vec::new(),
        }
    }

    /// A table that needs no caption: what is printed above says what it is.
    pub fn of(columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        Self {
            caption: String::new(),
            columns,
            rows,
        }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }
}

impl Column {
    pub fn words(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Words)
    }

    pub fn figure(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Figure)
    }

    pub fn number(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Number)
    }

    pub fn flag(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Flag)
    }

    pub fn date(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Date)
    }

    pub fn code(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Code)
    }

    pub fn chart(title: impl Into<String>) -> Self {
        Self::of(title, Kind::Chart)
    }

    pub fn of(title: impl Into<String>, kind: Kind) -> Self {
        Self {
            title: title.into(),
            kind,
            place: Place::Everywhere,
            is_wide_only: false,
        }
    }

    /// The same column, left out on a telephone, in mails and in texts.
    #[must_use]
    pub fn on_page(self) -> Self {
        self.on_page_only().on_wide()
    }

    /// The same column, left out in mails and in texts.
    #[must_use]
    pub fn on_page_only(mut self) -> Self {
        self.place = Place::Page;
        self
    }

    /// The same column, left out on a telephone.
    #[must_use]
    pub fn on_wide(mut self) -> Self {
        self.is_wide_only = true;
        self
    }

    /// The same column, left out of CSV and JSON.
    #[must_use]
    pub fn on_screen_only(mut self) -> Self {
        self.place = Place::Screen;
        self
    }

    /// The same column, in CSV and JSON alone.
    #[must_use]
    pub fn in_data_only(mut self) -> Self {
        self.place = Place::Data;
        self
    }

    /// Whether its cells stand to the right.
    pub fn is_figure(&self) -> bool {
        matches!(self.kind, Kind::Figure | Kind::Number)
    }

    pub fn is_on_page(&self) -> bool {
        self.place != Place::Data
    }

    pub fn is_in_mail(&self) -> bool {
        self.kind != Kind::Chart && matches!(self.place, Place::Everywhere | Place::Screen)
    }

    fn is_in_data(&self) -> bool {
        self.kind != Kind::Chart && self.place != Place::Screen
    }

    /// The CSS classes of the column's cells.
    pub fn class(&self) -> &'static str {
        match (self.kind, self.is_wide_only) {
            (Kind::Figure | Kind::Number, false) => "n",
            (Kind::Figure | Kind::Number, true) => "n w",
            (Kind::Chart, false) => "c",
            (Kind::Chart, true) => "c w",
            (_, false) => "t",
            (_, true) => "t w",
        }
    }
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Self {
        Self::from(Some(text.into()))
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
    pub fn of(value: impl ToString) -> Self {
        Self::new(value.to_string())
    }

    /// Nothing where there is no value, which is not the same as an empty text.
    pub fn maybe(value: Option<impl ToString>) -> Self {
        Self {
            text: value.map(|value| value.to_string()),
            more: None,
        }
    }

    pub fn chart(svg: String) -> Self {
        let mut cell = Self::new("");
        cell.more().chart = Some(svg);
        cell
    }

    /// The same cell, of which a program reads this.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
    pub fn read_as(mut self, value: impl ToString) -> Self {
        self.more().value = Some(value.to_string());
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.more().notes.push(note.into());
        self
    }

    #[must_use]
    pub fn target(mut self, target: String) -> Self {
        self.more().target = Some(target);
        self
    }

    #[must_use]
    pub fn strong(mut self, is_strong: bool) -> Self {
        if is_strong {
            self.more().is_strong = true;
        }
        self
    }

    /// What a reader sees.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// What a program reads, if there is a value.
    pub fn value(&self) -> Option<&str> {
        let instead = self.more.as_ref().and_then(|more| more.value.as_deref());
        instead.or(self.text.as_deref())
    }

    pub fn notes(&self) -> &[String] {
        match &self.more {
            Some(more) => &more.notes,
            None => &[],
        }
    }

    pub fn drawing(&self) -> Option<&str> {
        self.more.as_ref()?.chart.as_deref()
    }

    pub fn link(&self) -> Option<&str> {
        self.more.as_ref()?.target.as_deref()
    }

    pub fn is_strong(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.is_strong)
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        Self { text, more: None }
    }
}
