//! Word-sized charts for table cells; the numbers stand in the same row.

use super::scale::{Scale, extent};
use super::svg::{Stroke, Svg};
use super::{BLUE, FAINT, GREY, ORANGE, Size};

const SPARK: Size = Size {
    width: 120.0,
    height: 28.0,
};
/// A day before the last.
const DAY: &str = "#8C8C8C";
const STRIP: Size = Size {
    width: 150.0,
    height: 20.0,
};

/// A line with its last value as a dot, over the band between the limits; a
/// month without a value breaks it.
pub fn sparkline(values: &[Option<f64>], limits: Option<(f64, f64)>) -> String {
    let mut svg = Svg::decoration(SPARK);
    let known = values.iter().flatten().copied();
    let bounds = limits.map_or(vec![], |(low, high)| vec![low, high]);
    let Some((low, high)) = extent(known.chain(bounds)) else {
        return svg.finish();
    };
    let y = Scale::new(low, high, SPARK.height - 5.0, 5.0);
    let end = f64::from(u32::try_from(values.len().saturating_sub(1)).unwrap_or(u32::MAX));
    let x = Scale::new(0.0, end, 3.0, SPARK.width - 6.0);
    if let Some((lower, upper)) = limits {
        let (top, bottom) = (y.at(upper), y.at(lower));
        svg.rect((0.0, top), (SPARK.width, bottom - top), FAINT);
    }
    let known = |(_, value): &(u32, &Option<f64>)| value.is_some_and(f64::is_finite);
    let months: Vec<_> = (0_u32..).zip(values).collect();
    let place =
        |(index, value): &(u32, &Option<f64>)| Some((x.at(f64::from(*index)), y.at((**value)?)));
    for stretch in months.split(|month| !known(month)) {
        let line: Vec<_> = stretch.iter().filter_map(place).collect();
        svg.polyline(&line, Stroke::solid(1.5, GREY));
        if let [alone] = line[..] {
            svg.dot(alone, 1.5, GREY, None);
        }
    }
    let last = months.iter().rfind(|month| known(month)).and_then(place);
    if let Some(last) = last {
        svg.dot(last, 3.5, BLUE, None);
    }
    svg.finish()
}

/// A value among its usual ones, on a scale from 0 to `top` that all rows of a
/// table share: the range as a bar, the mean as a tick, the value as a dot, or
/// as a diamond when it lies outside.
pub fn range_strip(value: f64, range: Option<(f64, f64, f64)>, top: f64) -> String {
    let mut svg = Svg::decoration(STRIP);
    let middle = STRIP.height / 2.0;
    let x = Scale::new(0.0, top.max(1.0), 7.0, STRIP.width - 7.0);
    let axis = Stroke::solid(1.0, FAINT);
    svg.line((7.0, middle), (STRIP.width - 7.0, middle), axis);
    let mut is_outside = false;
    if let Some((low, mean, high)) = range {
        let width = (x.at(high) - x.at(low)).max(2.0);
        svg.rect((x.at(low), middle - 4.0), (width, 8.0), "#C8C8C8");
        let at = x.at(mean);
        svg.line(
            (at, middle - 7.0),
            (at, middle + 7.0),
            Stroke::solid(2.0, GREY),
        );
        is_outside = value < low || value > high;
    }
    let at = (x.at(value), middle);
    if is_outside {
        svg.diamond(at, 6.5, ORANGE);
    } else {
        svg.dot(at, 4.0, BLUE, Some(Stroke::solid(1.0, "#FFFFFF")));
    }
    svg.finish()
}

/// A bar for each day, the last in colour; a day without a figure stays empty.
/// A bar above `top` is cut there, so that one huge day leaves the others
/// readable.
pub fn day_bars(values: &[Option<f64>], top: f64) -> String {
    let mut svg = Svg::decoration(SPARK);
    let days = f64::from(u32::try_from(values.len().max(1)).unwrap_or(u32::MAX));
    let step = SPARK.width / days;
    let base = SPARK.height - 2.0;
    let y = Scale::new(0.0, top.max(1.0), base, 2.0);
    svg.line((0.0, base), (SPARK.width, base), Stroke::solid(1.0, FAINT));
    for (index, value) in (0_u32..).zip(values) {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            continue;
        };
        let is_last = f64::from(index + 1) >= days;
        let colour = if is_last { BLUE } else { DAY };
        let from = y.at(value.min(top.max(1.0))).min(base - 1.0);
        let corner = (f64::from(index) * step, from);
        svg.rect(corner, (step - 1.0, base - from), colour);
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_single_and_equal_series_stay_numbers() {
        for values in [vec![], vec![Some(1.0)], vec![Some(2.0); 5], vec![None; 3]] {
            let svg = sparkline(&values, Some((2.0, 2.0)));
            assert!(!svg.contains("NaN"), "{svg}");
        }
        assert!(!range_strip(0.0, None, 0.0).contains("NaN"));
    }

    #[test]
    fn a_month_without_a_figure_breaks_the_line() {
        let lines = |values: &[Option<f64>]| sparkline(values, None).matches("<polyline").count();
        let (one, two) = (Some(1.0), Some(2.0));
        assert_eq!(lines(&[one, two, one, two]), 1);
        assert_eq!(lines(&[one, two, None, one, two]), 2);
        let alone = sparkline(&[one, None, two, one], None);
        assert_eq!(alone.matches("<circle").count(), 2, "{alone}");
    }

    #[test]
    fn a_day_without_a_figure_has_no_bar_and_a_huge_one_is_cut() {
        let svg = day_bars(&[Some(9_000.0), None, Some(f64::NAN), Some(0.0)], 10.0);
        assert_eq!(svg.matches("<rect").count(), 2);
        assert_eq!(svg.matches(BLUE).count(), 1);
        assert!(svg.contains("height=\"24\""), "{svg}");
        assert!(!day_bars(&[], 0.0).contains("NaN"));
    }

    #[test]
    fn a_value_outside_its_range_changes_shape() {
        let inside = range_strip(5.0, Some((1.0, 4.0, 6.0)), 10.0);
        let outside = range_strip(7.0, Some((1.0, 4.0, 6.0)), 10.0);
        assert!(inside.contains("<circle") && !inside.contains("<polygon"));
        assert!(outside.contains("<polygon") && !outside.contains("<circle"));
    }
}
