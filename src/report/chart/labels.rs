//! Labels beside a chart that must not lie on one another.

/// A label and the height it would like, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Label<'a> {
    pub wanted: f64,
    pub text: String,
    pub colour: &'a str,
    pub bold: bool,
}

/// Heights with at least `gap` between them, inside `top..=bottom`, each as
/// near to its wish as that allows; in the order of the labels given.
pub fn spread(wanted: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut placed = vec![0.0; wanted.len()];
    let mut floor = top;
    for &index in &order {
        placed[index] = wanted[index].clamp(top, bottom).max(floor);
        floor = placed[index] + gap;
    }
    let mut ceiling = bottom;
    for &index in order.iter().rev() {
        placed[index] = placed[index].min(ceiling);
        ceiling = placed[index] - gap;
    }
    placed
}

/// An upper estimate of a text's width in pixels, for any of the fonts.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    f64::from(letters) * size * if bold { 0.68 } else { 0.61 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_their_order() {
        let placed = spread(&[50.0, 52.0, 51.0], 14.0, 0.0, 200.0);
        assert_eq!(placed, vec![50.0, 78.0, 64.0]);
    }

    #[test]
    fn labels_at_the_foot_move_up() {
        let placed = spread(&[198.0, 199.0], 14.0, 0.0, 200.0);
        assert_eq!(placed, vec![186.0, 200.0]);
    }

    #[test]
    fn no_label_is_no_place() {
        assert!(spread(&[], 14.0, 0.0, 10.0).is_empty());
    }
}
