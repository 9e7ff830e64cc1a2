//! What the reader is asked to do, and by when.

use super::Sentence;
use crate::report::format;
use crate::report::view::morning_briefing::{Ask, AskKind};

/// The lead sentence: every request in one line, the first one linked.
pub fn lead(asks: &[Ask]) -> Sentence {
    let asks: Vec<&Ask> = asks.iter().filter(|ask| ask.count > 0).collect();
    let Some((first, rest)) = asks.split_first() else {
        return Sentence::new("Nothing", " is asked of you today.", "#asked");
    };
    let linked = format::capitalised(&request(first.kind, first.count));
    let mut requests = vec![due(first)];
    requests.extend(
        rest.iter()
            .map(|ask| request(ask.kind, ask.count) + &due(ask)),
    );
    let after = format!("{}.", requests.join("; "));
    Sentence::new(&linked, &after, "#asked")
}

/// One request as a sentence with its own address.
pub fn each(ask: &Ask) -> Sentence {
    let linked = format::capitalised(&request(ask.kind, ask.count));
    let after = format!("{}.", due(ask));
    Sentence::new(&linked, &after, ask.url.as_deref().unwrap_or_default())
}

/// The heading of the section.
pub fn heading(asks: &[Ask]) -> String {
    match asks.iter().filter(|ask| ask.count > 0).count() {
        0 => "Nothing is asked of you today".to_owned(),
        1 => "One thing is asked of you".to_owned(),
        n => format!("{n} things are asked of you"),
    }
}

fn request(kind: AskKind, count: u64) -> String {
    match kind {
        AskKind::DecideList => {
            let people = format::plural(count, "person", "people");
            format!("decide on {people} proposed for the list")
        }
        AskKind::ReviewCounterAllegations => {
            let people = format::plural(count, "person", "people");
            format!("have {people} with a counter-allegation reviewed")
        }
        AskKind::SettleContestedRecords => {
            let records = format::plural(count, "contested record", "contested records");
            format!("settle {records}")
        }
        AskKind::ScoreOffenceCodes => {
            let codes = format::plural(count, "offence code", "offence codes");
            format!("give a weight to {codes} not yet scored")
        }
        AskKind::SendExtracts => {
            let extracts = format::plural(count, "extract", "extracts");
            format!("have {extracts} sent again")
        }
    }
}

fn due(ask: &Ask) -> String {
    ask.due_on
        .map(|day| format!(" by {}", format::date(day)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn ask(kind: AskKind, count: u64) -> Ask {
        Ask {
            kind,
            count,
            due_on: None,
            url: None,
        }
    }

    #[test]
    fn a_day_without_requests_says_so() {
        assert_eq!(lead(&[]).text(), "Nothing is asked of you today.");
        let none = [ask(AskKind::DecideList, 0)];
        assert_eq!(lead(&none).text(), "Nothing is asked of you today.");
        assert_eq!(heading(&none), "Nothing is asked of you today");
    }

    #[test]
    fn requests_stand_in_one_line_with_their_days() {
        let mut first = ask(AskKind::DecideList, 100);
        first.due_on = NaiveDate::from_ymd_opt(2026, 11, 27);
        let asks = [first, ask(AskKind::ReviewCounterAllegations, 1)];
        assert_eq!(
            lead(&asks).text(),
            "Decide on 100 people proposed for the list by 27 November 2026; have 1 person with a \
             counter-allegation reviewed."
        );
        assert_eq!(heading(&asks), "2 things are asked of you");
    }
}
