//! A contract to start from, written from a file's header and first rows. It
//! quotes no row; what the sample does not settle stands in it as an edit to make.

mod guess;
mod sample;
mod sheet;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use crate::ingest::contract::problems::RESERVED;
use crate::ingest::contract::{Column, Contract, Format, Kind, Mode};
use crate::ingest::decode::header;
use guess::{Guess, guess};
use sample::Sample;

/// A contract's text, and what somebody has to look at before it is used.
#[derive(Debug)]
pub struct Draft {
    pub source: String,
    pub contract: String,
    pub edits: Vec<String>,
}

/// Drafts a contract for a file; `house` are the shipped contracts, one of which
/// it may be an extract of.
pub fn draft(path: &Path, house: &[Contract]) -> Result<Draft> {
    let file = path
        .file_name()
        .context("expected a file")?
        .to_string_lossy();
    let sample = Sample::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let house = like(&sample, &file, house);
    let mut writer = Writer {
        sample: &sample,
        house,
        names: names(&sample, house),
        month_column: month_column(&sample, &file),
        lines: Vec::new(),
        edits: Vec::new(),
    };
    writer.columns();
    let columns = std::mem::take(&mut writer.lines);
    writer.head(&file);
    let mut text = writer.lines;
    text.push("columns = [".to_owned());
    text.extend(columns);
    text.push("]".to_owned());
    let edits = writer.edits;
    let head: Vec<String> = edits
        .iter()
        .map(|edit| format!("# TO DO: {edit}"))
        .collect();
    let tail = tail(house);
    let contract = [
        vec!["#:schema ../contract.schema.json".to_owned()],
        head,
        vec![String::new()],
        text,
        tail,
    ]
    .concat()
    .join("\n")
        + "\n";
    Ok(Draft {
        source: house.map_or_else(|| source_name(&file), |house| house.name.clone()),
        contract,
        edits,
    })
}

/// The shipped contract that knows most of the file's columns: three at least,
/// and a third of its own or half of the file's.
fn like<'h>(sample: &Sample, file: &str, house: &'h [Contract]) -> Option<&'h Contract> {
    let known = |contract: &Contract| {
        let columns = contract.columns.iter();
        columns
            .filter(|column| found(sample, column).is_some())
            .count()
    };
    let is_like = |contract: &&Contract| {
        let known = known(contract);
        let (own, all) = (contract.columns.len(), sample.columns.len());
        known >= 3 && (known * 3 >= own || known * 2 >= all)
    };
    let is_named = |contract: &Contract| file.to_lowercase().contains(&contract.name);
    house
        .iter()
        .filter(is_like)
        .max_by_key(|contract| (known(contract), is_named(contract)))
}

/// Where the sample has a column of the house format, by any spelling.
fn found(sample: &Sample, column: &Column) -> Option<usize> {
    let own = [&column.name].into_iter().chain(&column.headers);
    let own: Vec<String> = own.map(|name| plain(name)).collect();
    sample
        .columns
        .iter()
        .position(|(name, _)| header::matches(column, name) || own.contains(&plain(name)))
}

/// A name as a column's: lower-case letters, digits and underscores.
fn plain(name: &str) -> String {
    let letters = name.to_lowercase();
    let words = letters
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// The letters before the date in a file's name.
fn source_name(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or(file);
    let words = plain(stem);
    let name = words
        .split('_')
        .filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    let name = name.collect::<Vec<_>>().join("_");
    if name.is_empty() {
        "source".to_owned()
    } else {
        name
    }
}

/// What the contract calls each column of the sample: as the house format does,
/// else by its header; none of the one that says what happened to a row, and of
/// one without a header, which nothing could find again.
fn names(sample: &Sample, house: Option<&Contract>) -> Vec<Option<String>> {
    let mut names = vec![None; sample.columns.len()];
    let wanted = house.iter().flat_map(|house| &house.columns);
    let mut taken: Vec<String> = Vec::new();
    for column in wanted {
        taken.push(column.name.clone());
        if let Some(at) = found(sample, column) {
            names[at] = Some(column.name.clone());
        }
    }
    for (at, (header, _)) in sample.columns.iter().enumerate() {
        let is_op = house.is_some_and(|house| header::is_op(house, header));
        if names[at].is_some() || is_op || header.trim().is_empty() {
            continue;
        }
        let mut name = plain(header);
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            let numbered = format!("column_{}_{name}", at + 1);
            name.clear();
            name.push_str(numbered.trim_end_matches('_'));
        }
        let is_taken = |name: &String| taken.contains(name) || RESERVED.contains(&name.as_str());
        while is_taken(&name) {
            name = format!("{name}_{}", at + 1);
        }
        taken.push(name.clone());
        names[at] = Some(name);
    }
    names
}

struct Writer<'s> {
    sample: &'s Sample,
    house: Option<&'s Contract>,
    /// What the contract calls each column of the sample.
    names: Vec<Option<String>>,
    /// The column that says on every row the month of the file's name.
    month_column: Option<usize>,
    lines: Vec<String>,
    edits: Vec<String>,
}

