//! The `XmR` chart of one measure: monthly values, mean and limits, signals as
//! diamonds, immature months as open circles, months without a figure as a
//! cross at the foot, breaks as upright lines.

use super::labels::{Label, spread, text_width};
use super::scale::{Scale, extent, tick_decimals, ticks};
use super::svg::{Anchor, Ink, Stroke, Svg};
use super::{BLUE, FAINT, GREY, INK, ORANGE, PALE, PLUM, Size, Words};
use crate::report::format;

/// One month on the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct XmrPoint {
    /// `Oct 2026`; the first and the last are printed.
    pub label: String,
    pub value: Option<f64>,
    pub is_signal: bool,
    pub is_immature: bool,
    /// Nothing is told of the month, for too few cases or for want of data.
    pub is_withheld: bool,
}

/// Mean and limits with the words that stand beside them: `mean 7.1%`.
#[derive(Debug, Clone, PartialEq)]
pub struct XmrLine {
    pub value: f64,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct XmrLines {
    pub centre: Option<XmrLine>,
    pub lower: Option<XmrLine>,
    pub upper: Option<XmrLine>,
    pub target: Option<XmrLine>,
    /// The first month that mean and limits are drawn for.
    pub from: usize,
    /// Mean and limits of earlier months, without words.
    pub earlier: Vec<XmrStretch>,
    /// The first months after a break; each has its number on the chart.
    pub breaks: Vec<usize>,
}

/// Mean and limits from one month to another, both inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct XmrStretch {
    pub from: usize,
    pub to: usize,
    pub centre: f64,
    pub lower: f64,
    pub upper: f64,
}

const TOP: f64 = 12.0;
const FOOT: f64 = 28.0;
const LABEL_GAP: f64 = 15.0;

