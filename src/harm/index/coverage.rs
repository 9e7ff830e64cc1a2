//! What an edition covers of a force's own data, and of the basket: every
//! allegation in a window falls in exactly one class.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use duckdb::Connection;
use rust_decimal::Decimal;
use serde::Serialize;

use super::allegations::{Counted, Window, counted, has_data};
use super::basket::{Condition, Finder};
use super::weights::{self, Key, Shares, Weight};
use super::{Edition, Reference, aliases};
use crate::model::offence_title;

/// What becomes of an allegation under an edition, first reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The code's own weight.
    Scored,
    /// The weight of the code that a retired one is led to.
    Aliased,
    /// In the basket, and no weight.
    Unscored,
    /// Found by police activity.
    Proactive,
    /// In the basket, and its condition does not hold.
    ConditionNotMet,
    /// Never in the basket.
    OutsideBasket,
    /// A code that the basket does not name.
    NotInBasketTable,
    /// Cancelled or transferred.
    Withdrawn,
}

/// The coverage of one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub edition: String,
    pub index_sha256: String,
    pub basket: BasketCover,
    /// What does not fit between the aliases and the edition.
    pub alias_doubts: Vec<String>,
    /// `None` while nothing has been accepted.
    pub data: Option<DataCover>,
}

/// The basket's codes that can count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BasketCover {
    pub codes: usize,
    pub weighed: usize,
    /// Codes without a weight.
    pub without: Vec<String>,
}

/// A force's allegations in a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataCover {
    pub window: Window,
    pub allegations: u64,
    /// Allegations and distinct codes by class.
    pub classes: BTreeMap<Class, Tally>,
    /// What the weights of the scored allegations rest on.
    pub rests_on: Shares,
    pub unscored: Vec<Code>,
    pub not_in_basket_table: Vec<Code>,
    pub aliased: Vec<Code>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub allegations: u64,
    pub codes: u64,
}

/// One code of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Code {
    pub ho_code: String,
    pub index_code: String,
    pub title: String,
    pub allegations: u64,
}

/// Measures the edition that ranks in a reference; without a database, the
/// basket alone.
pub fn measure(reference: &Reference, data: Option<(&Connection, Window)>) -> Result<Coverage> {
    let none = Edition {
        name: String::new(),
        weights: Vec::new(),
    };
    let edition = reference.editions.first().unwrap_or(&none);
    let lookup = Lookup::new(reference, &edition.weights);
    let data = match data {
        Some((connection, window)) if has_data(connection)? => {
            Some(lookup.classify(&counted(connection, &window)?, window))
        }
        _ => None,
    };
    Ok(Coverage {
        edition: edition.name.clone(),
        index_sha256: reference.index_sha256(),
        basket: lookup.basket(reference),
        alias_doubts: aliases::doubts(&reference.aliases, &edition.weights),
        data,
    })
}

/// Allegations in a window that an edition weighs or should, by the code and
/// bare title that their weight is looked up under; `None` while nothing has
/// been accepted.
pub fn by_index_code(
    reference: &Reference,
    connection: &Connection,
    window: &Window,
) -> Result<Option<BTreeMap<(String, String), u64>>> {
    if !has_data(connection)? {
        return Ok(None);
    }
    let lookup = Lookup::new(reference, &[]);
    let mut found = BTreeMap::new();
    for row in counted(connection, window)? {
        if lookup.class(&row) == Class::Unscored {
            let code = lookup.finder.index_code(&row.ho_code).to_owned();
            let key = (code, offence_title::bare(row.title()));
            *found.entry(key).or_insert(0) += row.allegations;
        }
    }
    Ok(Some(found))
}

struct Lookup<'a> {
    finder: Finder<'a>,
    weights: BTreeMap<Key<'a>, &'a Weight>,
}

impl<'a> Lookup<'a> {
    fn new(reference: &'a Reference, weights: &'a [Weight]) -> Self {
        Self {
            finder: Finder::new(&reference.basket, &reference.aliases),
            weights: weights::by_key(weights),
        }
    }

