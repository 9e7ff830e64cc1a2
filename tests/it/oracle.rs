//! The harm ranking computed a second way: plain loops over the extract
//! files, with the default settings, sharing no code with the program. It
//! reads every file known by one date and ranks as of another, so a list
//! made for an earlier month can be checked as well.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::rc::Rc;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use csv::{ReaderBuilder, StringRecord, Trim};
use rust_decimal::Decimal;

const LIST_SIZE: usize = 100;
const WINDOW_DAYS: u64 = 365;
const MINIMUM_AGE: i32 = 18;
const NO_FURTHER_ACTION: [i64; 4] = [14, 15, 16, 18];

/// The answer for one list date: every person with a counted or unscored
/// allegation in the window, by person id, and the totals over them.
#[derive(Debug)]
pub(crate) struct Ranking {
    pub(crate) people: BTreeMap<String, Suspect>,
    pub(crate) totals: Totals,
}

/// Why a person has a rank, or has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// May be ranked; has a rank when the score is above zero.
    Eligible,
    Under18,
    Deceased,
}

/// One person's figures. Harm is in days; counts are over counted allegations
/// unless the name says otherwise.
#[derive(Debug)]
pub(crate) struct Suspect {
    pub(crate) standing: Standing,
    pub(crate) rank: Option<usize>,
    pub(crate) rank_at_liberty: Option<usize>,
    pub(crate) rank_without_nfa: Option<usize>,
    pub(crate) score: Decimal,
    pub(crate) score_without_nfa: Decimal,
    /// Harm of the worst single allegation, and every crime that reaches it.
    pub(crate) worst: Decimal,
    pub(crate) worst_crimes: BTreeSet<String>,
    pub(crate) latest_reported: Option<NaiveDate>,
    /// Worst and latest of what no further action leaves.
    left_without_nfa: (Decimal, Option<NaiveDate>),
    pub(crate) allegations: usize,
    pub(crate) offences: i64,
    pub(crate) victims: BTreeSet<String>,
    pub(crate) repeat_victims: usize,
    pub(crate) domestic_abuse_allegations: usize,
    pub(crate) no_further_action_allegations: usize,
    /// Allegations that fail only for want of a weight.
    pub(crate) unscored_allegations: usize,
    pub(crate) is_in_custody: bool,
    pub(crate) has_counter_allegation: bool,
    pub(crate) was_under_18: bool,
    /// Complete years on the list date.
    pub(crate) age: Option<i32>,
    /// Every nominal id that stands for this person.
    pub(crate) identities: BTreeSet<String>,
}

/// Figures of the whole list. `unscored_allegations`, `under_18` and
/// `deceased` are over everybody; the `listed_*` ones over the first hundred.
#[derive(Debug, PartialEq)]
pub(crate) struct Totals {
    pub(crate) ranked: usize,
    pub(crate) under_18: usize,
    pub(crate) deceased: usize,
    pub(crate) unscored_allegations: usize,
    pub(crate) unscored_codes: BTreeSet<String>,
    /// Allegations that fail only because police activity found the crime.
    pub(crate) proactive_left_out: usize,
    pub(crate) all_harm: Decimal,
    pub(crate) median: Option<Decimal>,
    pub(crate) gini: Option<f64>,
    pub(crate) last_on: Option<Decimal>,
    pub(crate) first_off: Option<Decimal>,
    pub(crate) margin: Option<Decimal>,
    /// People whose score equals that of the hundredth.
    pub(crate) tied_at_cut: usize,
    pub(crate) listed: usize,
    pub(crate) listed_harm: Decimal,
    pub(crate) listed_allegations: usize,
    pub(crate) listed_no_further_action: usize,
    pub(crate) listed_victims: usize,
    pub(crate) listed_in_custody: usize,
    pub(crate) listed_counter_allegation: usize,
    pub(crate) listed_merged: usize,
    pub(crate) listed_was_under_18: usize,
}

