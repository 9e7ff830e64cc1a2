//! Crimes: what was reported, where and when it happened, and what became of
//! the record since.

use super::calendar::{day_time, in_days};
use super::circumstances::{
    LOCATIONS, committed, first_recorded_as, location, proactive_share, recorded_after,
};
use super::files::Record;
use super::offences::{Catalogue, Kin, Offence};
use super::places::{London, Spot};
use super::rng::Dice;
use super::row::Row;
use super::source::{Kind, Source};
use super::world::World;
use chrono::{Datelike, NaiveDate, NaiveDateTime};

pub(super) const CRIMES: Source = Source {
    name: "crimes",
    keys: 1,
    columns: &[
        ("crime_ref", Kind::Text),
        ("force", Kind::Choice(&[METROPOLITAN, CITY])),
        ("recorded_at", Kind::Moment),
        ("reported_at", Kind::Moment),
        ("committed_from", Kind::Moment),
        ("committed_to", Kind::Moment),
        ("ho_code", Kind::Code),
        ("offence_title", Kind::Text),
        ("offence_count", Kind::Number),
        ("borough", Kind::Text),
        ("ward", Kind::Text),
        ("easting", Kind::Number),
        ("northing", Kind::Number),
        ("location_type", Kind::Choice(LOCATIONS)),
        ("domestic_abuse", Kind::Flag),
        ("honour_based", Kind::Flag),
        ("proactive", Kind::Flag),
        (
            "status",
            Kind::Choice(&["open", "closed", "cancelled", "transferred"]),
        ),
        ("status_at", Kind::Moment),
        ("outcome_code", Kind::Number),
        ("outcome_at", Kind::Moment),
        ("unit", Kind::Text),
    ],
};

const METROPOLITAN: &str = "metropolitan";
const CITY: &str = "city-of-london";

#[expect(clippy::struct_excessive_bools, reason = "they are columns")]
pub(super) struct Crime {
    pub(super) number: u32,
    pub(super) offence: u8,
    /// As which offence it was first recorded, and until when.
    pub(super) first_as: Option<(u8, NaiveDateTime)>,
    pub(super) reported: NaiveDateTime,
    pub(super) recorded: NaiveDateTime,
    committed_from: NaiveDateTime,
    committed_to: NaiveDateTime,
    pub(super) count: u8,
    pub(super) spot: Spot,
    /// The wrong borough it was first recorded in, and until when.
    misplaced: Option<(Spot, NaiveDateTime)>,
    location: &'static str,
    pub(super) domestic: bool,
    honour: bool,
    pub(super) proactive: bool,
    /// Cancelled (true) or transferred (false), and when.
    pub(super) dropped: Option<(bool, NaiveDateTime)>,
    /// Closed with this outcome, and when.
    pub(super) closed: Option<(u8, NaiveDateTime)>,
    pub(super) steady: bool,
}

/// What a crime is made from.
pub(super) struct Report {
    pub(super) offence: u8,
    pub(super) on: NaiveDate,
    pub(super) borough: u8,
    pub(super) domestic: bool,
}

impl Crime {
    pub(super) fn new(
        report: &Report,
        catalogue: &Catalogue,
        london: &London,
        dice: &mut Dice,
    ) -> Self {
        let offence = catalogue.get(report.offence);
        let reported = day_time(report.on, dice);
        let recorded = recorded_after(reported, dice);
        let (committed_from, committed_to) = committed(offence, reported, dice);
        let location = location(offence, report.domestic, dice);
        let home = location == "dwelling";
        let mut crime = Self {
            number: 0,
            offence: report.offence,
            first_as: None,
            reported,
            recorded,
            committed_from,
            committed_to,
            count: dice.choose(&[(1, 965), (2, 25), (3, 8), (4, 2)]),
            spot: london.spot(report.borough, !home, report.on, dice),
            misplaced: None,
            location,
            domestic: report.domestic,
            honour: offence.kin == Kin::Honour || (report.domestic && dice.chance(0.004)),
            proactive: dice.chance(proactive_share(offence)),
            dropped: None,
            closed: None,
            steady: false,
        };
        crime.revise(catalogue, london, dice);
        crime
    }

    /// The offence recorded when `morning` began.
    pub(super) fn offence_at(&self, morning: NaiveDate) -> u8 {
        match self.first_as {
            Some((first, until)) if until.date() >= morning => first,
            _ => self.offence,
        }
    }

    pub(super) fn reference(&self) -> String {
        let year = self.recorded.year();
        format!("C{year}-{:07}", self.number)
    }

