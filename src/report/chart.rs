//! Charts as SVG text: pure functions from figures to a drawing. Pages show
//! them inline, `png` turns them into pictures for mail. Every text is escaped
//! in `svg`, so a chart's string is safe to place in a page as it stands.

pub mod concentration;
pub mod daily;
pub mod labels;
pub mod monthly;
pub mod ranks;
pub mod scale;
pub mod spark;
pub mod svg;
pub mod xmr;

/// Colours in their fixed order, all at least 3:1 on white.
pub const BLUE: &str = "#12436D";
pub const TEAL: &str = "#28A197";
pub const PLUM: &str = "#801650";
pub const ORANGE: &str = "#F46A25";
/// Context that must still be readable as text, 7:1 on white.
pub const GREY: &str = "#595959";
/// Context that is drawn, not read.
pub const PALE: &str = "#B4B4B4";
pub const FAINT: &str = "#E4E4E4";
pub const INK: &str = "#1D1D1B";

/// Width and height in pixels at scale 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// What a chart says to those who cannot see it. `id` is unique in the page.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
}

impl Size {
    /// Across the page.
    pub const WIDE: Self = Self {
        width: 840.0,
        height: 250.0,
    };
    /// Across a telephone.
    pub const NARROW: Self = Self {
        width: 360.0,
        height: 230.0,
    };
    /// One of two side by side; fits a telephone as it is.
    pub const HALF: Self = Self {
        width: 400.0,
        height: 210.0,
    };
    /// In a mail.
    pub const MAIL: Self = Self {
        width: 520.0,
        height: 220.0,
    };
}