    /// The weight of an allegation, by its title or else its code.
    fn weight(&self, row: &Counted) -> Option<&'a Weight> {
        let code = self.finder.index_code(&row.ho_code);
        weights::find(&self.weights, code, row.title())
    }

    /// Whether a code has a weight, if only for some of its titles.
    fn weighs(&self, index_code: &str) -> bool {
        self.weights.keys().any(|(code, _)| *code == index_code)
    }

    fn class(&self, row: &Counted) -> Class {
        let Some(place) = self.finder.row(&row.ho_code) else {
            return if row.is_withdrawn {
                Class::Withdrawn
            } else {
                Class::NotInBasketTable
            };
        };
        let index_code = self.finder.index_code(&row.ho_code);
        let holds = place
            .condition
            .holds(row.has_female_victim, row.is_domestic_abuse);
        if row.is_withdrawn {
            Class::Withdrawn
        } else if place.condition == Condition::Never {
            Class::OutsideBasket
        } else if !holds {
            Class::ConditionNotMet
        } else if row.is_proactive {
            Class::Proactive
        } else if self.weight(row).is_none() {
            Class::Unscored
        } else if index_code == row.ho_code {
            Class::Scored
        } else {
            Class::Aliased
        }
    }

    fn classify(&self, rows: &[Counted], window: Window) -> DataCover {
        let mut codes: BTreeMap<(Class, &str), u64> = BTreeMap::new();
        for row in rows {
            *codes.entry((self.class(row), &row.ho_code)).or_insert(0) += row.allegations;
        }
        let rests_on = self.rests_on(rows);
        let mut classes: BTreeMap<Class, Tally> = BTreeMap::new();
        for ((class, _), allegations) in &codes {
            let tally = classes.entry(*class).or_default();
            tally.allegations += allegations;
            tally.codes += 1;
        }
        let of = |wanted: Class| {
            let mut found: Vec<Code> = codes
                .iter()
                .filter(|((class, _), _)| *class == wanted)
                .map(|((_, code), allegations)| self.code(code, *allegations, rows))
                .collect();
            found.sort_by(|a, b| (b.allegations, &a.ho_code).cmp(&(a.allegations, &b.ho_code)));
            found
        };
        DataCover {
            window,
            allegations: rows.iter().map(|row| row.allegations).sum(),
            unscored: of(Class::Unscored),
            not_in_basket_table: of(Class::NotInBasketTable),
            aliased: of(Class::Aliased),
            classes,
            rests_on,
        }
    }

    /// What the weights of scored allegations rest on.
    fn rests_on(&self, rows: &[Counted]) -> Shares {
        let is_scored = |row: &&Counted| matches!(self.class(row), Class::Scored | Class::Aliased);
        let (mut shares, mut seen) = (Shares::new(), BTreeSet::new());
        for row in rows.iter().filter(is_scored) {
            let Some(weight) = self.weight(row) else {
                continue;
            };
            let share = shares.entry(weight.basis).or_default();
            share.weights += u64::from(seen.insert(weight.key()));
            share.allegations += row.allegations;
            share.harm_days += weight.days * Decimal::from(row.offences);
        }
        shares
    }

    /// A code with the title that the basket or the edition has for it, or
    /// else the one recorded.
    fn code(&self, code: &str, allegations: u64, rows: &[Counted]) -> Code {
        let recorded = || {
            let of_code = rows.iter().filter(|row| row.ho_code == code);
            of_code.filter_map(|row| row.offence_title.clone()).min()
        };
        let weighed = || weights::find(&self.weights, code, "").map(|w| w.title.clone());
        let title = self
            .finder
            .own_title(code)
            .or_else(weighed)
            .or_else(recorded);
        Code {
            ho_code: code.to_owned(),
            index_code: self.finder.index_code(code).to_owned(),
            title: title.unwrap_or_default(),
            allegations,
        }
    }

    fn basket(&self, reference: &Reference) -> BasketCover {
        let counting: Vec<&str> = reference
            .basket
            .iter()
            .filter(|row| row.condition != Condition::Never)
            .map(|row| row.ho_code.as_str())
            .collect();
        let lacks = |code: &&&str| !self.weighs(self.finder.index_code(code));
        let without: Vec<String> = counting
            .iter()
            .filter(lacks)
            .map(|code| (*code).to_owned())
            .collect();
        BasketCover {
            codes: counting.len(),
            weighed: counting.len() - without.len(),
            without,
        }
    }
}