/// What stands after the extract files were applied in date order.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Per file name, of the four sources read: what was not applied.
    pub(crate) refused: BTreeMap<String, Refused>,
    crimes: HashMap<String, Crime>,
    /// Suspects and victims, as nominal ids, of each crime.
    suspects: HashMap<String, Vec<String>>,
    victims: HashMap<String, Vec<String>>,
    nominals: HashMap<String, Nominal>,
    /// Nominal ids of each person, and the person of each nominal id.
    identities: HashMap<String, BTreeSet<String>>,
    persons: HashMap<String, String>,
    spells: Vec<Spell>,
    /// Persons accused by somebody they accuse.
    counter_accused: HashSet<String>,
    index: Index,
}

/// What was not applied of one file: the damaged lines, each with the column
/// at fault (the whole key when lines contradict each other, none when the
/// number of fields is wrong), and how many lines only repeat another.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    pub(crate) rejected: BTreeMap<u64, String>,
    pub(crate) duplicates: usize,
    pub(crate) rows: usize,
}

#[derive(Debug)]
struct Crime {
    reported_at: NaiveDateTime,
    committed_at: Option<NaiveDateTime>,
    ho_code: String,
    offence_title: String,
    offence_count: i64,
    status: Status,
    outcome: Option<i64>,
    is_domestic_abuse: bool,
    is_proactive: bool,
}

#[derive(Debug, PartialEq)]
enum Status {
    Stands,
    Cancelled,
    Transferred,
}

#[derive(Debug)]
struct Nominal {
    born_on: Option<NaiveDate>,
    deceased_on: Option<NaiveDate>,
    sex: String,
    merged_into: Option<String>,
}

#[derive(Debug)]
struct Spell {
    nominal_id: String,
    starts_at: NaiveDateTime,
    ends_at: Option<NaiveDateTime>,
}

impl Facts {
    /// Reads the extract files dated up to `known_to`, and the job's tables.
    pub(crate) fn read(landing: &Path, jobs: &Path, known_to: NaiveDate) -> Self {
        let mut refused = BTreeMap::new();
        let mut load =
            |contract: &'static Contract| standing_rows(landing, contract, known_to, &mut refused);
        let crimes: HashMap<_, _> = load(&CRIMES)
            .values()
            .map(|row| (row.text("crime_ref").to_owned(), crime(row)))
            .collect();
        let nominals: HashMap<_, _> = load(&NOMINALS)
            .values()
            .map(|row| (row.text("nominal_id").to_owned(), nominal(row)))
            .collect();
        let spells = load(&CUSTODY_SPELLS).values().map(spell).collect();
        let parties = load(&PARTIES);

        let mut suspects: HashMap<String, Vec<String>> = HashMap::new();
        let mut victims: HashMap<String, Vec<String>> = HashMap::new();
        let mut ids: BTreeSet<&str> = nominals.keys().map(String::as_str).collect();
        for row in parties.values() {
            let (crime_ref, id) = (row.text("crime_ref"), row.text("nominal_id"));
            ids.insert(id);
            let named = match row.text("role") {
                "suspect" => &mut suspects,
                "victim" => &mut victims,
                _ => continue,
            };
            named
                .entry(crime_ref.to_owned())
                .or_default()
                .push(id.to_owned());
        }

        let mut identities: HashMap<String, BTreeSet<String>> = HashMap::new();
        let mut persons = HashMap::new();
        for id in ids {
            let person = end_of_chain(&nominals, id);
            identities
                .entry(person.clone())
                .or_default()
                .insert(id.to_owned());
            persons.insert(id.to_owned(), person);
        }

        let mut facts = Self {
            refused,
            crimes,
            suspects,
            victims,
            nominals,
            identities,
            persons,
            spells,
            counter_accused: HashSet::new(),
            index: Index::read(&jobs.join("harm-list")),
        };
        facts.counter_accused = facts.counter_accused();
        facts
    }

