//! How templates write what they are given (`askama.toml` names these).

use std::fmt::{Result, Write};

use askama::filters::Escaper;

use crate::model::control_chars;

/// HTML: no tag, and nothing that is not seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Html;

/// Plain text: nothing that is not seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text;

impl Escaper for Html {
    fn write_escaped_str<W: Write>(&self, dest: W, string: &str) -> Result {
        askama::filters::Html.write_escaped_str(dest, &control_chars::written_out(string))
    }
}

impl Escaper for Text {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> Result {
        dest.write_str(&control_chars::written_out(string))
    }
}