/// The chart; `latest` is the text beside the newest value.
pub fn xmr_chart(
    words: Words<'_>,
    size: Size,
    points: &[XmrPoint],
    lines: &XmrLines,
    latest: &str,
) -> String {
    let mut svg = Svg::picture(size, words);
    let Some(plot) = Plot::new(size, points, lines, latest) else {
        svg.text(
            (size.width / 2.0, size.height / 2.0),
            Anchor::Middle,
            Ink::AXIS,
            "no figures yet",
        );
        return svg.finish();
    };
    plot.draw_axes(&mut svg, points);
    plot.draw_breaks(&mut svg, lines);
    plot.draw_lines(&mut svg, lines);
    plot.draw_points(&mut svg, points, lines);
    plot.draw_labels(&mut svg, points, lines, latest);
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
    fn new(size: Size, points: &[XmrPoint], lines: &XmrLines, latest: &str) -> Option<Self> {
        let values = points.iter().filter_map(|point| point.value);
        let limits = [&lines.centre, &lines.lower, &lines.upper];
        let earlier = lines.earlier.iter().flat_map(|e| [e.lower, e.upper]);
        let limits = limits
            .into_iter()
            .flatten()
            .map(|line| line.value)
            .chain(earlier);
        extent(points.iter().filter_map(|point| point.value))?;
        let (low, high) = extent(values.chain(limits))?;
        let (low, high) = with_target(low, high, lines.target.as_ref());
        let marks = ticks(low, high, 3);
        let (bottom, top) = (*marks.first()?, *marks.last()?);
        let left = 12.0 + widest(&tick_texts(&marks));
        let right = size.width - 14.0 - widest(&label_texts(lines, latest));
        Some(Self {
            size,
            left,
            right,
            x: Scale::new(0.0, last_index(points), left, right),
            y: Scale::new(bottom, top, size.height - FOOT, TOP),
            marks,
        })
    }

    fn draw_axes(&self, svg: &mut Svg, points: &[XmrPoint]) {
        for (mark, text) in self.marks.iter().zip(tick_texts(&self.marks)) {
            let y = self.y.at(*mark);
            svg.line((self.left, y), (self.right, y), Stroke::solid(1.0, FAINT));
            svg.text((self.left - 6.0, y + 4.0), Anchor::End, Ink::AXIS, &text);
        }
        let foot = self.size.height - 8.0;
        if let [first, .., last] = points {
            svg.text((self.left, foot), Anchor::Start, Ink::AXIS, &first.label);
            svg.text((self.right, foot), Anchor::End, Ink::AXIS, &last.label);
        } else if let [only] = points {
            let x = self.x.at(0.0);
            svg.text((x, foot), Anchor::Middle, Ink::AXIS, &only.label);
        }
    }

    fn draw_lines(&self, svg: &mut Svg, lines: &XmrLines) {
        let mut rule = |value: f64, (left, right): (f64, f64), stroke: Stroke<'_>| {
            if self.holds(value) {
                let y = self.y.at(value);
                svg.line((left, y), (right, y), stroke);
            }
        };
        for stretch in &lines.earlier {
            let span = (self.edge(stretch.from), self.edge(stretch.to + 1));
            rule(stretch.lower, span, Stroke::dashed(1.0, GREY));
            rule(stretch.upper, span, Stroke::dashed(1.0, GREY));
            rule(stretch.centre, span, Stroke::solid(1.0, GREY));
        }
        let span = (self.edge(lines.from), self.right);
        for (line, stroke) in [
            (&lines.lower, Stroke::dashed(1.0, GREY)),
            (&lines.upper, Stroke::dashed(1.0, GREY)),
            (&lines.centre, Stroke::solid(1.0, GREY)),
        ] {
            if let Some(line) = line {
                rule(line.value, span, stroke);
            }
        }
        if let Some(target) = &lines.target {
            rule(
                target.value,
                (self.left, self.right),
                Stroke::dashed(2.0, PLUM),
            );
        }
    }

    /// An upright line with its number before the first month after a break.
    fn draw_breaks(&self, svg: &mut Svg, lines: &XmrLines) {
        let foot = self.size.height - FOOT;
        for (number, at) in lines.breaks.iter().enumerate() {
            let x = self.edge(*at);
            svg.line((x, TOP), (x, foot), Stroke::solid(1.0, PALE));
            let text = (number + 1).to_string();
            svg.text((x + 4.0, TOP + 2.0), Anchor::Start, Ink::AXIS, &text);
        }
    }

    /// Halfway from the month before to this one; the frame for the first.
    fn edge(&self, index: usize) -> f64 {
        if index == 0 {
            return self.left;
        }
        self.x.at(format::position(index) - 0.5).min(self.right)
    }

    fn draw_points(&self, svg: &mut Svg, points: &[XmrPoint], lines: &XmrLines) {
        for run in runs(points, &lines.breaks) {
            let line: Vec<_> = run.iter().map(|(i, v)| self.place(*i, *v)).collect();
            svg.polyline(&line, Stroke::solid(1.5, PALE));
        }
        for (index, point) in points.iter().enumerate() {
            let Some(value) = point.value.filter(|value| value.is_finite()) else {
                if point.is_withheld {
                    self.draw_cross(svg, index);
                }
                continue;
            };
            let at = self.place(index, value);
            if point.is_immature {
                svg.dot(at, 3.0, "#FFFFFF", Some(Stroke::solid(1.5, GREY)));
            } else if point.is_signal {
                svg.diamond(at, 6.0, ORANGE);
            } else {
                svg.dot(at, 3.0, BLUE, None);
            }
        }
    }

    fn draw_cross(&self, svg: &mut Svg, index: usize) {
        let (x, y) = (
            self.x.at(format::position(index)),
            self.size.height - FOOT - 4.0,
        );
        for lean in [-3.0, 3.0] {
            let ends = ((x - 3.0, y - lean), (x + 3.0, y + lean));
            svg.line(ends.0, ends.1, Stroke::solid(1.5, GREY));
        }
    }

    fn draw_labels(&self, svg: &mut Svg, points: &[XmrPoint], lines: &XmrLines, latest: &str) {
        let labels: Vec<_> = labels(points, lines, latest)
            .into_iter()
            .filter(|label| self.holds(label.wanted))
            .collect();
        let wanted: Vec<_> = labels.iter().map(|l| self.y.at(l.wanted)).collect();
        let foot = self.size.height - FOOT;
        let placed = spread(&wanted, LABEL_GAP, TOP, foot);
        for (label, y) in labels.iter().zip(placed) {
            let ink = Ink {
                size: if label.bold { 13.0 } else { 12.0 },
                bold: label.bold,
                colour: label.colour,
            };
            svg.text(
                (self.right + 10.0, y + 4.0),
                Anchor::Start,
                ink,
                &label.text,
            );
        }
    }

    fn place(&self, index: usize, value: f64) -> (f64, f64) {
        (self.x.at(format::position(index)), self.y.at(value))
    }

    /// Is the value inside the marks? A far target is told in words instead.
    fn holds(&self, value: f64) -> bool {
        let low = self.marks.first().copied().unwrap_or_default();
        let high = self.marks.last().copied().unwrap_or_default();
        (low..=high).contains(&value)
    }
}

