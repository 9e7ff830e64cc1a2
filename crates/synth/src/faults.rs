//! Damage done on purpose: each kind of fault that a real extract brings, and
//! the list of where each one was put.

use super::rng::Dice;
use super::source::{Kind, Source};
use anyhow::Context;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

/// The faults, in the words of `truth/faults.csv`.
const KINDS: [&str; 10] = [
    "impossible_date",
    "missing_key",
    "malformed_code",
    "unknown_value",
    "not_a_number",
    "not_a_boolean",
    "conflicting_duplicate",
    "exact_duplicate",
    "too_few_fields",
    "too_many_fields",
];

/// What became of one row.
pub(super) struct Damage {
    pub(super) kind: &'static str,
    /// Empty where the whole line is at fault.
    pub(super) column: &'static str,
    pub(super) value: String,
    /// The last one is the line at fault.
    pub(super) lines: Vec<Vec<String>>,
}

/// Damages a row by a kind that suits its columns.
pub(super) fn damage(source: &Source, fields: &[&str], dice: &mut Dice) -> Damage {
    let mut kinds = KINDS;
    dice.shuffle(&mut kinds);
    let done = kinds
        .iter()
        .find_map(|kind| attempt(kind, source, fields, dice));
    done.unwrap_or_else(|| twice("exact_duplicate", fields, None))
}

fn attempt(
    kind: &'static str,
    source: &Source,
    fields: &[&str],
    dice: &mut Dice,
) -> Option<Damage> {
    match kind {
        "missing_key" => Some(missing_key(source, fields, dice)),
        "exact_duplicate" => Some(twice(kind, fields, None)),
        "too_few_fields" => Some(cut(kind, fields, dice)),
        "too_many_fields" => Some(extended(kind, fields)),
        "conflicting_duplicate" => conflicting(kind, source, fields, dice),
        _ => {
            let suits = source.filled(fields, |column| suits(kind, column));
            let at = *suits.get(dice.index(suits.len()))?;
            let value = spoilt(kind, fields[at], dice);
            Some(changed(kind, source, fields, at, &value))
        }
    }
}

/// A key that is a number is left: a contract may say what stands for none.
fn missing_key(source: &Source, fields: &[&str], dice: &mut Dice) -> Damage {
    let mut able = source.filled(fields, |column| column != Kind::Number);
    able.retain(|at| *at < source.keys);
    let at = able[dice.index(able.len())];
    changed("missing_key", source, fields, at, "")
}

fn suits(kind: &str, column: Kind) -> bool {
    match kind {
        "impossible_date" => matches!(column, Kind::Date | Kind::Moment),
        "malformed_code" => column == Kind::Code,
        "unknown_value" => matches!(column, Kind::Choice(_)),
        "not_a_number" => column == Kind::Number,
        _ => column == Kind::Flag,
    }
}

fn spoilt(kind: &str, value: &str, dice: &mut Dice) -> String {
    match kind {
        "impossible_date" => {
            let day = dice.pick(&["-02-31", "-02-30", "-13-01", "-06-31"]);
            format!("{}{day}{}", &value[..4], &value[10..])
        }
        "malformed_code" => malformed(value, dice),
        "unknown_value" => misspelt(value),
        "not_a_number" => dice.pick(&["two", "n/k", "1O", "3,0"]).to_owned(),
        _ => dice.pick(&["maybe", "Y?", "flase", "n/k"]).to_owned(),
    }
}

/// `019/08` as a spreadsheet or a hurried hand leaves it: `19/8`, `19.08`.
fn malformed(code: &str, dice: &mut Dice) -> String {
    let (class, sub) = code.split_once('/').unwrap_or((code, "0"));
    let class = class.trim_start_matches('0');
    let short = format!("{class}/{}", sub.trim_start_matches('0'));
    if short != code && dice.chance(0.5) {
        short
    } else {
        format!("{class}.{sub}")
    }
}

/// Two letters of a word change places: `open` becomes `opne`.
pub(super) fn misspelt(value: &str) -> String {
    let mut letters: Vec<char> = value.chars().collect();
    let last = letters.len().saturating_sub(1);
    if last > 1 && letters[last] != letters[last - 1] {
        letters.swap(last, last - 1);
    } else {
        letters.push('x');
    }
    letters.into_iter().collect()
}

