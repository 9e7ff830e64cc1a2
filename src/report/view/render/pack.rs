//! The harm list pack as a page. `PackSummary` is all a mail may see: it is
//! made without looking at any person.

use super::briefing::lead_text;
use super::figure::Figure;
use super::list_section;
use super::pack_sections::{
    PersonBlock, concentration_figure, joiners, leavers, people_table, rank_figure, ranks_table,
    withheld_table,
};
use super::page_header::{PageHeader, Question};
use crate::report::format;
use crate::report::sentence::{Sentence, index, list, stale_notice};
use crate::report::view::Header;
use crate::report::view::harm_list_pack::HarmListPack;
use crate::report::view::list::{DecisionCounts, ListState, ListSummary};
use crate::table::{Cell, Column, Table};

#[derive(Debug)]
pub struct PackPage {
    pub summary: PackSummary,
    pub is_decided: bool,
    /// Those accepted; of a list that is not decided, ranks alone.
    pub people: Table,
    pub withheld: Option<Table>,
    pub ranks: Option<Figure>,
    pub concentration: Figure,
    pub concentration_sentence: String,
    pub joined: Option<Table>,
    pub left: Option<Table>,
    pub blocks: Vec<PersonBlock>,
}

/// Counts and references, no person.
#[derive(Debug)]
pub struct PackSummary {
    pub furniture: PageHeader,
    pub in_short: String,
    pub reference: String,
    /// How much harm is alleged.
    pub harm_heading: String,
    /// How the list moved.
    pub heading: String,
    /// What the weights rest on.
    pub method: String,
    pub window: String,
    pub lead: Vec<Question>,
    /// Whom the page names, and why not everybody.
    pub names: String,
    pub sentences: Vec<String>,
    pub movement: Table,
    pub decisions: Table,
    pub rules: Table,
    pub settings: Vec<String>,
}

impl PackPage {
    pub fn new(view: &HarmListPack) -> Self {
        let source = source(&view.list);
        let is_decided = view.list.state == ListState::Decided;
        Self {
            summary: PackSummary::new(&view.header, &view.list),
            is_decided,
            people: if is_decided {
                people_table(view)
            } else {
                ranks_table(&view.ranks)
            },
            withheld: (is_decided && !view.withheld.is_empty())
                .then(|| withheld_table(&view.withheld)),
            ranks: (!view.ranks.is_empty()).then(|| rank_figure(view, &source)),
            concentration: concentration_figure(view, &source),
            concentration_sentence: concentration_sentence(view),
            joined: joiners(view).filter(|_| is_decided),
            left: (is_decided && !view.left.is_empty()).then(|| leavers(&view.left)),
            blocks: view
                .people
                .iter()
                .filter(|_| is_decided)
                .map(PersonBlock::new)
                .collect(),
        }
    }
}

impl PackSummary {
    pub fn new(header: &Header, list: &ListSummary) -> Self {
        let furniture = PageHeader::new("Harm list pack", header);
        let mut sentences: Vec<String> = list.movement.iter().map(list::leaving).collect();
        sentences.push(list::decided(list));
        sentences.extend(list::overrides(list));
        Self {
            in_short: in_short(header, list),
            reference: list::reference(list),
            harm_heading: list::harm_heading(list),
            heading: list::heading(list),
            method: index::method(&list.edition, &list.rests_on),
            window: format!(
                "Window {} to {}. Harm index: {}.",
                format::date(list.window_from),
                format::date(list.window_to),
                index::label(&list.edition)
            ),
            lead: lead(list, &furniture),
            names: list::names(list),
            sentences,
            movement: list_section::movement(list),
            decisions: decisions(&list.decisions),
            rules: list_section::rules(&list.rules),
            settings: list::settings(list),
            furniture,
        }
    }

    /// The first screen in plain text.
    pub fn lead_text(&self) -> String {
        lead_text(&self.lead)
    }
}

fn lead(list: &ListSummary, furniture: &PageHeader) -> Vec<Question> {
    let changed = vec![list::lead(Some(list))];
    let matters = vec![list::harm(list, "#concentration"), list::cut(list, "#list")];
    vec![
        furniture.question("What changed", changed),
        furniture.question("Does it matter", matters),
        furniture.question("What is asked of me", vec![asked(list)]),
        furniture.question("Can I trust it", vec![trusted(list)]),
    ]
}

fn asked(list: &ListSummary) -> Sentence {
    let awaiting = list.decisions.awaiting;
    if awaiting == 0 {
        let after = match list.decisions.undecided {
            0 => ": every person is decided.",
            _ => ": an officer closed the list.",
        };
        return Sentence::new("Nothing", after, "#movement");
    }
    let verb = if awaiting == 1 { "awaits" } else { "await" };
    let linked = format!(
        "{} {verb} a decision",
        format::plural(awaiting, "person", "people")
    );
    let blocked = match list.rules.counter_allegation {
        0 => String::new(),
        n => format!(
            "; {} blocked until a counter-allegation is reviewed",
            format::plural(n, "person is", "people are")
        ),
    };
    let after = format!(": accept, defer or reject each, with a reason{blocked}.");
    Sentence::new(&linked, &after, "#movement")
}

