//! A small writer of SVG: every number is finite, every text is escaped.

use std::fmt::Write;

use super::{GREY, Size, Words};
use crate::model::control_chars;

/// The page's own fonts first; pictures for mail are drawn with the last.
const FONT: &str = "system-ui, -apple-system, Segoe UI, Roboto, Arial, DejaVu Sans, sans-serif";

pub struct Svg {
    out: String,
}

/// How a text sits on its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Size, weight and colour of a text.
#[derive(Debug, Clone, Copy)]
pub struct Ink<'a> {
    pub size: f64,
    pub bold: bool,
    pub colour: &'a str,
}

/// Width, colour and dashes of a line.
#[derive(Debug, Clone, Copy)]
pub struct Stroke<'a> {
    pub width: f64,
    pub colour: &'a str,
    pub dashes: Option<&'a str>,
}

impl<'a> Ink<'a> {
    pub const AXIS: Self = Self {
        size: 12.0,
        bold: false,
        colour: GREY,
    };

    pub fn bold(colour: &'a str) -> Self {
        Self {
            size: 13.0,
            bold: true,
            colour,
        }
    }
}

impl<'a> Stroke<'a> {
    pub fn solid(width: f64, colour: &'a str) -> Self {
        Self {
            width,
            colour,
            dashes: None,
        }
    }

    pub fn dashed(width: f64, colour: &'a str) -> Self {
        Self {
            width,
            colour,
            dashes: Some("4 3"),
        }
    }
}

impl Svg {
    /// A drawing that speaks for itself to a screen reader.
    pub fn picture(size: Size, words: Words<'_>) -> Self {
        let id = escape(words.id);
        let mut svg = Self { out: String::new() };
        svg.push(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" \
             width=\"{w}\" height=\"{h}\" font-family=\"{FONT}\" role=\"img\" \
             aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{title}</title>\
             <desc id=\"{id}-d\">{description}</desc>",
            w = finite(size.width),
            h = finite(size.height),
            title = escape(words.title),
            description = escape(words.description),
        ));
        svg
    }

    /// A drawing beside the same figures in words, hidden from screen readers.
    pub fn decoration(size: Size) -> Self {
        let mut svg = Self { out: String::new() };
        svg.push(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" \
             width=\"{w}\" height=\"{h}\" aria-hidden=\"true\">",
            w = finite(size.width),
            h = finite(size.height),
        ));
        svg
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke<'_>) {
        self.push(format_args!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>",
            finite(from.0),
            finite(from.1),
            finite(to.0),
            finite(to.1),
            stroke_attributes(stroke),
        ));
    }

    /// Joined points; nothing when there are fewer than two.
    pub fn polyline(&mut self, points: &[(f64, f64)], stroke: Stroke<'_>) {
        if points.len() < 2 {
            return;
        }
        self.push(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke-linejoin=\"round\"{}/>",
            joined(points),
            stroke_attributes(stroke),
        ));
    }

    pub fn polygon(&mut self, points: &[(f64, f64)], fill: &str, outline: Option<Stroke<'_>>) {
        self.push(format_args!(
            "<polygon points=\"{}\" fill=\"{}\"{}/>",
            joined(points),
            escape(fill),
            outline.map(stroke_attributes).unwrap_or_default(),
        ));
    }

    pub fn rect(&mut self, corner: (f64, f64), size: (f64, f64), fill: &str) {
        self.push(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
            finite(corner.0),
            finite(corner.1),
            finite(size.0.max(0.0)),
            finite(size.1.max(0.0)),
            escape(fill),
        ));
    }

    pub fn dot(&mut self, at: (f64, f64), radius: f64, fill: &str, outline: Option<Stroke<'_>>) {
        self.push(format_args!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"{}/>",
            finite(at.0),
            finite(at.1),
            finite(radius),
            escape(fill),
            outline.map(stroke_attributes).unwrap_or_default(),
        ));
    }

    /// A square on its corner: the shape of a signal.
    pub fn diamond(&mut self, at: (f64, f64), radius: f64, fill: &str) {
        let (x, y) = at;
        let corners = [
            (x, y - radius),
            (x + radius, y),
            (x, y + radius),
            (x - radius, y),
        ];
        self.polygon(&corners, fill, Some(Stroke::solid(1.0, "#FFFFFF")));
    }

    /// A text with a white edge, so that it stays readable over a line.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, ink: Ink<'_>, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if ink.bold { " font-weight=\"700\"" } else { "" };
        self.push(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"{}\"{weight} \
             fill=\"{}\" stroke=\"#FFFFFF\" stroke-width=\"3\" stroke-linejoin=\"round\" \
             paint-order=\"stroke\">{}</text>",
            finite(at.0),
            finite(at.1),
            finite(ink.size),
            escape(ink.colour),
            escape(text),
        ));
    }

    pub fn finish(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    fn push(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.out
            .write_fmt(arguments)
            .expect("writing to a string cannot fail");
    }
}

/// Text and attribute values alike; what is not seen is written out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' | '\u{FFFE}' | '\u{FFFF}' => escaped.push(' '),
            c if control_chars::is_unseen(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A coordinate with at most one decimal; what is not a number becomes 0.
fn finite(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 {
        "0".to_owned()
    } else {
        rounded.to_string()
    }
}

fn joined(points: &[(f64, f64)]) -> String {
    points
        .iter()
        .map(|(x, y)| format!("{},{}", finite(*x), finite(*y)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn stroke_attributes(stroke: Stroke<'_>) -> String {
    let dashes = stroke
        .dashes
        .map(|dashes| format!(" stroke-dasharray=\"{}\"", escape(dashes)))
        .unwrap_or_default();
    format!(
        " stroke=\"{}\" stroke-width=\"{}\"{dashes}",
        escape(stroke.colour),
        finite(stroke.width),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_everywhere() {
        let words = Words {
            id: "a\"b",
            title: "<script>",
            description: "Robert\"); DROP & 'x'\u{7}",
        };
        let mut svg = Svg::picture(Size::HALF, words);
        svg.text((1.0, 1.0), Anchor::Start, Ink::AXIS, "</text><script>");
        let out = svg.finish();
        assert!(!out.contains("<script>"));
        assert!(out.contains("&lt;/text&gt;&lt;script&gt;"));
        assert!(out.contains("DROP &amp; &#39;x&#39;\\u{7}"));
        assert!(out.contains("id=\"a&quot;b-t\""));
    }

    #[test]
    fn coordinates_are_always_numbers() {
        let mut svg = Svg::decoration(Size::HALF);
        svg.line(
            (f64::NAN, f64::INFINITY),
            (-0.01, 1.25),
            Stroke::solid(1.0, GREY),
        );
        let out = svg.finish();
        assert!(out.contains("x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1.3\""));
    }
}