    /// Ranks the people accused in the full days before `as_of`.
    pub(crate) fn rank(&self, as_of: NaiveDate) -> Ranking {
        let window_from = as_of - Days::new(WINDOW_DAYS);
        let mut files: BTreeMap<String, CaseFile<'_>> = BTreeMap::new();
        let mut unscored_codes = BTreeSet::new();
        let mut proactive_left_out = 0;
        for (crime_ref, crime) in &self.crimes {
            let reported_on = crime.reported_at.date();
            let is_in_window = window_from <= reported_on && reported_on < as_of;
            if !is_in_window
                || crime.status != Status::Stands
                || !self.is_in_basket(crime_ref, crime)
            {
                continue;
            }
            let suspects = self.persons_of(&self.suspects, crime_ref);
            let weight = self.index.weight(&crime.ho_code, &crime.offence_title);
            if crime.is_proactive {
                proactive_left_out += suspects.len();
                continue;
            }
            for person in suspects {
                let file = files.entry(person).or_default();
                if let Some(weight) = weight {
                    let harm = weight * Decimal::from(crime.offence_count);
                    file.counted.push(Allegation {
                        crime_ref,
                        crime,
                        harm,
                    });
                } else {
                    file.unscored += 1;
                    unscored_codes.insert(crime.ho_code.clone());
                }
            }
        }

        let in_custody = self.in_custody(as_of);
        let mut people: BTreeMap<String, Suspect> = files
            .into_iter()
            .map(|(person, file)| {
                let suspect = self.suspect(&person, &file, as_of, &in_custody);
                (person, suspect)
            })
            .collect();
        give_ranks(&mut people);
        let totals = totals(&people, unscored_codes, proactive_left_out);
        Ranking { people, totals }
    }

    fn is_in_basket(&self, crime_ref: &str, crime: &Crime) -> bool {
        let has_female_victim = || {
            let victims = self.victims.get(crime_ref).into_iter().flatten();
            victims
                .filter_map(|id| self.nominals.get(id))
                .any(|victim| victim.sex == "F")
        };
        match self
            .index
            .conditions
            .get(&crime.ho_code)
            .map(String::as_str)
        {
            Some("female_victim") => has_female_victim(),
            Some("domestic_abuse") => crime.is_domestic_abuse,
            Some("always") => true,
            Some("domestic_abuse_or_female_victim") => {
                crime.is_domestic_abuse || has_female_victim()
            }
            Some("never") | None => false,
            Some(other) => panic!("basket.csv has the condition {other}"),
        }
    }

    fn persons_of(
        &self,
        named: &HashMap<String, Vec<String>>,
        crime_ref: &str,
    ) -> BTreeSet<String> {
        let ids = named.get(crime_ref).into_iter().flatten();
        ids.map(|id| self.persons[id].clone()).collect()
    }

    /// Of any date and any code, unless the crime is cancelled.
    fn counter_accused(&self) -> HashSet<String> {
        let mut pairs = HashSet::new();
        for (crime_ref, crime) in &self.crimes {
            if crime.status == Status::Cancelled {
                continue;
            }
            let victims = self.persons_of(&self.victims, crime_ref);
            for suspect in self.persons_of(&self.suspects, crime_ref) {
                for victim in victims.iter().filter(|victim| **victim != suspect) {
                    pairs.insert((suspect.clone(), victim.clone()));
                }
            }
        }
        pairs
            .iter()
            .filter(|(suspect, victim)| pairs.contains(&(victim.clone(), suspect.clone())))
            .map(|(suspect, _)| suspect.clone())
            .collect()
    }

    fn in_custody(&self, as_of: NaiveDate) -> HashSet<String> {
        let midnight = as_of
            .and_hms_opt(0, 0, 0)
            .expect("every day has a midnight");
        self.spells
            .iter()
            .filter(|spell| spell.starts_at < midnight)
            .filter(|spell| spell.ends_at.is_none_or(|ends_at| ends_at >= midnight))
            .map(|spell| end_of_chain(&self.nominals, &spell.nominal_id))
            .collect()
    }

