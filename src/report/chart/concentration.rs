//! How much of all harm how few suspects hold: the cumulative curve, with the
//! people listed as a point on it.

use super::labels::text_width;
use super::scale::Scale;
use super::svg::{Anchor, Ink, Stroke, Svg};
use super::{BLUE, FAINT, GREY, ORANGE, Size, Words};
use crate::report::format;

const TOP: f64 = 14.0;
const FOOT: f64 = 44.0;

/// Both shares run from 0 to 100; `listed` is the point of the people listed.
pub fn concentration_curve(
    words: Words<'_>,
    size: Size,
    curve: &[(f64, f64)],
    listed: Option<((f64, f64), &str)>,
) -> String {
    let mut svg = Svg::picture(size, words);
    let left = 12.0 + text_width("100%", 12.0, false);
    let x = Scale::new(0.0, 100.0, left, size.width - 22.0);
    let y = Scale::new(0.0, 100.0, size.height - FOOT, TOP);
    draw_axes(&mut svg, size, left, x, y);
    let line: Vec<_> = with_ends(curve)
        .iter()
        .map(|(suspects, harm)| (x.at(*suspects), y.at(*harm)))
        .collect();
    svg.polyline(&line, Stroke::solid(2.5, BLUE));
    if let Some(((suspects, harm), text)) = listed {
        let at = (x.at(suspects), y.at(harm));
        svg.diamond(at, 7.0, ORANGE);
        svg.text(
            (at.0 + 14.0, at.1 + 5.0),
            Anchor::Start,
            Ink::bold(BLUE),
            text,
        );
    }
    svg.finish()
}

fn draw_axes(svg: &mut Svg, size: Size, left: f64, x: Scale, y: Scale) {
    let right = size.width - 22.0;
    let base = size.height - FOOT;
    for mark in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let text = format!("{}%", format::number(mark, 0));
        let (column, row) = (x.at(mark), y.at(mark));
        svg.line((left, row), (right, row), Stroke::solid(1.0, FAINT));
        svg.text((left - 6.0, row + 4.0), Anchor::End, Ink::AXIS, &text);
        svg.text((column, base + 17.0), Anchor::Middle, Ink::AXIS, &text);
    }
    let foot = (left, size.height - 8.0);
    let title = "share of suspects, most harm first";
    svg.text(foot, Anchor::Start, Ink::AXIS, title);
    svg.line((left, base), (right, TOP), Stroke::dashed(1.0, GREY));
    let equal = (x.at(74.0), y.at(60.0));
    svg.text(equal, Anchor::Start, Ink::AXIS, "equal shares");
}

/// Starts at nothing and ends at everything, without what is not a number.
fn with_ends(curve: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut line = vec![(0.0, 0.0)];
    line.extend(
        curve
            .iter()
            .filter(|(suspects, harm)| suspects.is_finite() && harm.is_finite())
            .map(|(suspects, harm)| (suspects.clamp(0.0, 100.0), harm.clamp(0.0, 100.0))),
    );
    line.push((100.0, 100.0));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words {
        id: "c",
        title: "t",
        description: "d",
    };

    #[test]
    fn the_curve_has_both_ends_and_no_strays() {
        let line = with_ends(&[(0.3, 41.0), (f64::NAN, 3.0), (50.0, 120.0)]);
        assert_eq!(
            line,
            vec![(0.0, 0.0), (0.3, 41.0), (50.0, 100.0), (100.0, 100.0)]
        );
    }

    #[test]
    fn an_empty_curve_is_still_a_picture() {
        let svg = concentration_curve(WORDS, Size::NARROW, &[], None);
        assert!(!svg.contains("NaN"));
        assert!(svg.ends_with("</svg>"));
    }
}
