//! The list by number: how it moved and which rules applied. Both reports print
//! these tables.

use crate::report::format;
use crate::report::sentence::{index, list};
use crate::report::view::list::{ListSummary, RuleCounts};
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct ListSection {
    pub heading: String,
    pub reference: String,
    /// What the weights rest on.
    pub method: String,
    pub sentences: Vec<String>,
    pub movement: Table,
    pub rules: Table,
}

impl ListSection {
    pub fn new(view: &ListSummary) -> Self {
        let mut sentences = [list::harm(view, "#list"), list::cut(view, "#list")]
            .map(|sentence| sentence.text())
            .to_vec();
        if let Some(movement) = &view.movement {
            sentences.push(list::leaving(movement));
        }
        sentences.push(list::decided(view));
        sentences.extend(list::overrides(view));
        Self {
            heading: list::heading(view),
            reference: format!(
                "{}. Harm index: {}.",
                list::reference(view),
                index::label(&view.edition)
            ),
            method: index::method(&view.edition, &view.rests_on),
            sentences,
            movement: movement(view),
            rules: rules(&view.rules),
        }
    }
}

/// How the list moved.
pub fn movement(list: &ListSummary) -> Table {
    let caption = list.movement.as_ref().map_or_else(
        || "Movement: there is no earlier list".to_owned(),
        |m| {
            format!(
                "Movement since list {} as of {}",
                m.previous_number,
                format::date(m.previous_as_of)
            )
        },
    );
    let columns = vec![Column::words("Movement"), Column::figure("People")];
    let mut table = Table::new(&caption, columns);
    let mut push = |label: &str, count: u64| {
        table.push(vec![Cell::new(label), Cell::new(format::count(count))]);
    };
    if let Some(m) = &list.movement {
        push("New", m.new);
        push("Returned", m.returned);
        push("Stayed", m.stayed);
    }
    push("Listed", list.listed);
    if let Some(m) = &list.movement {
        push("Left", m.left);
        for reason in m.leaving.iter().filter(|reason| reason.count > 0) {
            push(&format!("– because {}", reason.reason), reason.count);
        }
    }
    table
}

/// How often each rule of the list applied.
pub fn rules(rules: &RuleCounts) -> Table {
    let columns = vec![Column::words("Rule"), Column::figure("Count")];
    let mut table = Table::new("Rules applied to the list", columns);
    for (rule, count) in [
        ("Suspects under 18, not ranked", rules.under_18_not_ranked),
        ("Suspects deceased, removed", rules.deceased_removed),
        ("Listed people restricted, told to nobody", rules.restricted),
        (
            "Allegations without a weight, not scored",
            rules.unscored_allegations,
        ),
        (
            "Crimes refused until corrected, not scored",
            rules.refused_crimes,
        ),
        (
            "Allegations cancelled since the list before",
            rules.cancelled_since_previous,
        ),
        ("Listed people in custody, flagged", rules.in_custody),
        (
            "Listed people blocked by a counter-allegation",
            rules.counter_allegation,
        ),
        ("Listed people with several nominal ids", rules.merged),
        (
            "Listed people with an allegation from before 18",
            rules.alleged_when_under_18,
        ),
        (
            "Their allegations ended without further action",
            rules.no_further_action,
        ),
    ] {
        table.push(vec![Cell::new(rule), Cell::new(format::count(count))]);
    }
    table
}
