//! A table in the plain text of a mail.

use super::Table;

/// The most characters of a cell in a text: one cell of a damaged file must not
/// widen every row, and a format's width has its own end, at 65,535.
const LONGEST: usize = 200;

impl Table {
    /// The table in plain text: aligned columns at most `width` wide when the
    /// figures allow it, the first column wrapped.
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
            let texts: Vec<String> = shown
                .iter()
                .map(|i| {
                    row.get(*i)
                        .map_or_else(String::new, |cell| cut(cell.text()))
                })
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
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
        let head = wrapped(texts.first().copied().unwrap_or_default(), head_width);
        for (number, part) in head.iter().enumerate() {
            let mut line = format!("{part:<head_width$}");
            if number + 1 == head.len() {
                for ((text, width), column) in texts[1..].iter().zip(widths).zip(columns) {
                    let cell = if self.columns[*column].is_figure() {
                        format!("  {text:>width$}")
                    } else {
                        format!("  {text:<width$}")
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
            .map(|cell| cell.text().chars().count())
            .chain([self.columns[column].title.chars().count()])
            .max()
            .unwrap_or(0)
            .min(LONGEST)
    }
}

/// A text of at most `LONGEST` characters, which says when it goes on.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

/// Words in lines of at most `width` characters; a longer word stays whole.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let length = line.chars().count();
        if length > 0 && length + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Cell, Column};

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
    fn a_cell_of_any_length_fits_into_a_text_table() {
        let columns = || {
            vec![
                Column::words("Source"),
                Column::words("State"),
                Column::figure("Rows"),
            ]
        };
        for length in [0, 199, 200, 201, 65_535, 65_536, 2_000_000] {
            let long = "é".repeat(length);
            let mut table = Table::new("c", columns());
            table.push(vec![Cell::new("crimes"), Cell::new(&*long), Cell::new("7")]);
            table.push(vec![Cell::new(&*long), Cell::new("late"), Cell::new(long)]);
            let text = table.to_text(72);
            let longest = text.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(3 * (LONGEST + 2)), "{length}: {longest:?}");
            assert_eq!(text.contains('…'), length > LONGEST, "{length}");
        }
    }

    #[test]
    fn an_empty_table_is_an_empty_text() {
        assert_eq!(Table::default().to_text(72), "");
    }

    #[test]
    fn words_are_wrapped_and_never_broken() {
        assert_eq!(
            wrapped("aaa bbb ccccccccc", 7),
            vec!["aaa bbb", "ccccccccc"]
        );
        assert_eq!(wrapped("", 7), vec![""]);
    }
}
