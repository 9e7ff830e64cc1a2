//! One shape of table for page, mail and text.

/// Rows of cells under columns; the first cell of a row is its heading.
#[derive(Debug, Default)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
pub struct Column {
    pub title: String,
    pub kind: Kind,
    /// Left out on a telephone.
    pub is_wide_only: bool,
    /// Left out of mails and texts, as charts are.
    pub is_page_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Words,
    Figure,
    /// A word-sized chart; left out of mails and texts.
    Chart,
}

#[derive(Debug, Default)]
pub struct Cell {
    pub text: String,
    /// Smaller lines beneath the text.
    pub notes: Vec<String>,
    /// A word-sized chart made by `report::chart`.
    pub chart: Option<String>,
    /// A place in the page.
    pub target: Option<String>,
    /// Bold, for what stands out; never the only sign of it.
    pub is_strong: bool,
}

impl Table {
    #[must_use]
    pub fn new(caption: &str, columns: Vec<Column>) -> Self {
        Self {
            caption: caption.to_owned(),
            columns,
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// The table in plain text: aligned columns at most `width` wide when the
    /// figures allow it, the first column wrapped.
    #[must_use]
    pub fn to_text(&self, width: usize) -> String {
        let shown: Vec<usize> = (0..self.columns.len())
            .filter(|index| self.columns[*index].is_in_mail())
            .collect();
        let Some((&head, rest)) = shown.split_first() else {
            return String::new();
        };
        let widths: Vec<usize> = rest.iter().map(|index| self.text_width(*index)).collect();
        let taken: usize = widths.iter().map(|width| width + 2).sum();
        let wanted = self.text_width(head);
        let head_width = wanted.min(width.saturating_sub(taken).max(18));
        let mut lines = Vec::new();
        let titles: Vec<&str> = shown
            .iter()
            .map(|i| self.columns[*i].title.as_str())
            .collect();
        self.push_lines(&mut lines, &titles, head_width, &widths, rest);
        for row in &self.rows {
            let texts: Vec<&str> = shown
                .iter()
                .map(|i| row.get(*i).map_or("", |cell| cell.text.as_str()))
                .collect();
            self.push_lines(&mut lines, &texts, head_width, &widths, rest);
        }
        lines.join("\n")
    }

    fn push_lines(
        &self,
        lines: &mut Vec<String>,
        texts: &[&str],
        head_width: usize,
        widths: &[usize],
        columns: &[usize],
    ) {
        let head = super::mail::wrapped(texts.first().copied().unwrap_or_default(), head_width);
        for (number, part) in head.iter().enumerate() {
            let mut line = format!("{part:<head_width$}");
            if number + 1 == head.len() {
                for ((text, width), column) in texts[1..].iter().zip(widths).zip(columns) {
                    let cell = match self.columns[*column].kind {
                        Kind::Figure => format!("  {text:>width$}"),
                        Kind::Words | Kind::Chart => format!("  {text:<width$}"),
                    };
                    line.push_str(&cell);
                }
            }
            lines.push(line.trim_end().to_owned());
        }
    }

    fn text_width(&self, column: usize) -> usize {
        self.rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.text.chars().count())
            .chain([self.columns[column].title.chars().count()])
            .max()
            .unwrap_or(0)
    }
}

impl Column {
    #[must_use]
    pub fn words(title: &str) -> Self {
        Self::of(title, Kind::Words)
    }

    #[must_use]
    pub fn figure(title: &str) -> Self {
        Self::of(title, Kind::Figure)
    }

    #[must_use]
    pub fn chart(title: &str) -> Self {
        Self::of(title, Kind::Chart)
    }

    /// The same column, left out on a telephone, in mails and in texts.
    #[must_use]
    pub fn on_page(mut self) -> Self {
        self.is_page_only = true;
        self.on_wide()
    }

    /// The same column, left out in mails and in texts.
    #[must_use]
    pub fn on_page_only(mut self) -> Self {
        self.is_page_only = true;
        self
    }

    /// The same column, left out on a telephone.
    #[must_use]
    pub fn on_wide(mut self) -> Self {
        self.is_wide_only = true;
        self
    }

    #[must_use]
    pub fn is_figure(&self) -> bool {
        self.kind == Kind::Figure
    }

    #[must_use]
    pub fn is_in_mail(&self) -> bool {
        self.kind != Kind::Chart && !self.is_page_only
    }

    /// The CSS classes of the column's cells.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match (self.kind, self.is_wide_only) {
            (Kind::Figure, false) => "n",
            (Kind::Figure, true) => "n w",
            (Kind::Words, false) => "t",
            (Kind::Words, true) => "t w",
            (Kind::Chart, false) => "c",
            (Kind::Chart, true) => "c w",
        }
    }

    fn of(title: &str, kind: Kind) -> Self {
        Self {
            title: title.to_owned(),
            kind,
            is_wide_only: false,
            is_page_only: false,
        }
    }
}

impl Cell {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn chart(svg: String) -> Self {
        Self {
            chart: Some(svg),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    #[must_use]
    pub fn target(mut self, target: String) -> Self {
        self.target = Some(target);
        self
    }

    #[must_use]
    pub fn strong(mut self, is_strong: bool) -> Self {
        self.is_strong = is_strong;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_tables_align_figures_right_and_wrap_their_heads() {
        let columns = vec![
            Column::words("Group"),
            Column::chart("x"),
            Column::figure("20 Nov"),
        ];
        let mut table = Table::new("c", columns);
        let head = "Rape and serious sexual offences";
        table.push(vec![
            Cell::new(head),
            Cell::chart(String::new()),
            Cell::new("24"),
        ]);
        assert_eq!(
            table.to_text(32),
            "Group                     20 Nov\n\
             Rape and serious sexual\n\
             offences                      24"
        );
    }

    #[test]
    fn an_empty_table_is_an_empty_text() {
        assert_eq!(Table::default().to_text(72), "");
    }
}
