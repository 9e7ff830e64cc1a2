//! A long monthly series: each month in grey, the mean of twelve months in
//! colour, years along the foot.

use chrono::{Datelike, NaiveDate};

use super::labels::{spread, text_width};
use super::scale::{Scale, extent, ticks};
use super::svg::{Anchor, Ink, Stroke, Svg};
use super::{BLUE, FAINT, GREY, Size, Words};
use crate::report::format;

const TOP: f64 = 14.0;
const FOOT: f64 = 28.0;
/// A quieter line than text grey, still 3:1 on white.
const MONTH_LINE: &str = "#949494";

/// Months oldest first; the axis starts at zero.
#[must_use]
pub fn monthly_line(words: Words<'_>, size: Size, months: &[(NaiveDate, u64)]) -> String {
    let mut svg = Svg::picture(size, words);
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        let middle = (size.width / 2.0, size.height / 2.0);
        svg.text(middle, Anchor::Middle, Ink::AXIS, "no figures yet");
        return svg.finish();
    };
    let means = twelve_month_means(months);
    let month_label = format!("{}: {}", format::month_short(last.0), format::count(last.1));
    let plot = Plot::new(size, months, &month_label);
    plot.draw_axis(&mut svg);
    plot.draw_years(&mut svg, first.0, last.0);
    plot.draw_series(&mut svg, months, &means);
    plot.draw_labels(&mut svg, last.1, means.last().copied(), &month_label);
    svg.finish()
}

/// The mean of each month and the eleven before it; empty below twelve months.
#[must_use]
pub fn twelve_month_means(months: &[(NaiveDate, u64)]) -> Vec<f64> {
    months
        .windows(12)
        .map(|year| year.iter().map(|(_, count)| float(*count)).sum::<f64>() / 12.0)
        .collect()
}

struct Plot {
    size: Size,
    left: f64,
    right: f64,
    x: Scale,
    y: Scale,
    marks: Vec<f64>,
}

impl Plot {
    fn new(size: Size, months: &[(NaiveDate, u64)], label: &str) -> Self {
        let counts = months.iter().map(|(_, count)| float(*count));
        let high = extent(counts).map_or(1.0, |(_, high)| high.max(1.0));
        let marks = ticks(0.0, high, 5);
        let top = marks.last().copied().unwrap_or(1.0);
        let left = 12.0 + text_width(&format::number(top, 0), 12.0, false);
        let widest = text_width(label, 12.0, false).max(text_width("12-month mean", 12.0, true));
        let right = size.width - widest - 14.0;
        let end = months.len().saturating_sub(1);
        Self {
            size,
            left,
            right,
            x: Scale::new(0.0, position(end), left, right),
            y: Scale::new(0.0, top, size.height - FOOT, TOP),
            marks,
        }
    }

    fn draw_axis(&self, svg: &mut Svg) {
        for mark in &self.marks {
            let y = self.y.at(*mark);
            let text = format::number(*mark, 0);
            svg.line((self.left, y), (self.right, y), Stroke::solid(1.0, FAINT));
            svg.text((self.left - 6.0, y + 4.0), Anchor::End, Ink::AXIS, &text);
        }
    }

    /// Years at their January, as many as fit.
    fn draw_years(&self, svg: &mut Svg, first: NaiveDate, last: NaiveDate) {
        let foot = self.size.height - 9.0;
        let base = self.size.height - FOOT;
        let room = text_width("2026", 12.0, false) + 12.0;
        let mut free = 0.0;
        for year in first.year()..=last.year() {
            let months = (year - first.year()) * 12 + 1 - first.month().cast_signed();
            let x = self.x.at(f64::from(months));
            if months < 0 || x - room / 2.0 < free || x + room / 2.0 > self.right + 20.0 {
                continue;
            }
            svg.line((x, base), (x, base + 5.0), Stroke::solid(1.0, GREY));
            svg.text((x, foot), Anchor::Middle, Ink::AXIS, &year.to_string());
            free = x + room / 2.0;
        }
    }

    fn draw_series(&self, svg: &mut Svg, months: &[(NaiveDate, u64)], means: &[f64]) {
        let line: Vec<_> = months
            .iter()
            .enumerate()
            .map(|(index, (_, count))| self.place(index, float(*count)))
            .collect();
        svg.polyline(&line, Stroke::solid(1.2, MONTH_LINE));
        let offset = months.len() - means.len();
        let smooth: Vec<_> = means
            .iter()
            .enumerate()
            .map(|(index, mean)| self.place(index + offset, *mean))
            .collect();
        svg.polyline(&smooth, Stroke::solid(3.0, BLUE));
        if let Some(end) = line.last() {
            svg.dot(*end, 3.5, GREY, None);
        }
        if let Some(end) = smooth.last() {
            svg.dot(*end, 4.5, BLUE, None);
        }
    }

    fn draw_labels(&self, svg: &mut Svg, last: u64, mean: Option<f64>, label: &str) {
        let x = self.right + 10.0;
        let month_at = self.y.at(float(last));
        let mean_at = self.y.at(mean.unwrap_or_else(|| float(last)));
        let foot = self.size.height - FOOT - 14.0;
        let placed = spread(&[month_at, mean_at], 32.0, TOP, foot);
        svg.text((x, placed[0] + 4.0), Anchor::Start, Ink::AXIS, label);
        if let Some(mean) = mean {
            let ink = Ink {
                size: 12.0,
                bold: true,
                colour: BLUE,
            };
            svg.text((x, placed[1] + 4.0), Anchor::Start, ink, "12-month mean");
            let value = format::mean(mean);
            svg.text((x, placed[1] + 19.0), Anchor::Start, ink, &value);
        }
    }

    fn place(&self, index: usize, value: f64) -> (f64, f64) {
        (self.x.at(position(index)), self.y.at(value))
    }
}

fn position(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words {
        id: "p",
        title: "t",
        description: "d",
    };

    fn months(count: u32, each: u64) -> Vec<(NaiveDate, u64)> {
        (0..count)
            .map(|index| {
                let year = 2014 + i32::try_from(index / 12).expect("small");
                let month = NaiveDate::from_ymd_opt(year, index % 12 + 1, 1);
                (month.expect("a month"), each)
            })
            .collect()
    }

    #[test]
    fn the_mean_starts_with_the_twelfth_month() {
        assert_eq!(twelve_month_means(&months(11, 5)), Vec::<f64>::new());
        assert_eq!(twelve_month_means(&months(13, 5)), vec![5.0, 5.0]);
    }

    #[test]
    fn short_empty_and_zero_series_stay_numbers() {
        for series in [months(0, 1), months(1, 9), months(5, 0), months(146, 9_000)] {
            for size in [Size::WIDE, Size::NARROW] {
                let svg = monthly_line(WORDS, size, &series);
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            }
        }
    }
}