impl Writer<'_> {
    fn columns(&mut self) {
        let house = self.house;
        let wanted: Vec<(&Column, Option<usize>)> = house
            .iter()
            .flat_map(|house| &house.columns)
            .map(|column| (column, found(self.sample, column)))
            .collect();
        for (column, at) in &wanted {
            self.of_the_house(column, *at);
        }
        for (at, (header, cells)) in self.sample.columns.iter().enumerate() {
            if wanted.iter().any(|(_, found)| *found == Some(at)) {
                continue;
            }
            let Some(name) = self.names[at].clone() else {
                if header.trim().is_empty() {
                    let place = at + 1;
                    self.edits.push(format!(
                        "column {place} has no header, and is not read: have it named"
                    ));
                }
                continue;
            };
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let guess = guess(&plain(header), &cells);
            let mut more = self.held_to_name(at);
            more.extend(self.nth(at));
            self.column(&name, header, &guess, false, &more);
        }
        self.edits.extend(self.sample.not_read.iter().cloned());
    }

    /// Which of several columns of one header it is.
    fn nth(&self, at: usize) -> Option<String> {
        let columns = &self.sample.columns;
        let is_same = |(other, _): &&(String, _)| header::is_same(&columns[at].0, other);
        let nth = columns[..=at].iter().filter(is_same).count();
        (columns.iter().filter(is_same).count() > 1).then(|| format!("nth = {nth}"))
    }

    /// A column of the house format keeps its type; the sample says how dates
    /// are written.
    fn of_the_house(&mut self, column: &Column, at: Option<usize>) {
        let Some(at) = at else {
            let kind = column.kind.word();
            let need = if column.is_required {
                ", which every row needs"
            } else {
                ""
            };
            self.edits.push(format!(
                "{} ({kind}{need}) was not found: say its header, or a default, or leave it absent",
                column.name
            ));
            let required = if column.is_required {
                ", required = true"
            } else {
                ""
            };
            self.lines.push(format!(
                "    {{ name = \"{}\", type = \"{kind}\"{required}, may_be_absent = true }},",
                column.name
            ));
            return;
        };
        let (header, cells) = &self.sample.columns[at];
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let seen = guess(&column.name, &cells);
        let mut keys = self.held_to_name(at);
        keys.extend(self.nth(at));
        if let Some(table) = &column.values_from {
            keys.push(format!("values_from = {}", json!(table)));
        } else if !column.values.is_empty() {
            keys.push(format!("values = {}", json!(column.values)));
        }
        if column.otherwise == crate::ingest::contract::OnInvalid::Warn {
            keys.push("otherwise = \"warn\"".to_owned());
        }
        let unknown = cells
            .iter()
            .any(|cell| !column.values.iter().any(|value| value == cell));
        if !column.values.is_empty() && unknown && seen.kind != Kind::Boolean {
            self.edits.push(format!(
                "{}: say with map what the file's words stand for",
                column.name
            ));
        }
        let guess = Guess {
            kind: column.kind,
            keys: if seen.kind == column.kind {
                seen.keys
            } else {
                Vec::new()
            },
            doubt: match seen.kind == column.kind || cells.is_empty() {
                true if cells.is_empty() => None,
                true => seen.doubt,
                false => is_timed(column.kind).then(|| {
                    format!(
                        "the sample is no {} as daybook reads it: say its formats",
                        column.kind.word()
                    )
                }),
            },
        };
        self.column(&column.name, header, &guess, column.is_required, &keys);
    }

    fn held_to_name(&self, at: usize) -> Vec<String> {
        let is_held = self.month_column == Some(at);
        is_held
            .then(|| "as_in_name = \"month\"".to_owned())
            .into_iter()
            .collect()
    }

    fn column(
        &mut self,
        name: &str,
        header: &str,
        guess: &Guess,
        is_required: bool,
        more: &[String],
    ) {
        let mut keys = vec![
            format!("name = \"{name}\""),
            format!("type = \"{}\"", guess.kind.word()),
        ];
        if is_required {
            keys.push("required = true".to_owned());
        }
        if !header.eq_ignore_ascii_case(name) {
            keys.push(format!("headers = [{}]", json!(header)));
        }
        keys.extend(guess.keys.iter().cloned());
        keys.extend(more.iter().cloned());
        self.edits
            .extend(guess.doubt.iter().map(|doubt| format!("{name}: {doubt}")));
        self.lines.push(format!("    {{ {} }},", keys.join(", ")));
    }

    /// What stands above the columns.
    fn head(&mut self, file: &str) {
        let sample = self.sample;
        let (pattern, _) = pattern(file);
        let title = self.house.map_or_else(
            || source_name(file).replace('_', " "),
            |house| house.title.clone(),
        );
        self.lines.push(format!("title = {}", json!(title)));
        let mode = self.house.map_or(Mode::Snapshot, |house| house.mode);
        if self.house.is_none() {
            let told = "mode: a snapshot holds every live row and ends those that it lacks; say delta, with a key, where files hold changes alone";
            self.edits.push(told.to_owned());
        }
        self.lines.push(format!(
            "mode = \"{}\"",
            if mode == Mode::Delta {
                "delta"
            } else {
                "snapshot"
            }
        ));
        self.lines.push(format!("files = [{}]", json!(pattern)));
        if !["csv", "jsonl", "parquet", "xlsx"]
            .iter()
            .any(|ending| file.to_lowercase().contains(&format!(".{ending}")))
            && sample.format == Format::Jsonl
        {
            self.lines.push("format = \"jsonl\"".to_owned());
        }
        if let Some(sheet) = &sample.sheet {
            self.lines.push(format!("sheet = {}", json!(sheet)));
            let told = "sheet: it shows several; the first was read";
            self.edits.push(told.to_owned());
        }
        if sample.skip_lines > 0 {
            let lines = sample.skip_lines;
            self.lines.push(format!("skip_lines = {lines}"));
            self.edits.push(format!(
                "skip_lines: the first {lines} lines stand above the header; say if it is another"
            ));
        }
        if sample.encoding != "utf-8" {
            self.lines
                .push(format!("encoding = \"{}\"", sample.encoding));
        }
        if sample.format == Format::Csv && sample.delimiter != ',' {
            self.lines
                .push(format!("delimiter = {}", json!(sample.delimiter)));
        }
        match self.house {
            Some(house) if !house.key.is_empty() => {
                self.lines.push(format!("key = {}", json!(house.key)));
            }
            Some(_) => {}
            None => self.key(),
        }
        self.scope();
        if let Some(affects) = self.house.and_then(|house| house.affects.as_ref()) {
            self.lines.push(format!("affects = {}", json!(affects)));
        }
    }

    /// The first column that tells the rows of the sample apart.
    fn key(&mut self) {
        let rows = self.sample.rows;
        let is_key = |cells: &[String]| {
            let mut sorted: Vec<&String> = cells.iter().collect();
            sorted.sort_unstable();
            sorted.dedup();
            rows > 1 && cells.len() == rows && sorted.len() == rows
        };
        let named = self.names.iter().zip(&self.sample.columns);
        let key = named
            .filter(|(_, (_, cells))| is_key(cells))
            .filter(|(_, (header, cells))| {
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                guess(&plain(header), &cells).kind == Kind::Identifier
            })
            .find_map(|(name, _)| name.clone());
        match key {
            Some(key) => {
                self.lines.push(format!("key = [\"{key}\"]"));
                self.edits.push(format!(
                    "key: {key} tells the rows of the sample apart; say if another does"
                ));
            }
            None => self.edits.push(
                "key: no identifier tells the rows apart; they are known by their content"
                    .to_owned(),
            ),
        }
    }

    /// A month in the name, and a column that says it on every row: a part of
    /// the whole, held against the name.
    fn scope(&mut self) {
        let Some(at) = self.month_column else { return };
        if let Some(house) = self.house.filter(|house| !house.scope.is_empty()) {
            self.lines.push(format!("scope = {}", json!(house.scope)));
        } else if let Some(name) = &self.names[at] {
            self.lines.push(format!("scope = [\"{name}\"]"));
        } else {
            return;
        }
        self.edits.push(
            "scope: a file replaces the month of its name; say if it holds more parts".to_owned(),
        );
    }
}