fn labels<'a>(points: &[XmrPoint], lines: &XmrLines, latest: &str) -> Vec<Label<'a>> {
    let ruled = [
        (&lines.upper, GREY),
        (&lines.centre, GREY),
        (&lines.lower, GREY),
        (&lines.target, PLUM),
    ];
    let mut labels: Vec<_> = ruled
        .into_iter()
        .filter_map(|(line, colour)| line.as_ref().map(|line| (line, colour)))
        .map(|(line, colour)| Label {
            wanted: line.value,
            text: line.text.clone(),
            colour,
            bold: false,
        })
        .collect();
    let newest = points
        .iter()
        .rfind(|point| point.value.is_some() && !point.is_immature);
    if let Some((wanted, text)) = newest.and_then(|p| p.value).map(|v| (v, latest.to_owned())) {
        labels.push(Label {
            wanted,
            text,
            colour: INK,
            bold: true,
        });
    }
    labels
}

/// Stretches of points with a value, with their places; a gap and a break of how
/// things are recorded cut the line.
fn runs(points: &[XmrPoint], breaks: &[usize]) -> Vec<Vec<(usize, f64)>> {
    let mut runs = vec![Vec::new()];
    for (index, point) in points.iter().enumerate() {
        if breaks.contains(&index) {
            runs.push(Vec::new());
        }
        match point.value.filter(|value| value.is_finite()) {
            Some(value) => runs.last_mut().expect("never empty").push((index, value)),
            None => runs.push(Vec::new()),
        }
    }
    runs
}

/// Takes the target in when it does not flatten everything else.
fn with_target(low: f64, high: f64, target: Option<&XmrLine>) -> (f64, f64) {
    let span = (high - low).max(high.abs() * 0.1);
    match target.map(|line| line.value) {
        Some(value) if value.is_finite() && value > low - span && value < high + span => {
            (low.min(value), high.max(value))
        }
        _ => (low, high),
    }
}

fn label_texts(lines: &XmrLines, latest: &str) -> Vec<String> {
    let all = [&lines.centre, &lines.lower, &lines.upper, &lines.target];
    let mut texts: Vec<_> = all
        .into_iter()
        .flatten()
        .map(|line| line.text.clone())
        .collect();
    texts.push(format!("{latest} "));
    texts
}

fn tick_texts(marks: &[f64]) -> Vec<String> {
    let decimals = tick_decimals(marks);
    marks
        .iter()
        .map(|mark| crate::report::format::number(*mark, decimals))
        .collect()
}

