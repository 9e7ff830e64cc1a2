//! Ages in completed years.

use chrono::{Datelike, NaiveDate};

/// A person's age on a day. Someone born on 29 February completes a year on
/// 1 March of a year that has no such day.
pub fn on(day: NaiveDate, born_on: NaiveDate) -> i32 {
    let is_before_birthday = (day.month(), day.day()) < (born_on.month(), born_on.day());
    day.year() - born_on.year() - i32::from(is_before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_completes_the_year_and_a_leap_day_waits_for_march() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(on(day("2026-11-20"), day("2008-11-21")), 17);
        assert_eq!(on(day("2026-11-21"), day("2008-11-21")), 18);
        assert_eq!(on(day("2026-02-28"), day("2008-02-29")), 17);
        assert_eq!(on(day("2026-03-01"), day("2008-02-29")), 18);
        assert_eq!(on(day("2028-02-29"), day("2010-02-28")), 18);
    }
}