    fn suspect(
        &self,
        person: &str,
        file: &CaseFile<'_>,
        as_of: NaiveDate,
        in_custody: &HashSet<String>,
    ) -> Suspect {
        let record = self.nominals.get(person);
        let born_on = record.and_then(|record| record.born_on);
        let deceased_on = record.and_then(|record| record.deceased_on);
        let age = born_on.map(|born_on| complete_years(born_on, as_of));
        let standing = if deceased_on.is_some_and(|day| day < as_of) {
            Standing::Deceased
        } else if age.is_some_and(|age| age < MINIMUM_AGE) {
            Standing::Under18
        } else {
            Standing::Eligible
        };

        let counted = &file.counted;
        let mut named: BTreeMap<String, usize> = BTreeMap::new();
        for allegation in counted {
            for victim in self.persons_of(&self.victims, allegation.crime_ref) {
                *named.entry(victim).or_default() += 1;
            }
        }
        let worst = counted.iter().map(|one| one.harm).max().unwrap_or_default();
        Suspect {
            standing,
            rank: None,
            rank_at_liberty: None,
            rank_without_nfa: None,
            score: counted.iter().map(|one| one.harm).sum(),
            score_without_nfa: counted
                .iter()
                .filter(|one| !one.crime.is_no_further_action())
                .map(|one| one.harm)
                .sum(),
            worst,
            worst_crimes: counted
                .iter()
                .filter(|one| one.harm == worst)
                .map(|one| one.crime_ref.to_owned())
                .collect(),
            latest_reported: counted.iter().map(|one| one.crime.reported_at.date()).max(),
            left_without_nfa: {
                let left = || {
                    counted
                        .iter()
                        .filter(|one| !one.crime.is_no_further_action())
                };
                (
                    left().map(|one| one.harm).max().unwrap_or_default(),
                    left().map(|one| one.crime.reported_at.date()).max(),
                )
            },
            allegations: counted.len(),
            offences: counted.iter().map(|one| one.crime.offence_count).sum(),
            repeat_victims: named.values().filter(|times| **times > 1).count(),
            victims: named.into_keys().collect(),
            domestic_abuse_allegations: counted
                .iter()
                .filter(|one| one.crime.is_domestic_abuse)
                .count(),
            no_further_action_allegations: counted
                .iter()
                .filter(|one| one.crime.is_no_further_action())
                .count(),
            unscored_allegations: file.unscored,
            is_in_custody: in_custody.contains(person),
            has_counter_allegation: self.counter_accused.contains(person),
            was_under_18: born_on
                .zip(file.earliest())
                .is_some_and(|(born_on, day)| complete_years(born_on, day) < MINIMUM_AGE),
            age,
            identities: self.identities[person].clone(),
        }
    }
}

/// One person's allegations in the window.
#[derive(Default)]
struct CaseFile<'a> {
    counted: Vec<Allegation<'a>>,
    unscored: usize,
}

struct Allegation<'a> {
    crime_ref: &'a str,
    crime: &'a Crime,
    harm: Decimal,
}

impl CaseFile<'_> {
    /// The first day an offence is said to have been committed; when none of
    /// the counted crimes says, the first day one was reported.
    fn earliest(&self) -> Option<NaiveDate> {
        let crimes = || self.counted.iter().map(|one| one.crime);
        let committed = crimes().filter_map(|crime| crime.committed_at).min();
        let earliest = committed.or_else(|| crimes().map(|crime| crime.reported_at).min());
        earliest.map(|at| at.date())
    }
}

impl Crime {
    fn is_no_further_action(&self) -> bool {
        self.outcome
            .is_some_and(|outcome| NO_FURTHER_ACTION.contains(&outcome))
    }
}

/// Three orders over the same people: by score, by score among those at
/// liberty, and by the score without no further action.
fn give_ranks(people: &mut BTreeMap<String, Suspect>) {
    type Place = fn(&mut Suspect, usize);
    type Order = fn(&Suspect) -> (Decimal, Decimal, Option<NaiveDate>);
    let mut give = |order_of: Order, is_in: fn(&Suspect) -> bool, place: Place| {
        let mut order: Vec<(&String, &mut Suspect)> = people
            .iter_mut()
            .filter(|(_, one)| one.standing == Standing::Eligible)
            .filter(|(_, one)| order_of(one).0 > Decimal::ZERO && is_in(one))
            .collect();
        order.sort_by(|(a_id, a), (b_id, b)| order_of(b).cmp(&order_of(a)).then(a_id.cmp(b_id)));
        for (at, (_, one)) in order.into_iter().enumerate() {
            place(one, at + 1);
        }
    };
    let all: Order = |one| (one.score, one.worst, one.latest_reported);
    give(all, |_| true, |one, at| one.rank = Some(at));
    give(
        all,
        |one| !one.is_in_custody,
        |one, at| one.rank_at_liberty = Some(at),
    );
    give(
        |one| {
            let (worst, latest) = one.left_without_nfa;
            (one.score_without_nfa, worst, latest)
        },
        |_| true,
        |one, at| one.rank_without_nfa = Some(at),
    );
}

