//! Characters that are not seen but change what is: the one place that knows
//! them, for names on their way in and for every page, file and terminal on
//! their way out.

use std::fmt::Write as _;

/// Letters that move a terminal's cursor, end a line where none is seen to end,
/// turn the direction of the text after them, or take no room at all: none of
/// them belongs to a name, an identifier or a reason. Control letters are more.
const RANGES: [(char, char); 19] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{13430}', '\u{13440}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

pub fn is_unseen(c: char) -> bool {
    c.is_control() || RANGES.iter().any(|(from, to)| (*from..=*to).contains(&c))
}

/// The same letters inside the brackets of a regular expression.
pub fn class() -> String {
    let mut class = "\\p{Cc}".to_owned();
    for (from, to) in RANGES {
        write!(class, "\\x{{{:x}}}-\\x{{{:x}}}", from as u32, to as u32)
            .expect("writing to a string cannot fail");
    }
    class
}

/// A text with such characters written out, save for line ends and tabs.
pub fn written_out(text: &str) -> String {
    replaced(
        text,
        |c| c == '\n' || c == '\t',
        |plain, c| {
            plain.extend(c.escape_unicode());
        },
    )
}

/// A text in one line: its line ends are written out too.
pub fn in_one_line(text: &str) -> String {
    replaced(
        text,
        |_| false,
        |line, c| match c {
            '\n' => line.push_str("\\n"),
            '\t' => line.push_str("\\t"),
            c => line.extend(c.escape_unicode()),
        },
    )
}

/// JSON with such characters of its texts as JSON writes them out. The line
/// ends between its parts stay.
pub fn in_json(json: &str) -> String {
    replaced(
        json,
        |c| c == '\n',
        |plain, c| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(plain, "\\u{unit:04x}").expect("writing to a string cannot fail");
            }
        },
    )
}

/// A text for a cell of a CSV file, which a spreadsheet may open: written out,
/// and with an apostrophe before what the spreadsheet would work out.
pub fn in_cell(text: &str) -> String {
    let cell = written_out(text);
    if is_like_formula(text) {
        format!("'{cell}")
    } else {
        cell
    }
}

/// Whether a spreadsheet might take a text for a formula. The wide forms count:
/// some input methods turn them into the plain ones.
fn is_like_formula(text: &str) -> bool {
    let begins = |c: char| "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(c);
    text.starts_with(['\t', '\r']) || text.trim_start().starts_with(begins)
}

fn replaced(text: &str, stays: impl Fn(char) -> bool, write: impl Fn(&mut String, char)) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) && !stays(c) {
            write(&mut plain, c);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(
            written_out("a\u{1b}[2J\u{202e}b\tc\nd \u{e9}"),
            "a\\u{1b}[2J\\u{202e}b\tc\nd \u{e9}"
        );
    }

    #[test]
    fn every_mark_that_turns_hides_or_ends_is_known() {
        let marks = "\0\u{7}\u{1b}\u{7f}\u{85}\u{9b}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\
                     \u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
                     \u{2060}\u{2064}\u{2066}\u{2067}\u{2068}\u{2069}\u{206a}\u{206f}\u{feff}\
                     \u{fff9}\u{e0001}\u{e0041}";
        assert_eq!(marks.chars().filter(|c| is_unseen(*c)).count(), 32);
        assert_eq!(marks.chars().count(), 32);
        let names = "Zoë O'Neill-Ng \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{62d}\u{645}\u{62f} \u{a0}\u{2019}";
        assert!(!names.chars().any(is_unseen));
    }

    #[test]
    fn the_letters_of_the_class_are_the_letters_that_are_not_seen() {
        let class = regex::Regex::new(&format!("^[{}]$", class())).unwrap();
        for (from, to) in RANGES {
            assert!(is_unseen(from) && is_unseen(to));
            for c in [from, to] {
                assert!(class.is_match(&c.to_string()), "{c:?}");
            }
        }
        for c in ['a', 'é', ' ', '\u{a0}', '\u{200a}', '\u{2190}', '-'] {
            assert!(!is_unseen(c) && !class.is_match(&c.to_string()), "{c:?}");
        }
    }

    #[test]
    fn a_log_line_stays_one_line() {
        assert_eq!(in_one_line("a\nb\tc\rd"), "a\\nb\\tc\\u{d}d");
    }

    #[test]
    fn json_stays_json_and_says_the_same() {
        let texts = ["\u{9b}31m", "\u{202e}x", "\u{7f}", "\u{e0041}", "\u{1b}\n"];
        let told = in_json(&serde_json::to_string_pretty(&texts).unwrap());
        assert!(!told.chars().any(|c| is_unseen(c) && c != '\n'), "{told}");
        assert!(told.contains("\\u009b31m") && told.contains("\\udb40\\udc41"));
        let read: Vec<String> = serde_json::from_str(&told).unwrap();
        assert_eq!(read, texts);
    }

    #[test]
    fn a_cell_that_begins_like_a_formula_is_text() {
        for formula in [
            "=1+1",
            "+44 20",
            "-5",
            "@x",
            "\t=1",
            "\r=1",
            " =1",
            "\n=1",
            "\u{ff1d}1",
        ] {
            assert!(in_cell(formula).starts_with('\''), "{formula:?}");
        }
        for text in ["a=1", "'=1", "", "5-", "[c]", "\u{2212}5"] {
            assert_eq!(in_cell(text), text);
        }
        assert_eq!(in_cell("\r=1"), "'\\u{d}=1");
    }
}
