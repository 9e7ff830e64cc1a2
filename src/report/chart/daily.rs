//! Eight weeks of days as bars: the day itself in colour, the same weekday of
//! earlier weeks in dark grey, and their mean as a line.

use chrono::{Datelike, NaiveDate};

use super::labels::text_width;
use super::scale::{Scale, extent, ticks};
use super::svg::{Anchor, Ink, Stroke, Svg};
use super::{BLUE, FAINT, GREY, PLUM, Size, Words};
use crate::report::format;

/// Same weekday of earlier weeks; other days are paler.
const SAME_WEEKDAY: &str = "#8C8C8C";
const OTHER_DAY: &str = "#D4D4D4";

const TOP: f64 = 24.0;
const FOOT: f64 = 28.0;

/// Bars for the days given, oldest first; the last is the day in question.
/// `usual` is the mean of the same weekday before.
pub fn daily_bars(
    words: Words<'_>,
    size: Size,
    days: &[(NaiveDate, u64)],
    usual: Option<f64>,
) -> String {
    let mut svg = Svg::picture(size, words);
    let Some(&(last_day, last_count)) = days.last() else {
        let middle = (size.width / 2.0, size.height / 2.0);
        svg.text(middle, Anchor::Middle, Ink::AXIS, "no figures yet");
        return svg.finish();
    };
    let usual = usual
        .filter(|usual| usual.is_finite())
        .map(|usual| (usual, usual_text(size, last_day, usual)));
    let plot = Plot::new(size, days, usual.as_ref());
    plot.draw_axis(&mut svg);
    plot.draw_bars(&mut svg, days, last_day);
    plot.draw_days(&mut svg, days, last_day);
    plot.draw_usual(&mut svg, usual.as_ref());
    plot.draw_latest(&mut svg, days.len(), last_count);
    svg.finish()
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
    fn new(size: Size, days: &[(NaiveDate, u64)], usual: Option<&(f64, String)>) -> Self {
        let counts = days.iter().map(|(_, count)| format::float(*count));
        let mean = usual.map(|(mean, _)| *mean);
        let high = extent(counts.chain(mean)).map_or(1.0, |(_, high)| high.max(1.0));
        let marks = ticks(0.0, high, 5);
        let top = marks.last().copied().unwrap_or(1.0);
        let widest = text_width(&format::number(top, 0), 12.0, false);
        let label = usual.map_or(0.0, |(_, text)| text_width(text, 12.0, false) + 8.0);
        let (left, right) = (12.0 + widest, size.width - 8.0 - label);
        Self {
            size,
            left,
            right,
            x: Scale::new(0.0, format::position(days.len()), left, right),
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

    fn draw_bars(&self, svg: &mut Svg, days: &[(NaiveDate, u64)], last_day: NaiveDate) {
        let base = self.y.at(0.0);
        for (index, (day, count)) in days.iter().enumerate() {
            let (x, width) = self.bar(index);
            let y = self.y.at(format::float(*count));
            let colour = if *day == last_day {
                BLUE
            } else if day.weekday() == last_day.weekday() {
                SAME_WEEKDAY
            } else {
                OTHER_DAY
            };
            svg.rect((x, y), (width, base - y), colour);
        }
        svg.line(
            (self.left, base),
            (self.right, base),
            Stroke::solid(1.0, GREY),
        );
    }

    /// Dates under the same weekdays, from the last back, as many as fit.
    fn draw_days(&self, svg: &mut Svg, days: &[(NaiveDate, u64)], last_day: NaiveDate) {
        let foot = self.size.height - 9.0;
        let room = text_width("20 Nov", 12.0, false) + 10.0;
        let mut free = f64::INFINITY;
        for (index, (day, _)) in days.iter().enumerate().rev() {
            let (x, width) = self.bar(index);
            let text = format::day_short(*day);
            let half = text_width(&text, 12.0, false) / 2.0;
            let middle = (x + width / 2.0).min(self.right - half);
            let is_same = day.weekday() == last_day.weekday();
            if is_same && middle + room / 2.0 <= free && middle - half >= 0.0 {
                svg.text((middle, foot), Anchor::Middle, Ink::AXIS, &text);
                free = middle - room / 2.0;
            }
        }
    }

    /// The mean of the earlier weekdays, named to the right of the bars.
    fn draw_usual(&self, svg: &mut Svg, usual: Option<&(f64, String)>) {
        let Some((mean, text)) = usual else {
            return;
        };
        let y = self.y.at(*mean);
        let ink = Ink {
            size: 12.0,
            bold: false,
            colour: PLUM,
        };
        svg.line((self.left, y), (self.right, y), Stroke::dashed(1.5, PLUM));
        svg.text((self.right + 8.0, y + 4.0), Anchor::Start, ink, text);
    }

    fn draw_latest(&self, svg: &mut Svg, days: usize, count: u64) {
        let (x, width) = self.bar(days.saturating_sub(1));
        let at = (
            (x + width).min(self.right),
            self.y.at(format::float(count)) - 6.0,
        );
        svg.text(at, Anchor::End, Ink::bold(BLUE), &format::count(count));
    }

    /// Left edge and width of a bar, with a gap that is never all of it.
    fn bar(&self, index: usize) -> (f64, f64) {
        let from = self.x.at(format::position(index));
        let to = self.x.at(format::position(index + 1));
        let gap = ((to - from) * 0.25).min(3.0);
        let width = (to - from - gap).min(60.0);
        (from + gap / 2.0, width)
    }
}

/// `usual Friday 300`, or without the weekday where there is no room for it.
fn usual_text(size: Size, last_day: NaiveDate, usual: f64) -> String {
    let mean = format::mean(usual);
    if size.width < Size::MAIL.width {
        return format!("usual {mean}");
    }
    format!("usual {} {mean}", format::weekday(last_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words {
        id: "d",
        title: "t",
        description: "d",
    };

    fn days(counts: &[u64]) -> Vec<(NaiveDate, u64)> {
        let first = NaiveDate::from_ymd_opt(2026, 9, 26).expect("a date");
        first.iter_days().zip(counts.iter().copied()).collect()
    }

    #[test]
    fn eight_weeks_are_fifty_six_bars_and_one_is_blue() {
        let svg = daily_bars(WORDS, Size::WIDE, &days(&[300; 56]), Some(290.0));
        assert_eq!(svg.matches("<rect").count(), 56);
        assert_eq!(svg.matches("fill=\"#12436D\"/>").count(), 1);
        assert_eq!(svg.matches("fill=\"#8C8C8C\"").count(), 7);
        assert!(svg.contains("usual Friday 290"));
    }

    #[test]
    fn empty_single_and_zero_days_stay_numbers() {
        for counts in [&[][..], &[0][..], &[5][..], &[0; 56][..]] {
            let svg = daily_bars(WORDS, Size::NARROW, &days(counts), None);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
        let svg = daily_bars(WORDS, Size::NARROW, &days(&[1]), Some(f64::NAN));
        assert!(!svg.contains("NaN"));
    }
}
