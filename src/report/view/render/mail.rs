//! What only mail needs: inlined styles, wrapped text, a subject in one line.

use anyhow::{Context, Result};

use crate::table::text::wrapped;

/// Plain text is wrapped at this many characters.
pub const TEXT_WIDTH: usize = 72;

/// The HTML with its styles written into each element, and no style sheet.
pub fn html(page: &str) -> Result<String> {
    css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .keep_style_tags(false)
        .minify_css(true)
        .build()
        .inline(page)
        .context("the mail's styles could not be inlined")
}

/// One line without control characters, so that nothing can start a header.
pub fn subject(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No trailing spaces, never more than one empty line, one newline at the end.
pub fn text(body: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim_end) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// A paragraph wrapped at `TEXT_WIDTH`, later lines indented by `indent`.
pub fn paragraph(text: &str, indent: usize) -> String {
    let lines = wrapped(text, TEXT_WIDTH - indent);
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_cannot_carry_a_second_header() {
        assert_eq!(subject("A\r\nBcc: x@example.org\n"), "A Bcc: x@example.org");
    }

    #[test]
    fn empty_lines_do_not_pile_up() {
        assert_eq!(text("\n\na  \n\n\nb\n\n"), "a\n\nb\n");
    }

    #[test]
    fn styles_end_up_in_the_elements() {
        let page = "<html><head><style>p{color:#12436D}</style></head><body><p>x</p></body></html>";
        let inlined = html(page).expect("inlines");
        assert!(inlined.contains("<p style=\"color:#12436D"), "{inlined}");
        assert!(!inlined.contains("<style"));
    }
}