fn totals(
    people: &BTreeMap<String, Suspect>,
    unscored_codes: BTreeSet<String>,
    proactive_left_out: usize,
) -> Totals {
    let mut ranked: Vec<&Suspect> = people.values().filter(|one| one.rank.is_some()).collect();
    ranked.sort_by_key(|one| one.rank);
    let scores: Vec<Decimal> = ranked.iter().map(|one| one.score).collect();
    let listed = &ranked[..ranked.len().min(LIST_SIZE)];
    let last_on = scores.get(LIST_SIZE - 1).copied();
    let first_off = scores.get(LIST_SIZE).copied();
    let standing = |wanted| people.values().filter(|one| one.standing == wanted).count();
    let among_listed = |test: fn(&Suspect) -> bool| listed.iter().filter(|one| test(one)).count();
    let victims: BTreeSet<&String> = listed.iter().flat_map(|one| &one.victims).collect();
    Totals {
        ranked: ranked.len(),
        under_18: standing(Standing::Under18),
        deceased: standing(Standing::Deceased),
        unscored_allegations: people.values().map(|one| one.unscored_allegations).sum(),
        unscored_codes,
        proactive_left_out,
        all_harm: scores.iter().sum(),
        median: median(&scores),
        gini: gini(&scores),
        last_on,
        first_off,
        margin: last_on.zip(first_off).map(|(on, off)| on - off),
        tied_at_cut: scores
            .iter()
            .filter(|score| Some(**score) == last_on)
            .count(),
        listed: listed.len(),
        listed_harm: listed.iter().map(|one| one.score).sum(),
        listed_allegations: listed.iter().map(|one| one.allegations).sum(),
        listed_no_further_action: listed
            .iter()
            .map(|one| one.no_further_action_allegations)
            .sum(),
        listed_victims: victims.len(),
        listed_in_custody: among_listed(|one| one.is_in_custody),
        listed_counter_allegation: among_listed(|one| one.has_counter_allegation),
        listed_merged: among_listed(|one| one.identities.len() > 1),
        listed_was_under_18: among_listed(|one| one.was_under_18),
    }
}

/// Of scores in falling order; the mean of the middle two when they are even.
fn median(scores: &[Decimal]) -> Option<Decimal> {
    let upper = scores.get(scores.len() / 2)?;
    let lower = scores[(scores.len() - 1) / 2];
    Some((upper + lower) / Decimal::TWO)
}

/// Half the mean difference between two people's scores, over the mean score:
/// 0 when harm is spread evenly, towards 1 when few carry it. Exact until the
/// last division, from scores in falling order.
fn gini(scores: &[Decimal]) -> Option<f64> {
    let count = i64::try_from(scores.len()).expect("people are countable");
    let total: Decimal = scores.iter().sum();
    let weighted: Decimal = (1..)
        .zip(scores)
        .map(|(place, score)| Decimal::from(count + 1 - 2 * place) * score)
        .sum();
    let ratio = weighted.checked_div(Decimal::from(count) * total)?;
    f64::try_from(ratio).ok()
}

/// Birthdays of 29 February fall on 1 March in other years.
fn complete_years(born_on: NaiveDate, on: NaiveDate) -> i32 {
    let had_birthday = (on.month(), on.day()) >= (born_on.month(), born_on.day());
    on.year() - born_on.year() - i32::from(!had_birthday)
}

/// The record a nominal was merged into, or into which that one was merged,
/// to the end. Records merged in a ring stand as the first of them by id.
fn end_of_chain(nominals: &HashMap<String, Nominal>, id: &str) -> String {
    let mut chain = vec![id];
    loop {
        let last = chain[chain.len() - 1];
        let next = nominals
            .get(last)
            .and_then(|record| record.merged_into.as_deref());
        // A merge into a record that is not held is not carried out.
        let Some(next) = next.filter(|next| nominals.contains_key(*next)) else {
            return last.to_owned();
        };
        if let Some(from) = chain.iter().position(|seen| *seen == next) {
            let first = chain[from..].iter().min().expect("the ring has a member");
            return (*first).to_owned();
        }
        chain.push(next);
    }
}

