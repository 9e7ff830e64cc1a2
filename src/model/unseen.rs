//! Characters that are not seen but change what is.

/// Whether a character moves a terminal's cursor, or turns the direction of
/// the text after it: neither belongs to a name, an identifier or a reason.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text with such characters written out, save for line ends and tabs.
pub fn written_out(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) && c != '\n' && c != '\t' {
            plain.extend(c.escape_unicode());
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
}
