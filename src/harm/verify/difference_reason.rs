//! Why somebody's rows differ, in words.

use super::Difference;

/// The cause for people whose own figures are as they were.
pub const PASSED: &str = "others moved past";

/// The first thing that explains the others: whether the person may be ranked,
/// an allegation, what else is told of the person, the places of others.
pub(super) fn cause(differences: &[Difference]) -> String {
    let of = |table: &str, not: &[&str]| -> Vec<&Difference> {
        differences
            .iter()
            .filter(|d| d.table == table && !not.contains(&d.column.as_str()))
            .collect()
    };
    let told = |of: &[&Difference]| -> String {
        let words: Vec<String> = of.iter().map(|difference| in_words(difference)).collect();
        words.join("; ")
    };
    let entry = of(
        "list_entries",
        &["rank", "rank_at_liberty", "rank_without_nfa"],
    );
    let standing: Vec<&Difference> = entry
        .iter()
        .filter(|d| d.column == "standing")
        .copied()
        .collect();
    let crimes = of("list_contributions", &["rank_without"]);
    for found in [&standing, &crimes, &entry] {
        if !found.is_empty() {
            return told(found);
        }
    }
    if !of("list_entries", &[]).is_empty() {
        return PASSED.to_owned();
    }
    match differences.first().map(|d| d.table.as_str()) {
        Some("list_moves") => "the movement differs",
        Some("list_variant_ranks") => "the place under another rule differs",
        _ => "the rank without an allegation differs",
    }
    .to_owned()
}

fn in_words(difference: &Difference) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let (was, is) = (value(&difference.frozen), value(&difference.again));
    let column = &difference.column;
    let of = match difference.table.as_str() {
        "list_contributions" => format!("crime {}: ", difference.row),
        _ => String::new(),
    };
    match (&difference.frozen, column.as_str()) {
        (Some(_), "row") => format!("{of}was there, is not"),
        (None, "row") => format!("{of}was not there, is"),
        _ => format!("{of}{column} was {was}, is {is}"),
    }
}