fn month_column(sample: &Sample, file: &str) -> Option<usize> {
    let (_, month) = pattern(file);
    let month = month?;
    sample.columns.iter().position(|(_, cells)| {
        cells.len() == sample.rows && !cells.is_empty() && cells.iter().all(|cell| *cell == month)
    })
}

fn is_timed(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Timestamp)
}

/// A file's name as a pattern, and the month that it says.
fn pattern(file: &str) -> (String, Option<String>) {
    let plain = file.trim_end_matches(".gz").trim_end_matches(".zst");
    let month = regex::Regex::new("[0-9]{4}-[0-9]{2}").expect("a pattern of ours");
    let date = regex::Regex::new("[0-9]{8}").expect("a pattern of ours");
    if date.is_match(plain) {
        return (date.replace(plain, "{date}").into_owned(), None);
    }
    match month.find(plain) {
        Some(found) => (
            month.replace(plain, "{month}").into_owned(),
            Some(found.as_str().to_owned()),
        ),
        None => (plain.to_owned(), None),
    }
}

/// What stands below the columns: the bounds of the house, or those to begin with.
fn tail(house: Option<&Contract>) -> Vec<String> {
    let mut lines = vec![String::new()];
    if let Some(house) = house.filter(|house| house.mode == Mode::Delta) {
        lines.push("[op]".to_owned());
        lines.push(format!("headers = {}", json!(house.op.headers)));
        lines.push(String::new());
    }
    lines.extend(["[rejects]", "refuse_above = 0.2", "at_least = 20"].map(str::to_owned));
    if house.is_none_or(|house| house.mode == Mode::Snapshot) {
        lines.extend(["", "[ending]", "confirm_above = 0.1", "at_least = 10"].map(str::to_owned));
    }
    lines
}
