//! A long monthly series: each month in grey, the mean of twelve months in
//! colour, years along the foot.

use chrono::{Datelike, Months, NaiveDate};

use super::labels::{spread, text_width};
use super::scale::{Scale, extent, ticks};
use super::svg::{Anchor, Ink, Stroke, Svg};
use super::{BLUE, FAINT, GREY, Size, Words};
use crate::report::format;

const TOP: f64 = 14.0;
const FOOT: f64 = 28.0;
/// A quieter line than text grey, still 3:1 on white.
const MONTH_LINE: &str = "#949494";

/// Months oldest first; the axis starts at zero. Both lines are cut where how
/// things are recorded changed, and an upright line stands there.
pub fn monthly_line(
    words: Words<'_>,
    size: Size,
    months: &[(NaiveDate, u64)],
    breaks: &[NaiveDate],
) -> String {
    let mut svg = Svg::picture(size, words);
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        let middle = (size.width / 2.0, size.height / 2.0);
        svg.text(middle, Anchor::Middle, Ink::AXIS, "no figures yet");
        return svg.finish();
    };
    let means = twelve_month_means(months, breaks);
    let month_label = format!("{}: {}", format::month_short(last.0), format::count(last.1));
    let plot = Plot::new(size, months, &month_label);
    plot.draw_axis(&mut svg);
    plot.draw_years(&mut svg, first.0, last.0);
    plot.draw_breaks(&mut svg, first.0, breaks);
    plot.draw_series(&mut svg, months, &means, breaks);
    plot.draw_labels(
        &mut svg,
        last.1,
        means.last().copied().flatten(),
        &month_label,
    );
    svg.finish()
}

/// The mean of each month and the eleven before it; empty below twelve months,
/// and none where a break lies among their days.
pub fn twelve_month_means(months: &[(NaiveDate, u64)], breaks: &[NaiveDate]) -> Vec<Option<f64>> {
    let is_whole = |year: &[(NaiveDate, u64)]| {
        let (from, until) = (year[0].0, year[11].0 + Months::new(1));
        !breaks.iter().any(|date| from < *date && *date < until)
    };
    months
        .windows(12)
        .map(|year| {
            let mean = year
                .iter()
                .map(|(_, count)| format::float(*count))
                .sum::<f64>()
                / 12.0;
            Some(mean).filter(|_| is_whole(year))
        })
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
        let counts = months.iter().map(|(_, count)| format::float(*count));
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
            x: Scale::new(0.0, format::position(end), left, right),
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

    fn draw_series(
        &self,
        svg: &mut Svg,
        months: &[(NaiveDate, u64)],
        means: &[Option<f64>],
        breaks: &[NaiveDate],
    ) {
        let line: Vec<_> = months
            .iter()
            .enumerate()
            .map(|(index, (_, count))| self.place(index, format::float(*count)))
            .collect();
        let sides = months.chunk_by(|(before, _), (month, _)| {
            !breaks.iter().any(|date| before < date && date <= month)
        });
        let mut from = 0;
        for side in sides {
            svg.polyline(
                &line[from..from + side.len()],
                Stroke::solid(1.2, MONTH_LINE),
            );
            from += side.len();
        }
        let offset = months.len() - means.len();
        let smooth: Vec<_> = means
            .iter()
            .enumerate()
            .map(|(index, mean)| mean.map(|mean| self.place(index + offset, mean)))
            .collect();
        for side in smooth.split(Option::is_none) {
            let side: Vec<_> = side.iter().copied().flatten().collect();
            svg.polyline(&side, Stroke::solid(3.0, BLUE));
        }
        if let Some(end) = line.last() {
            svg.dot(*end, 3.5, GREY, None);
        }
        if let Some(end) = smooth.last().copied().flatten() {
            svg.dot(end, 4.5, BLUE, None);
        }
    }

    /// An upright line before the first whole month after a break.
    fn draw_breaks(&self, svg: &mut Svg, first: NaiveDate, breaks: &[NaiveDate]) {
        let foot = self.size.height - FOOT;
        for date in breaks {
            let day = f64::from(date.day0()) / 30.0;
            let months = (date.year() - first.year()) * 12 + date.month().cast_signed()
                - first.month().cast_signed();
            let x = self.x.at(f64::from(months) + day - 0.5);
            svg.line((x, TOP), (x, foot), Stroke::solid(1.0, GREY));
        }
    }

    fn draw_labels(&self, svg: &mut Svg, last: u64, mean: Option<f64>, label: &str) {
        let x = self.right + 10.0;
        let month_at = self.y.at(format::float(last));
        let mean_at = self.y.at(mean.unwrap_or_else(|| format::float(last)));
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
        (self.x.at(format::position(index)), self.y.at(value))
    }
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
        assert_eq!(twelve_month_means(&months(11, 5), &[]), []);
        assert_eq!(
            twelve_month_means(&months(13, 5), &[]),
            [Some(5.0), Some(5.0)]
        );
    }

    #[test]
    fn no_mean_and_no_line_runs_across_a_break() {
        let series = months(36, 9_000);
        // January 2015 is the thirteenth month; the break lies within it.
        let breaks = [NaiveDate::from_ymd_opt(2015, 1, 15).expect("a day")];
        let means = twelve_month_means(&series, &breaks);
        let known: Vec<usize> = (0..means.len()).filter(|at| means[*at].is_some()).collect();
        assert_eq!(known.first(), Some(&0), "January to December 2014");
        assert_eq!(known.get(1), Some(&13), "February 2015 to January 2016");
        let svg = monthly_line(WORDS, Size::WIDE, &series, &breaks);
        assert_eq!(
            svg.matches("<polyline").count(),
            3,
            "two sides and one mean: {svg}"
        );
    }

    #[test]
    fn short_empty_and_zero_series_stay_numbers() {
        for series in [months(0, 1), months(1, 9), months(5, 0), months(146, 9_000)] {
            for size in [Size::WIDE, Size::NARROW] {
                let svg = monthly_line(WORDS, size, &series, &[]);
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            }
        }
    }
}
