//! What a reader is told when the figures could not be renewed.

use crate::report::format;
use crate::report::view::Stale;
use crate::report::view::source::FailedCheck;

/// The notice's first words, to be set off from the rest.
pub const HEADING: &str = "These figures were not renewed.";

/// Up to which batch the figures stand, and what keeps them there.
pub fn notice(stale: &Stale) -> String {
    let of = stale
        .taken_in_at
        .map(|at| format!(" of {}", format::date_time(at)))
        .unwrap_or_default();
    format!(
        "They stand as of batch {}{of}, because {}. Renewing them has failed since {}; what \
         arrived meanwhile is kept and waits. See “daybook ingest status”.",
        stale.batch,
        because(&stale.failed),
        format::date_time(stale.since)
    )
}

/// What a subject says of it.
pub fn in_short(stale: &Stale) -> String {
    format!("figures as of batch {}", stale.batch)
}

fn because(failed: &[FailedCheck]) -> String {
    let rows = |check: &FailedCheck| format::plural(check.rows, "row", "rows");
    match failed {
        [check] => format!(
            "the check “{}” does not hold for {}",
            check.title,
            rows(check)
        ),
        checks => {
            let each: Vec<String> = checks
                .iter()
                .map(|check| format!("“{}” for {}", check.title, rows(check)))
                .collect();
            format!(
                "{} checks do not hold: {}",
                checks.len(),
                format::list_in_words(&each)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample;

    #[test]
    fn the_notice_says_which_batch_stands_and_which_check_is_in_the_way() {
        assert_eq!(
            notice(&sample::stale()),
            "They stand as of batch 118 of 20 November 2026, 04:12, because the check “A person is \
             named once per crime” does not hold for 3 rows. Renewing them has failed since 21 \
             November 2026, 04:11; what arrived meanwhile is kept and waits. See “daybook ingest \
             status”."
        );
    }

    #[test]
    fn several_checks_are_each_told_with_their_rows() {
        let mut stale = sample::stale();
        stale.failed.push(FailedCheck {
            title: "Keys are unique".to_owned(),
            rows: 1,
        });
        let told = notice(&stale);
        assert!(
            told.contains(
                "because 2 checks do not hold: “A person is named once per crime” for 3 rows and \
                 “Keys are unique” for 1 row."
            ),
            "{told}"
        );
    }
}
