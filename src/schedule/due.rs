//! When a job is due: a pure function of its pattern, its zone and two
//! instants. Clock changes follow Debian cron's rules: a fixed time inside the
//! spring gap runs once, right after it; a fixed time in the autumn overlap
//! runs once, the first time; an interval pattern follows elapsed time.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};

/// A five-field cron pattern in a zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    cron: Cron,
    is_fixed: bool,
    pub zone: Tz,
}

/// No zone has moved its clocks by more than this.
const WIDEST_CHANGE: Duration = Duration::hours(25);

impl Schedule {
    /// Parses a pattern: minute, hour, day of month, month, day of week.
    pub fn parse(text: &str, zone: Tz) -> Result<Self, String> {
        let cron = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .build()
            .parse(text)
            .map_err(|error| format!("not a cron pattern of five fields: {error}"))?;
        // Leap days lie eight years apart at most.
        let start = DateTime::UNIX_EPOCH.naive_utc();
        let is_never = cron
            .iter_after(start)
            .next()
            .is_none_or(|first| first > start + Duration::days(366 * 9));
        if is_never {
            return Err("no day of any year fits this pattern; expected one that comes".to_owned());
        }
        let is_fixed = !text
            .split_whitespace()
            .take(2)
            .any(|field| field.contains('*'));
        Ok(Self {
            text: text.to_owned(),
            cron,
            is_fixed,
            zone,
        })
    }

    pub fn pattern(&self) -> &str {
        &self.text
    }

    /// Every due instant after `after`, up to and including `until`.
    pub fn between(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let stop = until.with_timezone(&self.zone).naive_local() + WIDEST_CHANGE;
        let mut due: Vec<DateTime<Utc>> = self
            .local_times(after)
            .take_while(|local| *local <= stop)
            .flat_map(|local| self.instants(local))
            .filter(|instant| after < *instant && *instant <= until)
            .collect();
        due.sort_unstable();
        due.dedup();
        due
    }

    /// The next `count` due instants after `after`.
    pub fn next(&self, after: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        let mut due = Vec::new();
        let mut settled_from = None;
        for local in self.local_times(after) {
            // Clock changes can swap neighbours, so look past the last one.
            if settled_from.is_some_and(|from: NaiveDateTime| local > from + WIDEST_CHANGE) {
                break;
            }
            due.extend(
                self.instants(local)
                    .into_iter()
                    .filter(|instant| *instant > after),
            );
            if due.len() >= count && settled_from.is_none() {
                settled_from = Some(local);
            }
        }
        due.sort_unstable();
        due.dedup();
        due.truncate(count);
        due
    }

    /// Wall-clock times that match, from safely before an instant.
    fn local_times(&self, after: DateTime<Utc>) -> impl Iterator<Item = NaiveDateTime> + use<'_> {
        let start = after.with_timezone(&self.zone).naive_local() - WIDEST_CHANGE;
        self.cron.iter_after(start)
    }

    fn instants(&self, local: NaiveDateTime) -> Vec<DateTime<Utc>> {
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) => vec![at.to_utc()],
            LocalResult::Ambiguous(first, second) if self.is_fixed => {
                vec![first.to_utc().min(second.to_utc())]
            }
            LocalResult::Ambiguous(first, second) => vec![first.to_utc(), second.to_utc()],
            LocalResult::None if self.is_fixed => self.end_of_gap(local).into_iter().collect(),
            LocalResult::None => Vec::new(),
        }
    }

    fn end_of_gap(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        (1..=24 * 60)
            .map(|minutes| local + Duration::minutes(minutes))
            .find_map(|later| self.zone.from_local_datetime(&later).earliest())
            .map(|at| at.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(pattern: &str) -> Schedule {
        Schedule::parse(pattern, chrono_tz::Europe::London).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn due(pattern: &str, from: &str, to: &str) -> Vec<String> {
        schedule(pattern)
            .between(at(from), at(to))
            .iter()
            .map(|instant| instant.format("%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn a_time_of_day_is_local_in_summer_and_in_winter() {
        assert_eq!(
            due("10 2 * * *", "2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z"),
            ["01 01:10"]
        );
        assert_eq!(
            due("10 2 * * *", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"),
            ["01 02:10"]
        );
    }

    #[test]
    fn a_fixed_time_in_the_spring_gap_runs_once_right_after_it() {
        // On 29 March 2026 the clock goes from 01:00 to 02:00.
        let day = ("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z");
        assert_eq!(due("30 1 * * *", day.0, day.1), ["29 01:00"]);
        assert_eq!(due("15,45 1 * * *", day.0, day.1), ["29 01:00"]);
        assert_eq!(due("0 2 * * *", day.0, day.1), ["29 01:00"]);
    }

    #[test]
    fn a_fixed_time_in_the_autumn_overlap_runs_once_the_first_time() {
        // On 25 October 2026 the clock goes from 02:00 back to 01:00.
        let day = ("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z");
        assert_eq!(due("30 1 * * *", day.0, day.1), ["25 00:30"]);
    }

    #[test]
    fn an_interval_follows_elapsed_time_through_both_changes() {
        let autumn = due(
            "*/15 * * * *",
            "2026-10-24T23:59:00Z",
            "2026-10-25T03:59:00Z",
        );
        assert_eq!(autumn.len(), 16);
        let spring = due(
            "*/15 * * * *",
            "2026-03-28T23:59:00Z",
            "2026-03-29T03:59:00Z",
        );
        assert_eq!(spring.len(), 16);
    }

    #[test]
    fn the_next_five_agree_with_what_is_due() {
        for pattern in [
            "10 2 * * *",
            "*/7 * * * *",
            "0 5 1 * *",
            "30 1 * * 0",
            "0 6 * * 1-5",
        ] {
            let from = at("2026-10-24T20:00:00Z");
            let next = schedule(pattern).next(from, 5);
            assert_eq!(next.len(), 5, "{pattern}");
            assert_eq!(schedule(pattern).between(from, next[4]), next, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_with_seconds_or_nonsense_is_refused() {
        for wrong in ["* * * * * *", "61 * * * *", "often", "", "* * * *"] {
            assert!(Schedule::parse(wrong, chrono_tz::UTC).is_err(), "{wrong:?}");
        }
    }
}
