//! Why an allegation adds nothing to a score: the codes that
//! `jobs/harm-list/contributions.sql` gives, and what each says to people.

/// A reason in words. A code that is not known stands as it is: lists made
/// before there were codes hold their words.
pub fn in_words(code: &str, most_suspects: u32) -> String {
    let words = match code {
        "own_victim" => "the suspect is named as its victim too",
        "crowd" => return format!("more than {most_suspects} suspects named"),
        "outside_basket" => "outside the VAWG basket",
        "not_in_basket_table" => "code not in the VAWG basket table",
        "conditional_code" => "conditional code, left out by setting",
        "not_domestic_abuse" => "not flagged as domestic abuse",
        "no_female_victim" => "no female victim",
        "proactive" => "found by police activity, which the index leaves out",
        "no_weight" => "no weight in this edition",
        "no_further_action" => "no further action, left out by setting",
        "under_age" => "alleged when under age, left out by setting",
        _ => match code.strip_prefix("crime_") {
            Some(status) => return format!("crime {status}"),
            None => code,
        },
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::in_words;

    /// The codes of a statement: what stands alone between quotes after `then`.
    fn codes(sql: &str) -> Vec<&str> {
        let (_, cases) = sql.split_once("weight_days,\n        case").unwrap();
        let (cases, _) = cases.split_once("end as not_counted_because").unwrap();
        let after = cases.split("then '").skip(1);
        after.map(|rest| rest.split('\'').next().unwrap()).collect()
    }

    #[test]
    fn every_code_of_the_statement_has_words() {
        let codes = codes(include_str!("../../jobs/harm-list/contributions.sql"));
        assert_eq!(codes.len(), 12, "{codes:?}");
        for code in codes {
            let code = if code == "crime_" {
                "crime_cancelled"
            } else {
                code
            };
            let words = in_words(code, 50);
            assert_ne!(words, code);
            assert!(!words.contains('_'), "{words}");
        }
        assert_eq!(in_words("crime_transferred", 50), "crime transferred");
        assert_eq!(in_words("crowd", 50), "more than 50 suspects named");
        assert_eq!(in_words("no female victim", 50), "no female victim");
    }
}