fn trusted(list: &ListSummary) -> Sentence {
    let unscored = list.rules.unscored_allegations;
    let linked = if unscored == 0 {
        "Every allegation has a weight".to_owned()
    } else {
        let verb = if unscored == 1 { "has" } else { "have" };
        let allegations = format::plural(unscored, "allegation", "allegations");
        format!("{allegations} {verb} no weight")
    };
    let restricted = match list.rules.restricted {
        0 => "nobody is restricted".to_owned(),
        n => {
            let people = format::plural(n, "person is", "people are");
            format!("{people} restricted and told to nobody")
        }
    };
    let demonstration = if index::is_starter(&list.edition) {
        ", which is for demonstration"
    } else {
        ""
    };
    let after = format!(
        " in {}{demonstration}; {restricted}; every row is an allegation, not a finding of guilt.",
        index::in_words(&list.edition)
    );
    Sentence::new(&linked, &after, "#rules")
}

fn decisions(counts: &DecisionCounts) -> Table {
    let columns = vec![Column::words("Decision"), Column::figure("People")];
    let mut table = Table::new("Decisions so far", columns);
    for (label, count) in [
        ("Awaiting", counts.awaiting),
        ("Accepted", counts.accepted),
        ("Deferred", counts.deferred),
        ("Rejected", counts.rejected),
        ("Left undecided", counts.undecided),
    ] {
        table.push(vec![Cell::new(label), Cell::new(format::count(count))]);
    }
    table
}

fn source(list: &ListSummary) -> String {
    format!(
        "Source: list {}, {}, as of {}.",
        list.number,
        list.edition,
        format::date(list.as_of)
    )
}

fn concentration_sentence(view: &HarmListPack) -> String {
    let mut parts = Vec::new();
    if let Some(median) = view.concentration.median_days {
        parts.push(format!(
            "Half of all ranked suspects stand at {} or less.",
            format::harm_days(median)
        ));
    }
    if let Some(gini) = view.concentration.gini {
        parts.push(format!(
            "The Gini coefficient is {} (0: all equal, 1: all harm alleged against one person).",
            format::number(gini, 2)
        ));
    }
    parts.join(" ")
}

