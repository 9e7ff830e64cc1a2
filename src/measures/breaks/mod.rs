//! Breaks: days on which the way of recording changed. Figures of before and
//! after are never set against each other.

mod register;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use register::{FILE, load, schema};

use crate::model::ho_code::HoCode;

/// What names codes, in words.
pub const CODES: &str = "a Home Office code such as \"019/08\", or a class such as \"019\"";

/// Whether a text names a code or a class of them.
pub fn is_code(text: &str) -> bool {
    let is_class = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_class || text.parse::<HoCode>().is_ok()
}

/// One entry of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// The first day of the new way of recording.
    pub date: NaiveDate,
    /// What changed, in words, no full stop.
    pub what: String,
    /// Who says so.
    pub source: String,
    /// What it touches; everything where nothing is named.
    pub sources: Vec<String>,
    /// Home Office codes, or classes of them: `019/08`, `019`.
    pub codes: Vec<String>,
    pub areas: Vec<String>,
}

impl Break {
    /// Whether it touches figures made from these extracts, `a|b` either of
    /// two, that count these codes; none are all.
    pub fn touches(&self, sources: &[String], codes: &[String]) -> bool {
        let mut names = sources.iter().flat_map(|names| names.split('|'));
        let of_source = self.sources.is_empty() || names.any(|name| holds(&self.sources, name));
        let of_code = self.codes.is_empty()
            || codes.is_empty()
            || codes.iter().any(|code| {
                self.codes
                    .iter()
                    .any(|own| is_within(own, code) || is_within(code, own))
            });
        of_source && of_code
    }

    /// Whether it touches an area; a ward, `Camden: Gospel Oak`, is touched with
    /// its borough.
    pub fn is_in(&self, area: &str) -> bool {
        let borough = area.split(": ").next().unwrap_or(area);
        self.areas.is_empty() || holds(&self.areas, area) || holds(&self.areas, borough)
    }
}

fn holds(names: &[String], name: &str) -> bool {
    names.iter().any(|own| own == name.trim())
}

/// `019/08` lies within `019/08` and within `019`.
fn is_within(code: &str, class: &str) -> bool {
    code == class || code.split('/').next() == Some(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touching(sources: &[&str], codes: &[&str], areas: &[&str]) -> Break {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Break {
            date: "2024-02-28".parse().unwrap(),
            what: "the system changed".to_owned(),
            source: "the force".to_owned(),
            sources: owned(sources),
            codes: owned(codes),
            areas: owned(areas),
        }
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_break_touches_the_sources_that_it_names_and_without_names_all() {
        let crimes = touching(&["crimes"], &[], &[]);
        assert!(crimes.touches(&owned(&["posts", "crimes"]), &[]));
        assert!(crimes.touches(&owned(&["met_vawg_monthly|crimes"]), &[]));
        assert!(!crimes.touches(&owned(&["posts"]), &[]));
        assert!(touching(&[], &[], &[]).touches(&owned(&["posts"]), &[]));
    }

    #[test]
    fn a_break_of_codes_touches_whatever_counts_one_of_them() {
        let rape = touching(&[], &["019"], &[]);
        let sources = owned(&["crimes"]);
        assert!(rape.touches(&sources, &owned(&["019/08"])));
        assert!(rape.touches(&sources, &owned(&["019"])));
        assert!(rape.touches(&sources, &[]), "all codes hold these");
        assert!(!rape.touches(&sources, &owned(&["020/05", "190/01"])));
        let one = touching(&[], &["019/08"], &[]);
        assert!(one.touches(&sources, &owned(&["019"])));
        assert!(!one.touches(&sources, &owned(&["019/07"])));
    }

    #[test]
    fn a_break_of_a_borough_touches_its_wards_and_no_other_area() {
        let camden = touching(&[], &[], &["Camden"]);
        assert!(camden.is_in("Camden"));
        assert!(camden.is_in("Camden: Gospel Oak"));
        assert!(!camden.is_in("Force"));
        assert!(!camden.is_in("Camden Town"));
        assert!(touching(&[], &[], &[]).is_in("Force"));
    }
}
