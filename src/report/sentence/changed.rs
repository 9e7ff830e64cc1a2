//! What a measure became in a year, in one sentence.

use crate::measures::changes::Changed;
use crate::measures::statistics::series::Accrual;
use crate::report::format;
use crate::report::view::measure::Unit;

/// `Twelve months to October 2026: 8.1%, against 7.6% a year before: 0.5
/// percentage points more (95% interval 0.2 to 0.8).`
#[must_use]
pub fn year_on_year(unit: Unit, accrual: Accrual, changed: &Changed) -> String {
    let when = match accrual {
        Accrual::Flow => "Twelve months to",
        Accrual::Stock | Accrual::Rolling => "End of",
    };
    told(when, unit, changed)
}

/// `Year to date, to October 2026: 8.1%, against ...`
#[must_use]
pub fn year_to_date(unit: Unit, changed: &Changed) -> String {
    told("Year to date, to", unit, changed)
}

fn told(when: &str, unit: Unit, changed: &Changed) -> String {
    let print = |value: Option<f64>| {
        value.map_or_else(
            || "no figure".to_owned(),
            |value| format::value_in_words(unit, value),
        )
    };
    let by = changed.change.map_or_else(String::new, |change| {
        format!(": {}", by(unit, changed, change))
    });
    format!(
        "{when} {}: {}, against {} a year before{by}{}.",
        format::month(changed.period),
        print(changed.now_value),
        print(changed.before_value),
        firmness(unit, changed)
    )
}

/// How much, and which way.
fn by(unit: Unit, changed: &Changed, change: f64) -> String {
    if changed.is_ratio {
        return format!("{} times as many", format::number(change, 2));
    }
    let rounded = amount(unit, change.abs());
    if rounded == amount(unit, 0.0) {
        let same = if change == 0.0 { "" } else { "nearly " };
        return format!("{same}the same");
    }
    let way = if change > 0.0 { "more" } else { "less" };
    format!("{rounded} {way}")
}

/// The interval, and what cannot be told apart from no change.
fn firmness(unit: Unit, changed: &Changed) -> String {
    let (Some(low), Some(high)) = (changed.low, changed.high) else {
        return changed
            .without
            .as_ref()
            .map_or_else(String::new, |why| format!("; {why}"));
    };
    let print = |value: f64| {
        if changed.is_ratio {
            format::number(value, 2)
        } else {
            signed(unit, value)
        }
    };
    let none = if changed.is_ratio { 1.0 } else { 0.0 };
    let doubt = if (low..=high).contains(&none) {
        ", so that there may be no change"
    } else {
        ""
    };
    format!(" (95% interval {} to {}{doubt})", print(low), print(high))
}

fn amount(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Percent | Unit::Change => format!("{} percentage points", format::number(value, 1)),
        _ => format::value_in_words(unit, value),
    }
}

fn signed(unit: Unit, value: f64) -> String {
    let decimals = match unit {
        Unit::Days | Unit::Count => 0,
        Unit::Percent | Unit::Change | Unit::PerThousand => 1,
        Unit::Ratio => 2,
    };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}", format::number(value.abs(), decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::sample::day;

    fn changed(now: f64, before: f64, change: f64, interval: Option<(f64, f64)>) -> Changed {
        Changed {
            period: day(2026, 10, 1),
            before: day(2025, 10, 1),
            now_value: Some(now),
            before_value: Some(before),
            change: Some(change),
            is_ratio: false,
            low: interval.map(|ends| ends.0),
            high: interval.map(|ends| ends.1),
            without: None,
        }
    }

    #[test]
    fn a_share_changes_by_percentage_points_with_its_interval() {
        let text = year_on_year(
            Unit::Percent,
            Accrual::Flow,
            &changed(8.1, 7.6, 0.5, Some((0.2, 0.8))),
        );
        assert_eq!(
            text,
            "Twelve months to October 2026: 8.1%, against 7.6% a year before: 0.5 percentage \
             points more (95% interval 0.2 to 0.8)."
        );
    }

    #[test]
    fn an_interval_that_holds_no_change_says_so() {
        let text = year_on_year(
            Unit::Days,
            Accrual::Rolling,
            &changed(61.0, 64.0, -3.0, Some((-8.0, 2.0))),
        );
        assert_eq!(
            text,
            "End of October 2026: 61 days, against 64 days a year before: 3 days less (95% \
             interval −8 to 2, so that there may be no change)."
        );
    }

    #[test]
    fn a_count_is_told_by_its_ratio() {
        let mut counts = changed(104.0, 100.0, 1.04, Some((0.79, 1.37)));
        counts.is_ratio = true;
        let text = year_to_date(Unit::Count, &counts);
        assert_eq!(
            text,
            "Year to date, to October 2026: 104, against 100 a year before: 1.04 times as many \
             (95% interval 0.79 to 1.37, so that there may be no change)."
        );
    }

    #[test]
    fn a_change_too_small_to_print_is_not_told_as_none() {
        let small = changed(0.54, 0.56, -0.02, None);
        let text = year_on_year(Unit::Percent, Accrual::Rolling, &small);
        assert!(text.contains("a year before: nearly the same"), "{text}");
    }

    #[test]
    fn what_has_no_interval_says_why_and_what_is_equal_is_the_same() {
        let mut level = changed(12.0, 12.0, 0.0, None);
        level.without = Some("a level is no sample".to_owned());
        let text = year_on_year(Unit::Count, Accrual::Stock, &level);
        assert_eq!(
            text,
            "End of October 2026: 12, against 12 a year before: the same; a level is no sample."
        );
        level.before_value = None;
        level.change = None;
        assert!(year_on_year(Unit::Count, Accrual::Stock, &level).contains("against no figure"));
    }
}
