//! Harm by rank: one bar a person, from the first to the cut.

use super::labels::text_width;
use super::scale::{Scale, extent, ticks};
use super::svg::{Anchor, Ink, Stroke, Svg};
use super::{BLUE, FAINT, GREY, Size, Words};
use crate::report::format;

/// Room for the unit over the axis.
const TOP: f64 = 28.0;
const FOOT: f64 = 44.0;
/// The part of a bar that is not the worst allegation.
const REST: &str = "#9DB4C8";

/// Years of harm in rank order, each with the part of its worst allegation.
pub fn rank_bars(words: Words<'_>, size: Size, years: &[(f64, f64)]) -> String {
    let mut svg = Svg::picture(size, words);
    let Some((_, high)) = extent(years.iter().map(|(all, _)| *all)) else {
        let middle = (size.width / 2.0, size.height / 2.0);
        svg.text(middle, Anchor::Middle, Ink::AXIS, "nobody listed");
        return svg.finish();
    };
    let marks = ticks(0.0, high.max(1.0), 4);
    let top = marks.last().copied().unwrap_or(1.0);
    let left = 12.0 + text_width(&format::number(top, 0), 12.0, false);
    let right = size.width - 10.0;
    let y = Scale::new(0.0, top, size.height - FOOT, TOP);
    for mark in &marks {
        let row = y.at(*mark);
        svg.line((left, row), (right, row), Stroke::solid(1.0, FAINT));
        let text = format::number(*mark, 0);
        svg.text((left - 6.0, row + 4.0), Anchor::End, Ink::AXIS, &text);
    }
    svg.text((0.0, 11.0), Anchor::Start, Ink::AXIS, "years of harm");
    let x = Scale::new(0.0, format::position(years.len()), left, right);
    draw_bars(&mut svg, years, x, y);
    draw_foot(&mut svg, size, years.len(), (left, right));
    svg.finish()
}

fn draw_bars(svg: &mut Svg, years: &[(f64, f64)], x: Scale, y: Scale) {
    let base = y.at(0.0);
    for (index, (all, worst)) in years.iter().enumerate() {
        let from = x.at(format::position(index));
        let width = (x.at(format::position(index + 1)) - from).min(40.0);
        let gap = (width * 0.2).min(2.0);
        let bar = |value: f64| (from + gap / 2.0, y.at(value));
        let size = |value: f64| (width - gap, base - y.at(value));
        svg.rect(bar(*all), size(*all), REST);
        svg.rect(bar(*worst), size(*worst), BLUE);
    }
}

fn draw_foot(svg: &mut Svg, size: Size, people: usize, sides: (f64, f64)) {
    let base = size.height - FOOT;
    svg.line((sides.0, base), (sides.1, base), Stroke::solid(1.0, GREY));
    let first = (sides.0, base + 17.0);
    svg.text(first, Anchor::Start, Ink::AXIS, "rank 1");
    if people > 1 {
        let last = format!("rank {people}");
        svg.text((sides.1, base + 17.0), Anchor::End, Ink::AXIS, &last);
    }
    let foot = (sides.0, size.height - 8.0);
    let key = "dark: the worst allegation; light: all others";
    svg.text(foot, Anchor::Start, Ink::AXIS, key);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words {
        id: "r",
        title: "t",
        description: "d",
    };

    #[test]
    fn every_person_is_two_bars() {
        let svg = rank_bars(WORDS, Size::WIDE, &vec![(30.0, 10.0); 100]);
        assert_eq!(svg.matches("<rect").count(), 200);
        assert!(svg.contains("rank 100"));
    }

    #[test]
    fn empty_single_and_zero_lists_stay_numbers() {
        for years in [vec![], vec![(3.0, 3.0)], vec![(0.0, 0.0); 3]] {
            assert!(!rank_bars(WORDS, Size::NARROW, &years).contains("NaN"));
        }
    }
}