fn crime(row: &Row) -> Crime {
    Crime {
        reported_at: timestamp(row.text("reported_at")).expect("required"),
        committed_at: timestamp(row.text("committed_from"))
            .or_else(|| timestamp(row.text("committed_to"))),
        ho_code: row.text("ho_code").to_owned(),
        offence_title: row.text("offence_title").to_owned(),
        offence_count: row.text("offence_count").parse().expect("required"),
        status: match row.text("status") {
            "cancelled" => Status::Cancelled,
            "transferred" => Status::Transferred,
            _ => Status::Stands,
        },
        outcome: row.text("outcome_code").parse().ok(),
        is_domestic_abuse: boolean(row.text("domestic_abuse")) == Some(true),
        is_proactive: boolean(row.text("proactive")) == Some(true),
    }
}

fn nominal(row: &Row) -> Nominal {
    let merged_into = row.text("merged_into");
    Nominal {
        born_on: date(row.text("date_of_birth")),
        deceased_on: date(row.text("deceased_on")),
        sex: row.text("sex").to_owned(),
        merged_into: (!merged_into.is_empty()).then(|| merged_into.to_owned()),
    }
}

fn spell(row: &Row) -> Spell {
    Spell {
        nominal_id: row.text("nominal_id").to_owned(),
        starts_at: timestamp(row.text("starts_at")).expect("part of the key"),
        ends_at: timestamp(row.text("ends_at")),
    }
}

/// Which codes count, under what condition, and what each weighs in days.
#[derive(Debug)]
struct Index {
    conditions: HashMap<String, String>,
    aliases: HashMap<String, String>,
    /// By code and title; without a title, of the code itself.
    weights: HashMap<(String, String), Decimal>,
}

impl Index {
    fn read(job: &Path) -> Self {
        let mut weights = csv::Reader::from_path(job.join("index/starter-2026.csv")).unwrap();
        Self {
            conditions: two_columns(&job.join("basket.csv"), "ho_code", "condition"),
            aliases: two_columns(
                &job.join("index/aliases.csv"),
                "recorded_code",
                "index_code",
            ),
            weights: weights
                .deserialize::<HashMap<String, String>>()
                .map(Result::unwrap)
                .map(|row| {
                    let days = row["days"].parse().expect("days are a decimal");
                    ((row["ho_code"].clone(), plain(&row["for_title"])), days)
                })
                .collect(),
        }
    }

    fn weight(&self, recorded: &str, title: &str) -> Option<Decimal> {
        let code = self.aliases.get(recorded).map_or(recorded, String::as_str);
        let of = |title: String| self.weights.get(&(code.to_owned(), title)).copied();
        of(plain(title)).or_else(|| of(String::new()))
    }
}

/// A title's letters and digits.
fn plain(title: &str) -> String {
    let kept = title.bytes().filter(u8::is_ascii_alphanumeric);
    kept.map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect()
}

fn two_columns(path: &Path, from: &str, to: &str) -> HashMap<String, String> {
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .from_path(path)
        .unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = |wanted| headers.iter().position(|name| name == wanted).unwrap();
    let (from, to) = (at(from), at(to));
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[from].to_owned(), row[to].to_owned()))
        .collect()
}

/// What a source's file must look like.
#[derive(Debug)]
struct Contract {
    source: &'static str,
    key: &'static [&'static str],
    columns: &'static [Column],
}

/// Name, kind of value, and whether it must be there.
#[derive(Debug)]
struct Column(&'static str, Kind, bool);

#[derive(Debug)]
enum Kind {
    Text,
    Date,
    Timestamp,
    Whole,
    Boolean,
    Code,
    Between(i64, i64),
    OneOf(&'static [&'static str]),
}