    /// Recorded by then, and neither cancelled nor transferred.
    pub(super) fn in_force(&self, morning: NaiveDate) -> bool {
        self.recorded.date() < morning
            && self.dropped.is_none_or(|(_, when)| when.date() >= morning)
    }

    /// When it was closed with a charge, outcome 1.
    pub(super) fn charged(&self) -> Option<NaiveDateTime> {
        let charged = self.closed.filter(|(outcome, _)| *outcome == 1);
        charged.map(|(_, when)| when)
    }

    pub(super) fn is_city(&self, london: &London) -> bool {
        london.name(self.spot.borough) == "City of London"
    }

    /// Later corrections, and the few records that leave again.
    fn revise(&mut self, catalogue: &Catalogue, london: &London, dice: &mut Dice) {
        if dice.chance(0.013) {
            let until = in_days(self.recorded, 1.0 + dice.exponential(18.0));
            self.first_as = first_recorded_as(catalogue, self.offence).map(|first| (first, until));
        }
        if dice.chance(0.004) {
            let until = in_days(self.recorded, 1.0 + dice.exponential(9.0));
            let borough = london.borough(dice);
            self.misplaced = Some((london.spot(borough, true, until.date(), dice), until));
        }
        if dice.chance(0.038) {
            let when = in_days(self.recorded, 2.0 + dice.exponential(32.0));
            self.dropped = Some((dice.chance(0.79), when));
        }
    }

    /// The last change of status by `morning`: word, moment, outcome.
    fn status(&self, morning: NaiveDate) -> (&'static str, NaiveDateTime, Option<u8>) {
        if let Some((cancelled, when)) = self.dropped
            && when.date() < morning
        {
            let word = if cancelled {
                "cancelled"
            } else {
                "transferred"
            };
            return (word, when, None);
        }
        match self.closed {
            Some((outcome, when)) if when.date() < morning => ("closed", when, Some(outcome)),
            _ => ("open", self.recorded, None),
        }
    }

    fn unit(&self, offence: &Offence, london: &London, recorded_in: Spot) -> String {
        if self.is_city(london) {
            return "City of London Public Protection".to_owned();
        }
        let bcu = &london.boroughs[usize::from(recorded_in.borough)].bcu;
        match offence.kin {
            Kin::Homicide | Kin::Exploitation => "Specialist Crime".to_owned(),
            _ if self.domestic || offence.is_sexual() => format!("{bcu} Public Protection"),
            Kin::Stalking | Kin::ChildCruelty | Kin::Honour | Kin::Images => {
                format!("{bcu} Public Protection")
            }
            _ => format!("{bcu} Local Investigations"),
        }
    }
}

impl Record for Crime {
    fn order(&self, _: &World) -> u64 {
        let year = self.recorded.year();
        u64::from(year.cast_unsigned()) << 32 | u64::from(self.number)
    }

    fn days(&self, days: &mut Vec<NaiveDate>) {
        days.push(self.recorded.date());
        days.extend(self.first_as.map(|(_, until)| until.date()));
        days.extend(self.misplaced.map(|(_, until)| until.date()));
        days.extend(self.closed.map(|(_, when)| when.date()));
        days.extend(self.dropped.map(|(_, when)| when.date()));
    }

    fn fill(&self, world: &World, morning: NaiveDate, row: &mut Row) {
        let london = &world.london;
        let offence = world.catalogue.get(self.offence_at(morning));
        let spot = match self.misplaced {
            Some((wrong, until)) if until.date() >= morning => wrong,
            _ => self.spot,
        };
        let (status, status_at, outcome) = self.status(morning);
        row.text(&self.reference());
        row.text(if self.is_city(london) {
            CITY
        } else {
            METROPOLITAN
        });
        row.moment(Some(self.recorded));
        row.moment(Some(self.reported));
        row.moment(Some(self.committed_from));
        row.moment(Some(self.committed_to));
        row.text(&offence.code);
        row.text(&offence.title);
        row.number(self.count);
        row.text(london.name(spot.borough));
        row.text(&london.wards[usize::from(spot.ward)].name);
        row.number(spot.easting);
        row.number(spot.northing);
        row.text(self.location);
        row.flag(self.domestic);
        row.flag(self.honour);
        row.flag(self.proactive);
        row.text(status);
        row.moment(Some(status_at));
        row.number_or_none(outcome);
        row.moment(outcome.map(|_| status_at));
        row.text(&self.unit(offence, london, spot));
    }

    fn steady(&self, _: &World) -> bool {
        self.steady
    }
}
