//! A chart with its finding, its note and its numbers.

use anyhow::Result;

use crate::report::chart::{Size, Words};
use crate::report::png;
use crate::table::Table;

/// A picture the mail's HTML names as `cid:<cid>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineImage {
    pub cid: String,
    pub png: Vec<u8>,
    /// As shown; the picture has twice as many pixels.
    pub width: u32,
    pub height: u32,
    pub alt: String,
}

/// Pixels of a mail picture to one of the page.
const MAIL_SCALE: f32 = 2.0;

#[derive(Debug)]
pub struct Figure {
    pub id: String,
    /// The finding.
    pub title: String,
    pub description: String,
    /// Unit, source and as-of date.
    pub note: String,
    /// SVG made by `report::chart`, for a wide and for a narrow screen.
    pub wide: String,
    pub narrow: Option<String>,
    /// The drawing the mail's picture is made from, and its size.
    mail: String,
    mail_size: Size,
    /// The numbers drawn.
    pub numbers: Vec<Table>,
}

/// The words of a figure.
#[derive(Debug, Clone)]
pub struct Caption {
    pub id: String,
    pub title: String,
    pub description: String,
    pub note: String,
}

impl Figure {
    /// Draws the chart across the page, across a telephone, and for mail.
    pub fn across(
        caption: Caption,
        draw: impl Fn(Words<'_>, Size) -> String,
        numbers: Vec<Table>,
    ) -> Self {
        let wide = draw_as(&caption, "wide", Size::WIDE, &draw);
        let narrow = draw_as(&caption, "narrow", Size::NARROW, &draw);
        Self::build(caption, wide, Some(narrow), &draw, numbers)
    }

    /// Draws the chart once, at the size of one of two side by side.
    pub fn half(
        caption: Caption,
        draw: impl Fn(Words<'_>, Size) -> String,
        numbers: Vec<Table>,
    ) -> Self {
        let only = draw_as(&caption, "half", Size::HALF, &draw);
        Self::build(caption, only, None, &draw, numbers)
    }

    /// The picture for mail.
    pub fn picture(&self) -> Result<InlineImage> {
        Ok(InlineImage {
            cid: format!("{}@daybook", self.id),
            png: png::render(&self.mail, MAIL_SCALE)?,
            width: pixels(self.mail_size.width),
            height: pixels(self.mail_size.height),
            alt: without_brackets(&format!("{}. {}", self.title, self.description)),
        })
    }

    fn build(
        caption: Caption,
        wide: String,
        narrow: Option<String>,
        draw: &impl Fn(Words<'_>, Size) -> String,
        numbers: Vec<Table>,
    ) -> Self {
        let mail = draw_as(&caption, "mail", Size::MAIL, draw);
        Self {
            id: caption.id,
            title: caption.title,
            description: caption.description,
            note: caption.note,
            wide,
            narrow,
            mail,
            mail_size: Size::MAIL,
            numbers,
        }
    }
}

fn draw_as(
    caption: &Caption,
    suffix: &str,
    size: Size,
    draw: &impl Fn(Words<'_>, Size) -> String,
) -> String {
    let id = format!("{}-{suffix}", caption.id);
    let words = Words {
        id: &id,
        title: &caption.title,
        description: &caption.description,
    };
    draw(words, size)
}

/// Attributes come back from the style inliner with bare `<` and `>`: harmless
/// to a browser, but mail filters take them for markup.
fn without_brackets(text: &str) -> String {
    text.replace(['<', '>'], " ")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "chart sizes are small positive constants"
)]
fn pixels(length: f64) -> u32 {
    length.round() as u32
}

/// What a caption says of where its figures come from.
pub fn caption(id: &str, title: String, description: String, note: String) -> Caption {
    Caption {
        id: id.to_owned(),
        title,
        description,
        note,
    }
}