const CRIMES: Contract = Contract {
    source: "crimes",
    key: &["crime_ref"],
    columns: &[
        Column("crime_ref", Kind::Text, true),
        Column(
            "force",
            Kind::OneOf(&["metropolitan", "city-of-london"]),
            false,
        ),
        Column("recorded_at", Kind::Timestamp, true),
        Column("reported_at", Kind::Timestamp, true),
        Column("committed_from", Kind::Timestamp, false),
        Column("committed_to", Kind::Timestamp, false),
        Column("ho_code", Kind::Code, true),
        Column("offence_title", Kind::Text, false),
        Column("offence_count", Kind::Between(1, 10_000), true),
        Column("borough", Kind::Text, false),
        Column("ward", Kind::Text, false),
        Column("easting", Kind::Whole, false),
        Column("northing", Kind::Whole, false),
        Column(
            "location_type",
            Kind::OneOf(&[
                "dwelling",
                "street",
                "public_transport",
                "licensed_premises",
                "park",
                "workplace",
                "education",
                "hotel",
                "hospital",
                "shop",
                "online",
                "vehicle",
                "other",
            ]),
            false,
        ),
        Column("domestic_abuse", Kind::Boolean, false),
        Column("honour_based", Kind::Boolean, false),
        Column("proactive", Kind::Boolean, false),
        Column(
            "status",
            Kind::OneOf(&["open", "closed", "cancelled", "transferred"]),
            true,
        ),
        Column("status_at", Kind::Timestamp, false),
        Column("outcome_code", Kind::Between(1, 22), false),
        Column("outcome_at", Kind::Timestamp, false),
        Column("unit", Kind::Text, false),
    ],
};

const PARTIES: Contract = Contract {
    source: "parties",
    key: &["crime_ref", "nominal_id", "role"],
    columns: &[
        Column("crime_ref", Kind::Text, true),
        Column("nominal_id", Kind::Text, true),
        Column("role", Kind::OneOf(&["suspect", "victim", "witness"]), true),
        Column(
            "relationship",
            Kind::OneOf(&[
                "partner",
                "ex_partner",
                "family",
                "acquaintance",
                "stranger",
            ]),
            false,
        ),
        Column(
            "named_by",
            Kind::OneOf(&["victim", "witness", "officer", "other"]),
            false,
        ),
    ],
};

const NOMINALS: Contract = Contract {
    source: "nominals",
    key: &["nominal_id"],
    columns: &[
        Column("nominal_id", Kind::Text, true),
        Column("surname", Kind::Text, false),
        Column("forenames", Kind::Text, false),
        Column("date_of_birth", Kind::Date, false),
        Column("sex", Kind::OneOf(&["F", "M", "X", "U"]), true),
        Column(
            "ethnicity",
            Kind::OneOf(&[
                "W1", "W2", "W3", "W9", "M1", "M2", "M3", "M9", "A1", "A2", "A3", "A4", "A9", "B1",
                "B2", "B9", "O1", "O2", "O9", "NS",
            ]),
            false,
        ),
        Column("home_borough", Kind::Text, false),
        Column("deceased_on", Kind::Date, false),
        Column("merged_into", Kind::Text, false),
        Column("police_employee", Kind::Boolean, false),
    ],
};

const CUSTODY_SPELLS: Contract = Contract {
    source: "custody_spells",
    key: &["nominal_id", "starts_at"],
    columns: &[
        Column("nominal_id", Kind::Text, true),
        Column("starts_at", Kind::Timestamp, true),
        Column("kind", Kind::OneOf(&["remand", "sentence", "recall"]), true),
        Column("ends_at", Kind::Timestamp, false),
    ],
};

/// The trimmed cells of a line, and where in it each column of the contract
/// stands.
struct Row {
    contract: &'static Contract,
    places: Rc<[Option<usize>]>,
    cells: StringRecord,
}

impl Row {
    fn text(&self, name: &str) -> &str {
        let columns = &self.contract.columns;
        let at = columns.iter().position(|column| column.0 == name);
        self.cell(at.expect("the contract has the column"))
    }

    fn cell(&self, at: usize) -> &str {
        self.places[at].map_or("", |place| &self.cells[place])
    }

    fn key(&self) -> String {
        let names = self.contract.key.iter();
        names
            .map(|name| self.text(name))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The first column whose cell the contract does not allow.
    fn fault(&self) -> Option<&'static str> {
        let mut columns = self.contract.columns.iter().enumerate();
        let at_fault = columns.find(|(at, Column(name, kind, required))| match self.cell(*at) {
            "" => *required || self.contract.key.contains(name),
            text => !is_sound(kind, text),
        });
        at_fault.map(|(_, column)| column.0)
    }
}