fn widest(texts: &[String]) -> f64 {
    texts
        .iter()
        .map(|text| text_width(text, 12.0, false))
        .fold(0.0, f64::max)
}

fn last_index(points: &[XmrPoint]) -> f64 {
    format::position(points.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words {
        id: "m",
        title: "t",
        description: "d",
    };

    fn series(values: &[Option<f64>]) -> Vec<XmrPoint> {
        values
            .iter()
            .map(|value| XmrPoint {
                label: "Oct 2026".to_owned(),
                value: *value,
                is_signal: false,
                is_immature: false,
                is_withheld: false,
            })
            .collect()
    }

    fn draw(values: &[Option<f64>]) -> String {
        xmr_chart(
            WORDS,
            Size::HALF,
            &series(values),
            &XmrLines::default(),
            "8.3%",
        )
    }

    #[test]
    fn an_empty_series_says_so() {
        assert!(draw(&[]).contains("no figures yet"));
        assert!(draw(&[None, Some(f64::NAN)]).contains("no figures yet"));
    }

    #[test]
    fn single_equal_and_gapped_series_stay_numbers() {
        for values in [
            vec![Some(5.0)],
            vec![Some(0.0); 4],
            vec![Some(1.0), None, Some(2.0)],
            vec![Some(f64::INFINITY), Some(2.0)],
        ] {
            let svg = draw(&values);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(svg.contains("8.3%"));
        }
    }

    #[test]
    fn signals_are_diamonds_and_immature_months_open() {
        let mut points = series(&[Some(1.0), Some(2.0), Some(3.0)]);
        points[1].is_signal = true;
        points[2].is_immature = true;
        let svg = xmr_chart(WORDS, Size::HALF, &points, &XmrLines::default(), "2");
        assert_eq!(svg.matches("<polygon").count(), 1);
        assert_eq!(svg.matches("fill=\"#FFFFFF\"").count(), 1);
    }

    #[test]
    fn months_without_a_figure_are_crosses_where_they_are_withheld() {
        let mut points = series(&[Some(1.0), None, None, Some(2.0)]);
        let plain = xmr_chart(WORDS, Size::HALF, &points, &XmrLines::default(), "2");
        points[1].is_withheld = true;
        let crossed = xmr_chart(WORDS, Size::HALF, &points, &XmrLines::default(), "2");
        let lines = |svg: &str| svg.matches("<line").count();
        assert_eq!(lines(&crossed), lines(&plain) + 2);
    }

    #[test]
    fn a_known_change_is_an_upright_line_with_limits_on_both_sides() {
        let line = |value| {
            Some(XmrLine {
                value,
                text: String::new(),
            })
        };
        let newest = XmrLines {
            centre: line(2.0),
            lower: line(1.5),
            upper: line(2.5),
            from: 2,
            ..XmrLines::default()
        };
        let stepped = XmrLines {
            breaks: vec![2],
            earlier: vec![XmrStretch {
                from: 0,
                to: 1,
                centre: 1.0,
                lower: 0.5,
                upper: 1.5,
            }],
            ..newest.clone()
        };
        let points = series(&[Some(1.0), Some(1.1), Some(2.0), Some(2.1)]);
        let draw = |lines: &XmrLines| xmr_chart(WORDS, Size::HALF, &points, lines, "2.1");
        let count = |svg: &str| svg.matches("<line").count();
        let (plain, drawn) = (draw(&newest), draw(&stepped));
        // The change itself and three lines before it; half a tick may differ.
        assert!(count(&drawn) >= count(&plain) + 4, "{drawn}");
        assert!(drawn.contains(">1</text>") && !plain.contains(">1</text>"));
    }

    #[test]
    fn a_far_target_does_not_flatten_the_chart() {
        let far = XmrLine {
            value: 900.0,
            text: "target".to_owned(),
        };
        assert_eq!(with_target(1.0, 2.0, Some(&far)), (1.0, 2.0));
    }
}
