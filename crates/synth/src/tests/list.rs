//! The harm list of written files, computed from the rows alone.

use chrono::{Datelike, NaiveDate, TimeDelta};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const INDEX: &str = include_str!("../../../../jobs/harm-list/index/starter-2026.csv");
const BASKET: &str = include_str!("../../../../jobs/harm-list/basket.csv");

pub(super) type Fields = BTreeMap<String, String>;

/// A source's last good row for each key, as of the morning `until`.
pub(super) fn latest(
    folder: &Path,
    source: &str,
    keys: usize,
    until: NaiveDate,
) -> BTreeMap<Vec<String>, Fields> {
    let mut rows = BTreeMap::new();
    for path in files(folder, source, until) {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(path)
            .unwrap();
        let header: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        for record in reader.records().map(Result::unwrap) {
            let whole = record.len() == header.len();
            if whole && record.iter().take(keys).all(|key| !key.is_empty()) {
                let key = record.iter().take(keys).map(str::to_owned).collect();
                let values = record.iter().map(str::to_owned);
                rows.insert(key, header.iter().cloned().zip(values).collect());
            }
        }
    }
    rows
}

/// The files of a source up to and including a morning, in order.
pub(super) fn files(folder: &Path, source: &str, until: NaiveDate) -> Vec<PathBuf> {
    let last = format!("{source}_{}.csv", until.format("%Y%m%d"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let own = name.starts_with(&format!("{source}_"));
            own && name.len() == last.len() && name <= last
        })
        .collect();
    files.sort();
    files
}

/// One ranked person.
pub(super) struct Ranked {
    pub(super) person: String,
    pub(super) score: f64,
    pub(super) codes: Vec<String>,
    pub(super) offences: u32,
    pub(super) victims: BTreeSet<String>,
}

impl Ranked {
    /// Accused of rape, several sexual assaults, or murder or its attempt.
    pub(super) fn is_severe(&self) -> bool {
        let grave =
            |code: &String| code.starts_with("019/") || code == "001/01" || code == "002/00";
        let assault = |code: &&String| ["020/", "021/", "022/"].iter().any(|c| code.starts_with(c));
        self.codes.iter().any(grave) || self.codes.iter().filter(assault).count() >= 2
    }
}

/// Everybody named in the year before `to`, and the ranking of those who may
/// be listed, from what the files of that morning and before it tell.
pub(super) fn list(folder: &Path, to: NaiveDate) -> (Vec<f64>, Vec<Ranked>) {
    let nominals = latest(folder, "nominals", 1, to);
    let crimes = latest(folder, "crimes", 1, to);
    let parties = latest(folder, "parties", 3, to);
    let harm = weights();
    let basket = column(BASKET, "condition");
    let women = women(&parties, &nominals);
    let mut people: BTreeMap<String, Ranked> = BTreeMap::new();
    for key in parties.keys().filter(|key| key[2] == "suspect") {
        let Some(crime) = crimes.get(&key[..1]) else {
            continue;
        };
        let harmed = women.get(&key[0]);
        let counted =
            counts(crime, to) && basket.get(&crime["ho_code"]).is_some_and(|c| c != "never");
        let Some(harmed) = harmed.filter(|_| counted) else {
            continue;
        };
        let person = root(&key[1], &nominals);
        let entry = people.entry(person.clone()).or_insert_with(|| Ranked {
            person,
            score: 0.0,
            codes: Vec::new(),
            offences: 0,
            victims: BTreeSet::new(),
        });
        let count: u32 = crime["offence_count"].parse().unwrap_or(1);
        let days = weight(&harm, crime);
        entry.score += days * f64::from(count);
        entry.offences += count;
        entry.codes.push(crime["ho_code"].clone());
        entry.victims.extend(harmed.iter().cloned());
    }
    let scores = people.values().map(|ranked| ranked.score).collect();
    let listed =
        |ranked: &Ranked| may_be_listed(nominals.get([ranked.person.clone()].as_slice()), to);
    let mut ranking: Vec<Ranked> = people.into_values().filter(listed).collect();
    ranking.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.person.cmp(&b.person)));
    (scores, ranking)
}

/// Days by code and title; a title is as it was written.
pub(super) fn weights() -> BTreeMap<(String, String), f64> {
    let mut reader = csv::Reader::from_reader(INDEX.as_bytes());
    let rows = reader.deserialize::<Fields>().map(Result::unwrap);
    rows.map(|row| {
        let key = (row["ho_code"].clone(), row["for_title"].clone());
        (key, row["days"].parse().unwrap())
    })
    .collect()
}

pub(super) fn weight(weights: &BTreeMap<(String, String), f64>, crime: &Fields) -> f64 {
    let of = |title: &str| weights.get(&(crime["ho_code"].clone(), title.to_owned()));
    let days = of(&crime["offence_title"]).or_else(|| of(""));
    days.copied().unwrap_or(0.0)
}

fn column(table: &str, name: &str) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.deserialize::<Fields>().map(Result::unwrap);
    rows.map(|row| (row["ho_code"].clone(), row[name].clone()))
        .collect()
}

/// The women and girls harmed by each crime.
fn women(
    parties: &BTreeMap<Vec<String>, Fields>,
    nominals: &BTreeMap<Vec<String>, Fields>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut women: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for key in parties.keys().filter(|key| key[2] == "victim") {
        let person = nominals.get(&key[1..2]);
        if person.is_some_and(|person| person["sex"] == "F") {
            women
                .entry(key[0].clone())
                .or_default()
                .insert(key[1].clone());
        }
    }
    women
}

fn counts(crime: &Fields, to: NaiveDate) -> bool {
    let reported = crime["reported_at"].get(..10).map(str::parse::<NaiveDate>);
    let Some(Ok(reported)) = reported else {
        return false;
    };
    let in_force = matches!(crime["status"].as_str(), "open" | "closed");
    in_force
        && crime["proactive"] == "false"
        && reported < to
        && reported >= to - TimeDelta::days(365)
}

fn root(id: &str, nominals: &BTreeMap<Vec<String>, Fields>) -> String {
    let mut at = id.to_owned();
    for _ in 0..10 {
        match nominals.get([at.clone()].as_slice()) {
            Some(person) if !person["merged_into"].is_empty() => {
                at.clone_from(&person["merged_into"]);
            }
            _ => break,
        }
    }
    at
}

fn may_be_listed(person: Option<&Fields>, to: NaiveDate) -> bool {
    let Some(person) = person else { return true };
    let adult = match person["date_of_birth"].parse::<NaiveDate>() {
        Ok(born) => born.with_year(born.year() + 18).is_none_or(|day| day <= to),
        Err(_) => true,
    };
    adult && person["deceased_on"].is_empty()
}
