//! London: boroughs, wards and points inside them. `boroughs.csv` is derived
//! from the borough boundaries (Open Government Licence v3, contains OS data,
//! Crown copyright); ward names and shares of recorded offences come from the
//! Met's published counts on the London Datastore (Open Government Licence
//! v2). Ward points lie inside their borough but are not surveyed.

use super::dice::{Dice, Wheel, real, whole};
use anyhow::Context;

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
}

impl London {
    pub(super) fn load() -> anyhow::Result<Self> {
        let boroughs: Vec<Borough> = table(BOROUGHS).context("boroughs.csv")?;
        let wards: Vec<Ward> = table(WARDS).context("wards.csv")?;
        let borough_wheel = Wheel::new(boroughs.iter().map(|b| b.share_per_10000));
        let ward_wheels = boroughs.iter().map(|b| ward_wheel(&wards, b)).collect();
        Ok(Self {
            boroughs,
            wards,
            borough_wheel,
            ward_wheels,
        })
    }

    pub(super) fn borough(&self, dice: &mut Dice) -> u8 {
        u8::try_from(self.borough_wheel.spin(dice)).unwrap_or(0)
    }

    pub(super) fn name(&self, borough: u8) -> &str {
        &self.boroughs[usize::from(borough)].name
    }

    /// A point in the borough. Public places gather on a few spots in each
    /// ward; homes lie anywhere in it.
    pub(super) fn spot(&self, borough: u8, public: bool, dice: &mut Dice) -> Spot {
        let (first, wheel) = &self.ward_wheels[usize::from(borough)];
        let ward = first + wheel.spin(dice);
        let (angle, reach) = if public {
            let corner = dice.choose(&[(1, 8), (2, 4), (3, 2), (4, 1)]);
            corner_of(ward, corner)
        } else {
            (dice.unit(), dice.unit().sqrt())
        };
        let centre = &self.wards[ward];
        let (sin, cos) = (std::f64::consts::TAU * angle).sin_cos();
        let reach = reach * centre.radius_m;
        Spot {
            borough,
            ward: u16::try_from(ward).unwrap_or(0),
            easting: metres(centre.easting + reach * cos),
            northing: metres(centre.northing + reach * sin),
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
    let wheel = Wheel::new(own.map(|w| w.share_per_1000));
    (first.unwrap_or(0), wheel)
}

/// Where a ward's busy corners are: fixed, and different from ward to ward.
fn corner_of(ward: usize, corner: usize) -> (f64, f64) {
    let turn = (real(ward) * 0.618_034 + real(corner) * 0.271).fract();
    (turn, 0.15 + 0.2 * real(corner % 4))
}

fn metres(value: f64) -> u32 {
    u32::try_from(whole(value)).unwrap_or(0)
}