/// The newest sound row of every key, over the files dated up to `known_to`.
fn standing_rows(
    landing: &Path,
    contract: &'static Contract,
    known_to: NaiveDate,
    refused: &mut BTreeMap<String, Refused>,
) -> HashMap<String, Row> {
    let mut standing = HashMap::new();
    for name in file_names(landing, contract.source, known_to) {
        let mut faults = Refused::default();
        standing.extend(sound_rows(&landing.join(&name), contract, &mut faults));
        refused.insert(name, faults);
    }
    standing
}

/// In date order, which is the order of the names.
fn file_names(landing: &Path, source: &str, known_to: NaiveDate) -> BTreeSet<String> {
    fs::read_dir(landing)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            name.strip_prefix(source)
                .and_then(|rest| rest.strip_prefix('_'))
                .and_then(|rest| rest.strip_suffix(".csv"))
                .and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok())
                .is_some_and(|day| day <= known_to)
        })
        .collect()
}

fn sound_rows(
    path: &Path,
    contract: &'static Contract,
    faults: &mut Refused,
) -> HashMap<String, Row> {
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .flexible(true)
        .from_path(path)
        .unwrap();
    let headers = reader.headers().unwrap().clone();
    let places: Rc<[Option<usize>]> = contract
        .columns
        .iter()
        .map(|column| headers.iter().position(|header| header == column.0))
        .collect();
    let mut by_key: HashMap<String, Lines> = HashMap::new();
    for record in reader.into_records() {
        let cells = record.unwrap();
        let line = cells.position().expect("read from a file").line();
        faults.rows += 1;
        if cells.len() != headers.len() {
            faults.rejected.insert(line, String::new());
            continue;
        }
        let places = Rc::clone(&places);
        let row = Row {
            contract,
            places,
            cells,
        };
        if let Some(column) = row.fault() {
            faults.rejected.insert(line, column.to_owned());
            continue;
        }
        match by_key.entry(row.key()) {
            Entry::Vacant(entry) => {
                let others = Vec::new();
                entry.insert(Lines {
                    line,
                    row,
                    others,
                    differ: false,
                });
            }
            Entry::Occupied(mut entry) => entry.get_mut().add(line, &row),
        }
    }
    let mut sound = HashMap::with_capacity(by_key.len());
    for (key, lines) in by_key {
        if lines.differ {
            let all = lines.others.into_iter().chain([lines.line]);
            faults
                .rejected
                .extend(all.map(|line| (line, contract.key.join(", "))));
        } else {
            faults.duplicates += lines.others.len();
            sound.insert(key, lines.row);
        }
    }
    sound
}

/// The sound lines of one file that have one key, and whether they contradict
/// each other.
struct Lines {
    line: u64,
    row: Row,
    others: Vec<u64>,
    differ: bool,
}

impl Lines {
    fn add(&mut self, line: u64, row: &Row) {
        self.others.push(line);
        self.differ |= self.row.cells != row.cells;
    }
}

fn is_sound(kind: &Kind, text: &str) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Date => date(text).is_some(),
        Kind::Timestamp => timestamp(text).is_some(),
        Kind::Whole => {
            text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_ok()
        }
        Kind::Between(low, high) => {
            is_sound(&Kind::Whole, text)
                && text
                    .parse()
                    .is_ok_and(|number: i64| (*low..=*high).contains(&number))
        }
        Kind::Boolean => boolean(text).is_some(),
        Kind::Code => has_shape(text, "000/00"),
        Kind::OneOf(values) => values.contains(&text),
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    if !has_shape(text, "0000-00-00") {
        return None;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().ok();
    let year = text[..4].parse().ok()?;
    NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)
}

fn timestamp(text: &str) -> Option<NaiveDateTime> {
    if !has_shape(text, "0000-00-00 00:00:00") {
        return None;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().ok();
    date(&text[..10])?.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Whether the text has a digit wherever the shape has a nought, and the
/// shape's own sign everywhere else.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, sign)| {
            if sign == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == sign
            }
        })
}
