//! The only reader of the wall clock. A run reads it once and passes the
//! instant down, so that every figure of the run speaks of the same moment.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Where "now" comes from: the machine, or in tests a fixed instant, or seconds
/// since 1970 that the test moves as a machine's clock may be moved.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    System,
    Fixed(DateTime<Utc>),
    Steered(&'static AtomicI64),
}

impl Clock {
    pub fn now(self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Self::System => Utc::now(),
            Self::Fixed(instant) => instant,
            Self::Steered(seconds) => {
                DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0).unwrap_or_default()
            }
        }
    }

    /// The date in the force's zone: what the force calls today.
    pub fn today(self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }
}

/// Measures how long something took; it never tells what time it is.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    pub fn elapsed_ms(self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
/// The instant at which a day begins in a zone; the first one after it where
/// the clocks skip midnight.
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let start = day.and_time(NaiveTime::MIN);
    zone.from_local_datetime(&start)
        .earliest()
        .map_or_else(|| start.and_utc(), |at| at.to_utc())
}
