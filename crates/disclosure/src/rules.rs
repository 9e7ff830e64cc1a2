//! The thresholds of public output.

/// What may be shown, and how uncertain what is hidden has to stay. The
/// defaults are the public rules; `spread` is our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The smallest count above zero that may be shown.
    pub smallest: u32,
    /// Counts are rounded to multiples of this.
    pub base: u64,
    /// How far apart the least and the greatest value that a small count may
    /// still have must lie. Five values, four apart, are what rounding to 5
    /// leaves open about a count that is shown.
    pub spread: u32,
    /// The fewest months of a cell.
    pub months: usize,
    /// The shortest side of a square, in metres.
    pub metres: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            smallest: 10,
            base: 5,
            spread: 4,
            months: 12,
            metres: 500,
        }
    }
}

impl Rules {
    /// Whether a count is too small to be shown.
    pub fn is_small(&self, count: i64) -> bool {
        (1..i64::from(self.smallest)).contains(&count)
    }
}
