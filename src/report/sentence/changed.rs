//! What a measure became in a year, in one sentence.

use daybook_statistics::series::accrual::Accrual;

use super::breaks;
use crate::measures::breaks::Break;
use crate::measures::changes::Changed;
use crate::report::format;
use crate::report::view::measure::Unit;

/// `Twelve months to October 2026: 8.1%, against 7.6% a year before: 0.5
/// percentage points more (95% interval 0.2 to 0.8).`
pub fn year_on_year(unit: Unit, accrual: Accrual, changed: &Changed) -> String {
    let when = match accrual {
        Accrual::Flow => "Twelve months to",
        Accrual::Stock | Accrual::Rolling => "End of",
    };
    told(when, unit, changed)
}

/// `Year to date, to October 2026: 8.1%, against ...`
pub fn year_to_date(unit: Unit, changed: &Changed) -> String {
    told("Year to date, to", unit, changed)
}

fn told(when: &str, unit: Unit, changed: &Changed) -> String {
    if let Some(found) = &changed.crosses {
        return apart(when, unit, changed, found);
    }
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

/// A figure alone, and why nothing is set against it.
fn apart(when: &str, unit: Unit, changed: &Changed, found: &Break) -> String {
    let month = format::month(changed.period);
    let reason = breaks::reason(found.date, &found.what);
    match changed.now_value {
        Some(value) => format!(
            "{when} {month}: {}; not compared with a year before, for {reason}.",
            format::value_in_words(unit, value)
        ),
        None => format!("{when} {month}: not added up, for {reason}."),
    }
}

/// `83.7%, against 87.8%`, for a table.
pub fn in_short(unit: Unit, changed: &Changed) -> String {
    let print = |value: Option<f64>| {
        value.map_or_else(|| "[x]".to_owned(), |value| format::value(unit, value))
    };
    let now = print(changed.now_value);
    if changed.crosses.is_some() {
        return format!("{now}, not compared across a break");
    }
    format!("{now}, against {}", print(changed.before_value))
}

/// How much, and which way: a difference is that of the two figures as they are
/// printed, so that whoever subtracts them finds it.
fn by(unit: Unit, changed: &Changed, change: f64) -> String {
    if changed.is_ratio {
        return format!("{} times as many", format::number(change, 2));
    }
    let printed = changed.now_value.zip(changed.before_value);
    let difference = printed.map_or(change, |(now, before)| {
        as_printed(unit, now) - as_printed(unit, before)
    });
    let rounded = amount(unit, difference.abs());
    if rounded == amount(unit, 0.0) {
        let same = if change == 0.0 { "" } else { "nearly " };
        return format!("{same}the same");
    }
    let way = if difference > 0.0 { "more" } else { "less" };
    format!("{rounded} {way}")
}

/// A figure to the digits that it is printed with.
fn as_printed(unit: Unit, value: f64) -> f64 {
    let plain: String = format::value(unit, value)
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    plain
        .parse()
        .map_or(value, |size: f64| size.copysign(value))
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
    let doubt = if (low..=high).contains(&changed.none()) {
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
            crosses: None,
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
    fn a_difference_is_that_of_the_printed_figures() {
        let told = |unit, now: f64, before: f64| {
            let all = year_on_year(
                unit,
                Accrual::Flow,
                &changed(now, before, now - before, None),
            );
            all.split(": ").nth(2).unwrap().to_owned()
        };
        // 66.2 against 70.5 though the difference is 4.2 before rounding.
        assert_eq!(
            told(Unit::Percent, 66.2449, 70.4501),
            "4.3 percentage points less."
        );
        assert_eq!(
            told(Unit::Percent, 79.1499, 76.4501),
            "2.6 percentage points more."
        );
        assert_eq!(told(Unit::Days, 101.4, 100.6), "nearly the same.");
        assert_eq!(told(Unit::Days, 1_204.6, 998.4), "207 days more.");
        assert_eq!(told(Unit::Ratio, 2.414, 2.396), "0.01 more.");
        assert_eq!(told(Unit::Change, -3.4, 4.4), "7.0 percentage points less.");
        assert_eq!(
            told(Unit::Percent, -1.04, -1.06),
            "0.1 percentage points more."
        );
    }

    #[test]
    fn a_change_too_small_to_print_is_not_told_as_none() {
        let small = changed(0.51, 0.54, -0.03, None);
        let text = year_on_year(Unit::Percent, Accrual::Rolling, &small);
        assert!(text.contains("a year before: nearly the same"), "{text}");
        // These are printed as 0.5% and 0.6%.
        let printed = changed(0.54, 0.56, -0.02, None);
        let text = year_on_year(Unit::Percent, Accrual::Rolling, &printed);
        assert!(text.contains("0.1 percentage points less"), "{text}");
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
