//! Letters as a terminal shows them: some are two columns wide, some are made
//! of several characters, and none is cut in two.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How many columns a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    // Letter by letter, as a text is cut: pairs that some terminals draw as one
    // count as two.
    text.graphemes(true)
        .map(unicode_width::UnicodeWidthStr::width)
        .sum()
}

/// A text of at most so many columns, which says when it goes on.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = first(text, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    kept
}

/// The first letters of a text, as many as fit.
pub(super) fn first(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for (at, letter) in text.grapheme_indices(true) {
        taken += letter.width();
        if taken > columns {
            return &text[..at];
        }
    }
    text
}

/// A text in lines of at most so many columns, parted between words and after
/// the underscores of a name; what is longer is parted by a hyphen.
pub(super) fn lines(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for (begins_word, mut piece) in pieces(text) {
        let space = if begins_word && !line.is_empty() {
            " "
        } else {
            ""
        };
        if !line.is_empty() && width(&line) + space.len() + width(piece) > columns {
            lines.push(std::mem::take(&mut line));
        } else {
            line.push_str(space);
        }
        while first(piece, columns).len() < piece.len() {
            let (begins, hyphen) = beginning(piece, columns);
            lines.push(format!("{begins}{hyphen}"));
            piece = &piece[begins.len()..];
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines
}

/// The widest part of a text that `lines` keeps whole where it can.
pub(super) fn widest_piece(text: &str) -> usize {
    let widths = pieces(text).map(|(_, piece)| width(piece));
    widths.max().unwrap_or(0)
}

/// What a text is parted into, and whether a word begins with it.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split_whitespace().flat_map(|word| {
        let parts = word.split_inclusive('_').enumerate();
        parts.map(|(at, piece)| (at == 0, piece))
    })
}

/// As much of a word as a line holds, with the hyphen that follows.
fn beginning(word: &str, columns: usize) -> (&str, &'static str) {
    match (first(word, columns - 1), first(word, columns)) {
        // One wide letter fills the line, or does not even fit.
        ("", "") => (word.graphemes(true).next().unwrap_or(word), ""),
        ("", letter) => (letter, ""),
        (begins, _) => (begins, "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_two_columns_and_marks_none() {
        assert_eq!(width("Zoë"), 3);
        assert_eq!(width("Zoe\u{308}"), 3);
        assert_eq!(width("東京"), 4);
        assert_eq!(width("한국"), 4);
        assert_eq!(width("…"), 1);
    }

    #[test]
    fn a_letter_is_never_cut_from_its_marks_nor_in_half() {
        let marked = "e\u{301}\u{323}e\u{301}\u{323}e\u{301}\u{323}e\u{301}\u{323}";
        assert_eq!(cut(marked, 4), marked);
        assert_eq!(cut(marked, 3), "e\u{301}\u{323}e\u{301}\u{323}…");
        assert_eq!(cut("東京都", 6), "東京都");
        assert_eq!(cut("東京都", 5), "東京…");
        // Half a letter would fit.
        assert_eq!(cut("東京都", 4), "東…");
        assert_eq!(cut("東京都", 1), "…");
        assert_eq!(cut("東京都", 0), "");
        assert_eq!(cut("a b c", 3), "a…");
    }

    #[test]
    fn lines_part_between_words_and_long_words_by_a_hyphen() {
        assert_eq!(lines("rank (other rules)", 7), ["rank", "(other", "rules)"]);
        assert_eq!(lines("allegations", 7), ["allega-", "tions"]);
        assert_eq!(lines("crime_key", 7), ["crime_", "key"]);
        assert_eq!(lines("is_vawg so", 10), ["is_vawg so"]);
        assert_eq!(widest_piece("has_female_victim of"), 7);
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("東京都", 2), ["東", "京", "都"]);
    }
}
