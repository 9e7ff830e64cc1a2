//! The walk from the national basket to the Met's published total, in words.

use crate::harm::index::bridge::{Bridge, Line, Step};
use crate::report::format;

/// What a line adds.
pub fn step(step: Step) -> &'static str {
    match step {
        Step::Both => "in both",
        Step::Conditional => "in both, NPCC on a condition",
        Step::LeftOut => "NPCC only, not published",
        Step::Added => "published only, not NPCC",
        Step::Unnamed => "published, title not known",
        Step::Apart => "counted by a flag, no VAWG",
    }
}

/// The codes of a line, or their classes where there are many.
pub fn codes(line: &Line) -> String {
    const MANY: usize = 4;
    let class = |code: &String| code.split('/').next().unwrap_or(code).to_owned();
    let mut codes = line.codes.clone();
    if codes.len() > MANY {
        codes = codes.iter().map(class).collect();
        codes.dedup();
    }
    codes.join(", ")
}

/// The finding: what the two share and where the walk ends.
pub fn heading(bridge: &Bridge) -> String {
    if let Some(missing) = &bridge.missing {
        return format!("The two definitions are not bridged: {missing}");
    }
    format!(
        "{} of the {} offences that the Met publishes as VAWG are in the NPCC basket; {} more are \
         published beside them and are no VAWG",
        count(of(bridge, &[Step::Both, Step::Conditional])),
        count(bridge.total() - of(bridge, &[Step::Apart])),
        count(of(bridge, &[Step::Apart]))
    )
}

/// Where the walk ends, held against the published total.
pub fn end(bridge: &Bridge) -> String {
    let months = bridge.first_month.zip(bridge.last_month);
    let months = months.map_or_else(String::new, |(first, last)| {
        format!(", {} to {}", format::month(first), format::month(last))
    });
    let (total, published) = (bridge.total(), bridge.published);
    if total == published {
        format!(
            "The lines end at {}, the published total{months}.",
            count(total)
        )
    } else {
        format!(
            "The lines end at {}; the published table of places adds up to {}{months}: the file \
             holds two counts that differ by {}.",
            count(total),
            count(published),
            count((total - published).abs())
        )
    }
}

fn of(bridge: &Bridge, steps: &[Step]) -> i64 {
    let lines = bridge
        .lines
        .iter()
        .filter(|line| steps.contains(&line.step));
    lines.filter_map(|line| line.offences).sum()
}

fn count(offences: i64) -> String {
    format::count(offences.unsigned_abs())
}