fn in_short(header: &Header, list: &ListSummary) -> String {
    let decided = match list.state {
        ListState::Decided => "decided".to_owned(),
        ListState::Proposed | ListState::PartlyDecided => {
            format!("{} to decide", format::count(list.decisions.awaiting))
        }
    };
    let number = format!("list {}", list.number);
    let mut parts = vec![number, list::movement_in_short(Some(list)), decided];
    parts.extend(header.stale.as_ref().map(stale_notice::in_short));
    if header.is_synthetic {
        parts.push("synthetic data".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::render_harm_list_pack;
    use super::*;
    use crate::report::view::sample::{self, HOSTILE, all_is_seen};

    #[test]
    fn no_name_and_no_nominal_id_reaches_the_mail() {
        let view = sample::pack::harm_list_pack();
        let rendered = render_harm_list_pack(&view).expect("renders");
        assert!(rendered.html.contains("Invented Person 7"));
        let mail = &rendered.mail;
        for body in [&mail.subject, &mail.text, &mail.html] {
            for person in &view.people {
                assert!(!body.contains(&person.name));
                assert!(!body.contains(&person.nominal_id));
                assert!(!body.contains(&person.contributions[0].crime_ref));
            }
            for leaver in &view.left {
                assert!(!body.contains(&leaver.nominal_id));
            }
        }
        assert!(
            mail.html
                .contains("https://daybook.example/reports/2026-11-21")
        );
        assert!(mail.images.is_empty());
    }

    #[test]
    fn before_the_decision_nobody_is_named_and_the_page_says_why() {
        let mut decided = sample::pack::harm_list_pack();
        let mut view = sample::pack::proposed();
        let rendered = render_harm_list_pack(&view).expect("renders");
        let whole = format!("{}{}", rendered.html, rendered.mail.text);
        for person in &decided.people {
            assert!(!whole.contains(&person.name) && !whole.contains(&person.nominal_id));
        }
        assert_eq!(rendered.html.matches("Nobody is named yet").count(), 1);
        assert!(rendered.html.contains("100 people await a decision"));
        assert!(rendered.mail.subject.contains("100 to decide"));
        // Whatever a view holds, a list that is not decided names nobody.
        view.people = decided.people.split_off(50);
        let page = render_harm_list_pack(&view).expect("renders").html;
        assert!(!page.contains("Invented Person"));
    }

    #[test]
    fn the_subject_has_marking_date_and_movement() {
        let mut view = sample::pack::harm_list_pack();
        view.header.is_synthetic = false;
        let mail = render_harm_list_pack(&view).expect("renders").mail;
        assert_eq!(
            mail.subject,
            "OFFICIAL-SENSITIVE Harm list pack, Sunday 1 November 2026: list 13, list moved by 6, \
             decided"
        );
    }

    #[test]
    fn every_person_has_a_row_a_block_and_all_contributions() {
        let view = sample::pack::harm_list_pack();
        let html = render_harm_list_pack(&view).expect("renders").html;
        for person in &view.people {
            let id = format!("id=\"person-{}\"", person.rank);
            assert_eq!(html.matches(&id).count(), 1);
            for row in &person.contributions {
                assert!(html.contains(&row.crime_ref));
            }
        }
        assert!(html.contains("not a finding of guilt"));
        assert!(html.contains("Counter-allegation: review needed"));
    }

    #[test]
    fn hostile_words_stay_words() {
        for hostile in HOSTILE {
            let mut view = sample::pack::harm_list_pack();
            view.people.truncate(2);
            let mut stale = sample::stale();
            stale.failed[0].title = hostile.to_owned();
            view.header.stale = Some(stale);
            let person = &mut view.people[0];
            person.name = hostile.to_owned();
            person.nominal_id = hostile.to_owned();
            person.accepted.reason = hostile.to_owned();
            person.accepted.by = hostile.to_owned();
            person.other_identities = vec![hostile.to_owned()];
            person.contributions[0].offence = hostile.to_owned();
            person.contributions[0].outcome = Some(hostile.to_owned());
            person.not_counted[0].reason = hostile.to_owned();
            view.left[0].reason = hostile.to_owned();
            view.withheld[0].nominal_id = hostile.to_owned();
            view.list.edition = hostile.to_owned();
            view.list.settings.others = vec![hostile.to_owned()];
            let rendered = render_harm_list_pack(&view).expect("renders");
            let mail = &rendered.mail;
            for text in [&rendered.html, &mail.html, &mail.text, &mail.subject] {
                assert!(all_is_seen(text), "{hostile:?}");
            }
            for html in [&rendered.html, &rendered.mail.html] {
                assert!(!html.contains("<script"), "{hostile}");
                assert!(!html.contains("<img src=x"), "{hostile}");
            }
            assert!(!rendered.mail.subject.contains('\n'));
            // What is left of a name's direction ends with the name.
            assert!(
                rendered
                    .html
                    .contains("<h3><span class=\"rank\">1</span> <bdi>")
            );
            assert!(rendered.html.contains("Nominal <bdi>"));
            assert!(rendered.html.contains("<a href=\"#person-1\"><bdi>"));
        }
    }

    #[test]
    fn the_starter_table_is_named_for_what_it_is() {
        let mut view = sample::pack::harm_list_pack();
        view.list.edition = "starter 2026".to_owned();
        let rendered = render_harm_list_pack(&view).expect("renders");
        for body in [&rendered.html, &rendered.mail.html, &rendered.mail.text] {
            let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(body.contains("mostly not yet checked against the live guideline"));
            assert!(body.contains("in the starter table, which is for demonstration"));
        }
        view.list.edition = "CCHI 2026".to_owned();
        let official = render_harm_list_pack(&view).expect("renders");
        assert!(!official.html.contains("for demonstration"));
    }

    #[test]
    fn people_who_came_on_stand_in_a_table_of_their_own() {
        let mut view = sample::pack::harm_list_pack();
        let came_on = |view: &HarmListPack| {
            PackPage::new(view)
                .joined
                .map_or(0, |table| table.rows.len())
        };
        let stayed = |p: &crate::report::view::harm_list_pack::Person| {
            p.standing == crate::report::view::harm_list_pack::Standing::Stayed
        };
        let expected = view.people.iter().filter(|p| !stayed(p)).count();
        assert_eq!(came_on(&view), expected);
        view.people.retain(stayed);
        assert_eq!(came_on(&view), 0);
    }

    #[test]
    fn an_empty_first_list_still_reads() {
        let mut view = sample::pack::harm_list_pack();
        view.ranks.clear();
        view.people.clear();
        view.withheld.clear();
        view.left.clear();
        view.concentration = crate::report::view::harm_list_pack::Concentration::default();
        view.list.movement = None;
        view.list.cut = None;
        view.list.listed = 0;
        view.list.decisions = DecisionCounts::default();
        let rendered = render_harm_list_pack(&view).expect("renders");
        assert!(rendered.html.contains("Nobody is listed"));
        assert!(!rendered.html.contains("NaN"));
        assert!(rendered.mail.subject.contains("first list"));
    }
}
