//! London: boroughs, wards and points inside them. `boroughs.csv` is derived
//! from the borough boundaries (Open Government Licence v3, contains OS data,
//! Crown copyright); ward names and shares of recorded offences come from the
//! Met's published counts on the London Datastore (Open Government Licence
//! v2). Ward points lie inside their borough but are not surveyed.

use super::rng::{Dice, Theme, Wheel, real, whole};
use anyhow::Context;
use chrono::{Datelike, NaiveDate};

const BOROUGHS: &str = include_str!("boroughs.csv");
const WARDS: &str = include_str!("wards.csv");

#[derive(serde::Deserialize)]
pub(super) struct Borough {
    pub(super) name: String,
    pub(super) bcu: String,
    share_per_10000: f64,
}

#[derive(serde::Deserialize)]
pub(super) struct Ward {
    borough: String,
    #[serde(rename = "ward")]
    pub(super) name: String,
    share_per_1000: f64,
    easting: f64,
    northing: f64,
    radius_m: f64,
}

/// A point, its ward and its borough, by their places in the tables.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) borough: u8,
    pub(super) ward: u16,
    pub(super) easting: u32,
    pub(super) northing: u32,
}

pub(super) struct London {
    pub(super) boroughs: Vec<Borough>,
    pub(super) wards: Vec<Ward>,
    borough_wheel: Wheel,
    ward_wheels: Vec<(usize, Wheel)>,
    /// The ward of each borough's town centre, the busiest one.
    centres: Vec<usize>,
}

/// Share of what happens in public that happens in the town centre.
const IN_THE_CENTRE: f64 = 0.22;

/// How much more harm comes to the wards that have much crime.
const HARM_GATHERS: f64 = 1.45;

/// How wide a spot is where harm gathers: metres, as a standard deviation.
const SPOT_METRES: f64 = 40.0;

/// How a borough leans in some respect, from -1 to 1: fixed, and different for
/// each theme.
pub(super) fn lean(borough: u8, theme: Theme) -> f64 {
    let turn = (f64::from(borough) + 1.0) * 0.618_034 + f64::from(theme as u8) * 0.414_214;
    2.0 * turn.fract() - 1.0
}

impl London {
    pub(super) fn load() -> anyhow::Result<Self> {
        let boroughs: Vec<Borough> = table(BOROUGHS).context("boroughs.csv")?;
        let wards: Vec<Ward> = table(WARDS).context("wards.csv")?;
        let borough_wheel = Wheel::new(boroughs.iter().map(|b| b.share_per_10000));
        let ward_wheels = boroughs.iter().map(|b| ward_wheel(&wards, b)).collect();
        let centres = boroughs.iter().map(|b| busiest(&wards, b)).collect();
        Ok(Self {
            boroughs,
            wards,
            borough_wheel,
            ward_wheels,
            centres,
        })
    }

    pub(super) fn borough(&self, dice: &mut Dice) -> u8 {
        u8::try_from(self.borough_wheel.spin(dice)).unwrap_or(0)
    }

    pub(super) fn name(&self, borough: u8) -> &str {
        &self.boroughs[usize::from(borough)].name
    }

    /// A point in the borough. Public places gather in the town centre and on
    /// a few corners of each ward, homes in its estates.
    pub(super) fn spot(&self, borough: u8, public: bool, on: NaiveDate, dice: &mut Dice) -> Spot {
        let (first, wheel) = &self.ward_wheels[usize::from(borough)];
        let ward = if public && dice.chance(IN_THE_CENTRE * gathering(on)) {
            self.centres[usize::from(borough)]
        } else {
            first + wheel.spin(dice)
        };
        let (angle, reach) = if public {
            corner_of(ward, dice.choose(&[(1, 8), (2, 4), (3, 2), (4, 1)]))
        } else if dice.chance(in_estates(ward) * gathering(on)) {
            corner_of(ward, dice.choose(&[(5, 7), (6, 3), (7, 1)]))
        } else {
            (dice.unit(), dice.unit().sqrt())
        };
        let centre = &self.wards[ward];
        let (sin, cos) = (std::f64::consts::TAU * angle).sin_cos();
        let reach = reach * centre.radius_m;
        let (east, north) = (SPOT_METRES * dice.normal(), SPOT_METRES * dice.normal());
        Spot {
            borough,
            ward: u16::try_from(ward).unwrap_or(0),
            easting: metres(centre.easting + reach * cos + east),
            northing: metres(centre.northing + reach * sin + north),
        }
    }
}

/// Rows of an embedded table.
pub(super) fn table<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, csv::Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect()
}

/// The wards of a borough stand together in the table.
fn ward_wheel(wards: &[Ward], borough: &Borough) -> (usize, Wheel) {
    let first = wards.iter().position(|w| w.borough == borough.name);
    let own = wards.iter().filter(|w| w.borough == borough.name);
    let wheel = Wheel::new(own.map(|w| w.share_per_1000.powf(HARM_GATHERS)));
    (first.unwrap_or(0), wheel)
}

fn busiest(wards: &[Ward], borough: &Borough) -> usize {
    let own = wards.iter().enumerate();
    let own = own.filter(|(_, ward)| ward.borough == borough.name);
    let most = own.max_by(|(_, a), (_, b)| a.share_per_1000.total_cmp(&b.share_per_1000));
    most.map_or(0, |(at, _)| at)
}

/// Harm gathers and spreads again over some three years.
fn gathering(on: NaiveDate) -> f64 {
    let turn = f64::from(on.num_days_from_ce() % 1_130) / 1_130.0;
    1.0 + 0.17 * (std::f64::consts::TAU * turn).sin()
}

/// Share of a ward's homes with harm that stand in a few estates: small in
/// some wards, large in others.
fn in_estates(ward: usize) -> f64 {
    0.30 + 0.5 * (real(ward) * 0.414_214).fract()
}

/// Where a ward's busy corners are: fixed, and different from ward to ward.
fn corner_of(ward: usize, corner: usize) -> (f64, f64) {
    let turn = (real(ward) * 0.618_034 + real(corner) * 0.271).fract();
    (turn, 0.15 + 0.2 * real(corner % 4))
}

fn metres(value: f64) -> u32 {
    u32::try_from(whole(value)).unwrap_or(0)
}
