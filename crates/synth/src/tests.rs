//! What the written files must hold, read back without the code that wrote
//! them.

mod contracts;
mod list;
mod series;
mod services;
mod staff;

use super::calendar::later;
use super::calibration::Shape;
use super::careers::Setting;
use super::high_harm;
use super::offences::Catalogue;
use super::places::London;
use super::{Plan, Summary, write};
use chrono::NaiveDate;
use list::{Ranked, files, latest, list};
use sha2::{Digest, Sha256};
use std::path::Path;
use tempfile::TempDir;

/// Files that arrive each morning.
const SOURCES: usize = 21;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn plan(suspects: u32, seed: u64) -> Plan {
    Plan {
        suspects,
        from: day("2024-11-21"),
        to: day("2026-11-21"),
        seed,
        nights: 14,
        dirty_share: 0.002,
    }
}

fn written(plan: &Plan) -> (TempDir, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(plan, folder.path(), &mut |done, total| {
        assert!(done <= total);
    })
    .unwrap();
    (folder, summary)
}

fn bytes(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = ["", "truth"]
        .iter()
        .flat_map(|sub| std::fs::read_dir(folder.join(sub)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_another_seed_others() {
    let (first, _) = written(&plan(720, 5));
    let (second, _) = written(&plan(720, 5));
    let (other, _) = written(&plan(720, 6));
    assert_eq!(bytes(first.path()), bytes(second.path()));
    assert_ne!(bytes(first.path()), bytes(other.path()));
}

/// Sums over the first `listed` people: allegations, offences, victims, years,
/// severe, with the most victims of one person and how many have as many.
fn shape(ranking: &[Ranked], listed: usize) -> (usize, u32, usize, f64, usize, (usize, usize)) {
    let top = &ranking[..listed.min(ranking.len())];
    let most = top.iter().map(|r| r.victims.len()).max().unwrap_or(0);
    let as_many = top.iter().filter(|r| r.victims.len() == most).count();
    (
        top.iter().map(|r| r.codes.len()).sum(),
        top.iter().map(|r| r.offences).sum(),
        top.iter().map(|r| r.victims.len()).sum(),
        top.iter().map(|r| r.score).sum::<f64>() / 365.0,
        top.iter().filter(|r| r.is_severe()).count(),
        (most, as_many),
    )
}

fn in_range<T: PartialOrd + Copy + std::fmt::Debug>(what: &str, value: T, low: T, high: T) {
    assert!(
        value >= low && value <= high,
        "{what}: {value:?} is not within {low:?} to {high:?}"
    );
}

#[test]
fn a_full_list_has_the_published_shape_and_moves_through_the_nights() {
    let plan = plan(36_000, 1);
    let (folder, _) = written(&plan);
    let (scores, ranking) = list(folder.path(), plan.to);
    in_range("suspects", scores.len(), 35_640, 36_360);
    let low = scores.iter().filter(|score| **score <= 11.0).count();
    in_range(
        "suspects at 11 days or less",
        low * 100 / scores.len(),
        50,
        60,
    );
    let (allegations, offences, victims, years, severe, most) = shape(&ranking, 100);
    in_range("allegations", allegations, 400, 490);
    in_range("offences", offences, 400, 490);
    in_range("victims", victims, 185, 220);
    in_range("years", years, 1_300.0, 1_500.0);
    in_range("rape, sexual assaults, murder", severe, 68, 82);
    assert_eq!(most, (15, 2));

    let (_, before) = list(folder.path(), later(plan.to, -14));
    let was = |person: &Ranked| before[..100].iter().any(|r| r.person == person.person);
    let new = ranking[..100].iter().filter(|person| !was(person)).count();
    in_range("new on the list in 14 nights", new, 1, 20);
    let score_then = |person: &Ranked| before.iter().find(|r| r.person == person.person);
    let fell = ranking
        .iter()
        .filter(|now| score_then(now).is_some_and(|then| then.score > now.score + 300.0));
    assert!(fell.count() > 3, "scores fall in the nights");
}

#[test]
fn a_tenth_of_london_keeps_its_proportions() {
    let plan = plan(3_600, 3);
    let (folder, _) = written(&plan);
    let (scores, ranking) = list(folder.path(), plan.to);
    in_range("suspects", scores.len(), 3_560, 3_640);
    let low = scores.iter().filter(|score| **score <= 11.0).count();
    in_range(
        "suspects at 11 days or less",
        low * 100 / scores.len(),
        50,
        60,
    );
    let (allegations, _, victims, years, ..) = shape(&ranking, 10);
    in_range("allegations", allegations, 25, 65);
    in_range("victims", victims, 10, 35);
    in_range("years", years, 100.0, 190.0);
}

#[test]
fn the_careers_of_highest_harm_fit_for_any_seed_and_day() {
    let (catalogue, london) = (Catalogue::load().unwrap(), London::load().unwrap());
    for (seed, to) in [
        (1, "2026-11-21"),
        (2, "2025-03-01"),
        (3, "2024-02-29"),
        (7, "2026-01-01"),
        (42, "2031-07-15"),
    ] {
        let to = day(to);
        let plan = Plan {
            from: later(to, -730),
            to,
            ..plan(36_000, seed)
        };
        let setting = Setting {
            plan: &plan,
            catalogue: &catalogue,
            london: &london,
        };
        let careers = high_harm::draw(setting).unwrap();
        let misfit = Shape::of(&careers, setting).misfit(setting);
        assert!(misfit < 2.0, "seed {seed}, {to}: {misfit}");
    }
}

#[test]
fn over_nine_in_ten_of_a_list_are_new_a_year_later() {
    let plan = Plan {
        dirty_share: 0.0,
        nights: 380,
        ..plan(9_000, 7)
    };
    let (folder, _) = written(&plan);
    let (_, now) = list(folder.path(), plan.to);
    let (_, then) = list(folder.path(), later(plan.to, -365));
    let stayed = now[..25]
        .iter()
        .filter(|person| then[..25].iter().any(|r| r.person == person.person));
    in_range("stayed a year", stayed.count(), 0, 2);
    let (allegations, _, _, years, ..) = shape(&then, 25);
    in_range("allegations a year before", allegations, 80, 140);
    in_range("years a year before", years, 290.0, 440.0);
}

#[test]
fn every_manifest_tells_the_rows_and_the_hash_of_its_file() {
    let (_folder, summary) = written(&plan(360, 2));
    assert_eq!(summary.files.len(), SOURCES * 15);
    for file in &summary.files {
        let path = format!("{}.manifest.json", file.path.display());
        let manifest: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let content = std::fs::read(&file.path).unwrap();
        let hash: String = Sha256::digest(&content)
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|half| char::from_digit(u32::from(half), 16))
            .collect();
        let lines = content.split(|byte| *byte == b'\n').count() as u64 - 1;
        assert_eq!(manifest["rows"], file.rows);
        assert_eq!(lines, file.rows + 1, "{}", file.path.display());
        assert_eq!(manifest["sha256"], hash);
        let name = file.path.file_name().unwrap().to_string_lossy();
        let as_at = manifest["as_at"].as_str().unwrap();
        assert_eq!(as_at.len(), "2026-11-07T00:00:00".len());
        assert!(name.contains(&as_at[..10].replace('-', "")));
    }
}

#[test]
fn every_fault_is_where_the_list_says_and_is_mended_the_next_night() {
    let plan = Plan {
        dirty_share: 0.02,
        ..plan(1_800, 4)
    };
    let (folder, summary) = written(&plan);
    assert_eq!(summary.faults.len(), 10, "{:?}", summary.faults);
    let dirty: u64 = summary.files.iter().map(|file| file.dirty).sum();
    assert_eq!(dirty, summary.faults.values().sum::<u64>());
    let mut faults = csv::Reader::from_path(folder.path().join("truth/faults.csv")).unwrap();
    for fault in faults.records().map(Result::unwrap) {
        let (source, file, column, kind) = (&fault[0], &fault[1], &fault[3], &fault[4]);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_path(folder.path().join(file))
            .unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let line = &rows[fault[2].parse::<usize>().unwrap() - 1];
        match kind {
            "exact_duplicate" => assert!(rows.iter().filter(|row| *row == line).count() == 2),
            "too_few_fields" => assert!(line.len() < rows[0].len()),
            "too_many_fields" => assert!(line.len() > rows[0].len()),
            _ => {
                let at = rows[0].iter().position(|name| name == column).unwrap();
                assert_eq!(&line[at], &fault[5], "{source} {file} {kind}");
            }
        }
    }
    let due = later(plan.to, -1);
    let clean = Plan {
        dirty_share: 0.0,
        ..plan.clone()
    };
    let (expected, _) = written(&clean);
    for (source, keys) in [("crimes", 1), ("parties", 3), ("nominals", 1)] {
        let of_yesterday = latest(expected.path(), source, keys, due);
        let mended = latest(folder.path(), source, keys, plan.to);
        for (key, row) in of_yesterday {
            assert!(mended.contains_key(&key), "{source} {key:?} {row:?}");
        }
    }
}

#[test]
fn the_nights_bring_cancellations_corrections_and_outcomes() {
    let plan = Plan {
        dirty_share: 0.0,
        ..plan(7_200, 8)
    };
    let (folder, _) = written(&plan);
    let first = latest(folder.path(), "crimes", 1, later(plan.to, -14));
    let last = latest(folder.path(), "crimes", 1, plan.to);
    let changed = |column: &str, to: &str| {
        let both = first
            .iter()
            .filter_map(|(key, was)| Some((was, last.get(key)?)));
        both.filter(|(was, is)| was[column] != is[column] && (to.is_empty() || is[column] == to))
            .count()
    };
    in_range("cancelled", changed("status", "cancelled"), 5, 80);
    in_range("closed", changed("status", "closed"), 400, 3_000);
    in_range("reclassified", changed("ho_code", ""), 3, 60);
    in_range("moved to another borough", changed("borough", ""), 1, 30);
    in_range("new", last.len() - first.len(), 800, 1_300);
    let merged = |until| {
        let nominals = latest(folder.path(), "nominals", 1, until);
        let gone = nominals
            .values()
            .filter(|row| !row["merged_into"].is_empty());
        gone.count()
    };
    assert!(merged(plan.to) > merged(later(plan.to, -14)));
}

#[test]
fn any_span_and_any_size_can_be_written() {
    for (suspects, days, nights) in [(1, 30, 5), (1, 1, 0), (10, 200, 199), (50, 1_500, 1)] {
        let to = day("2024-03-01");
        let plan = Plan {
            suspects,
            from: later(to, -days),
            to,
            seed: 9,
            nights,
            dirty_share: 0.5,
        };
        let (folder, summary) = written(&plan);
        assert_eq!(summary.files.len(), SOURCES * (nights as usize + 1));
        assert_eq!(files(folder.path(), "posts", to).len(), nights as usize + 1);
    }
}

#[test]
fn a_plan_that_cannot_be_carried_out_says_why() {
    let good = plan(10, 1);
    let refused = |plan: Plan| plan.validate().unwrap_err().to_string();
    assert!(good.validate().is_ok());
    let backwards = Plan {
        from: good.to,
        ..good.clone()
    };
    assert!(refused(backwards).contains("before to"));
    let nobody = Plan {
        suspects: 0,
        ..good.clone()
    };
    assert!(refused(nobody).contains("at least one suspect"));
    let filthy = Plan {
        dirty_share: 0.6,
        ..good.clone()
    };
    assert!(refused(filthy).contains("between 0 and 0.5"));
    let sleepless = Plan {
        nights: 730,
        ..good
    };
    assert!(refused(sleepless).contains("fewer than the 730 days"));
}