/// The row twice, a field that is no key being different the second time.
fn conflicting(
    kind: &'static str,
    source: &Source,
    fields: &[&str],
    dice: &mut Dice,
) -> Option<Damage> {
    let mut able = source.filled(fields, |column| {
        !matches!(column, Kind::Code | Kind::Date | Kind::Moment)
    });
    able.retain(|at| *at >= source.keys);
    let at = *able.get(dice.index(able.len()))?;
    let (column, holds) = source.columns[at];
    let other = match column {
        "outcome_code" => other_than(fields[at], ["1", "2"]),
        "wave" => other_than(fields[at], ["2020-01", "2020-02"]),
        _ => different(holds, fields[at], dice),
    };
    let mut damage = twice(kind, fields, Some((at, &other)));
    damage.column = column;
    damage.value = other;
    Some(damage)
}

/// The first that the value is not, for columns whose contracts ask for a form.
fn other_than(value: &str, forms: [&str; 2]) -> String {
    let [one, other] = forms;
    if value == one { other } else { one }.to_owned()
}

/// Another value that is well formed.
fn different(holds: Kind, value: &str, dice: &mut Dice) -> String {
    match holds {
        Kind::Flag if value == "true" => "false".to_owned(),
        Kind::Flag => "true".to_owned(),
        Kind::Number if value.contains('.') => format!("{value}1"),
        Kind::Number => format!("1{value}"),
        Kind::Choice(words) => {
            let others: Vec<&str> = words.iter().copied().filter(|w| *w != value).collect();
            dice.pick(&others).to_owned()
        }
        _ => format!("{value} (2)"),
    }
}

fn changed(kind: &'static str, source: &Source, fields: &[&str], at: usize, value: &str) -> Damage {
    let mut line = owned(fields);
    value.clone_into(&mut line[at]);
    Damage {
        kind,
        column: source.columns[at].0,
        value: value.to_owned(),
        lines: vec![line],
    }
}

fn twice(kind: &'static str, fields: &[&str], change: Option<(usize, &str)>) -> Damage {
    let mut second = owned(fields);
    if let Some((at, value)) = change {
        value.clone_into(&mut second[at]);
    }
    Damage {
        kind,
        column: "",
        value: String::new(),
        lines: vec![owned(fields), second],
    }
}

fn cut(kind: &'static str, fields: &[&str], dice: &mut Dice) -> Damage {
    let keep = 1 + dice.index(fields.len() - 1);
    Damage {
        kind,
        column: "",
        value: keep.to_string(),
        lines: vec![owned(&fields[..keep])],
    }
}

fn extended(kind: &'static str, fields: &[&str]) -> Damage {
    let mut line = owned(fields);
    line.push("see notes".to_owned());
    Damage {
        kind,
        column: "",
        value: line.len().to_string(),
        lines: vec![line],
    }
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

/// `truth/faults.csv`: one row for each damaged row. The line is counted from
/// 1, the header's; for the two kinds of duplicate it is the second copy's.
pub(super) struct Faults {
    csv: csv::Writer<File>,
    per_kind: BTreeMap<&'static str, u64>,
}

impl Faults {
    pub(super) fn create(out: &Path) -> anyhow::Result<Self> {
        let folder = out.join("truth");
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let path = folder.join("faults.csv");
        let mut csv = csv::Writer::from_path(&path)
            .with_context(|| format!("cannot create {}", path.display()))?;
        csv.write_record(["source", "file", "line", "column", "kind", "value"])?;
        Ok(Self {
            csv,
            per_kind: BTreeMap::new(),
        })
    }

    /// Notes the damage at a source's file and line.
    pub(super) fn note(
        &mut self,
        (source, file, line): (&str, &str, u64),
        damage: &Damage,
    ) -> anyhow::Result<()> {
        let Damage {
            kind,
            column,
            value,
            ..
        } = damage;
        self.csv
            .write_record([source, file, &line.to_string(), column, kind, value])?;
        *self.per_kind.entry(kind).or_default() += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<BTreeMap<&'static str, u64>> {
        self.csv.flush()?;
        Ok(self.per_kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_are_spoilt_as_hands_spoil_them() {
        let mut dice = Dice::new(1, super::super::rng::Theme::Faults, 0);
        for _ in 0..20 {
            assert!(["19/8", "19.08"].contains(&malformed("019/08", &mut dice).as_str()));
            assert_eq!(malformed("195/94", &mut dice), "195.94");
        }
        assert_eq!(misspelt("open"), "opne");
        assert_eq!(misspelt("F"), "Fx");
    }
}
