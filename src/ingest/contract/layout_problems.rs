//! What can be wrong with what a contract says of its tables' layout, and of the
//! order of changes.

use super::file::{ContractFile, WideFile, whole, whole_lines};
use super::naming::Pattern;
use super::{Format, Kind, Mode};
use crate::config::problem::{Problem, Source};

impl ContractFile {
    /// What says where a table stands and which of its lines are rows.
    pub(crate) fn layout_problems(&self, source: &Source, problems: &mut Vec<Problem>) {
        let mut wrong = |span, message: String| problems.push(source.problem(span, message));
        for (name, count, least, most) in [
            ("skip_lines", &self.skip_lines, 0, 1_000),
            ("header_lines", &self.header_lines, 1, 5),
            ("skip_rows", &self.skip_rows, 0, 1_000),
        ] {
            if !(least..=most).contains(count.as_ref()) {
                let told = format!("{name} is {}; expected {least} to {most}", count.as_ref());
                wrong(count.span(), told);
            }
        }
        for pattern in &self.set_aside {
            match whole_lines(std::slice::from_ref(pattern)) {
                Err(error) => wrong(pattern.span(), format!("no regular expression: {error}")),
                Ok(Some(set)) if set.is_match(b"") => {
                    wrong(
                        pattern.span(),
                        "matches a line of nothing; expected less".to_owned(),
                    );
                }
                Ok(_) => {}
            }
        }
        if let Some(member) = &self.member
            && let Err(message) = Pattern::parse(member.as_ref())
        {
            wrong(member.span(), message);
        }
        if let Some(wide) = &self.wide {
            for told in self.wide_problems(wide.as_ref()) {
                wrong(wide.span(), told);
            }
        }
    }

    fn wide_problems(&self, wide: &WideFile) -> Vec<String> {
        let mut found = Vec::new();
        match whole(&wide.columns) {
            Err(error) => found.push(format!("columns is no regular expression: {error}")),
            Ok(columns) if columns.is_match("") => {
                found.push("columns matches a header without a name; expected less".to_owned());
            }
            Ok(_) => {}
        }
        let is_known = |name: &str| self.columns.iter().any(|c| c.name.as_ref() == name);
        if !is_known(&wide.name) || !is_known(&wide.value) || wide.name == wide.value {
            found.push("expected name and value to be two columns of the contract".to_owned());
        }
        let is_in_key = self.key.iter().any(|key| *key.as_ref() == wide.name);
        if !self.key.is_empty() && !is_in_key {
            found.push(format!(
                "the rows made of one line differ in {:?} alone; expected it in key",
                wide.name
            ));
        }
        if matches!(self.format, Format::Jsonl | Format::Parquet) {
            found.push("a wide table is read from text or a sheet".to_owned());
        }
        found
    }

    /// What says which of several changes of one key stands.
    pub(crate) fn sequence_problems(&self, source: &Source, problems: &mut Vec<Problem>) {
        if let Some(named) = &self.sequence {
            let column = self
                .columns
                .iter()
                .find(|c| c.name.as_ref() == named.as_ref());
            let is_key = self.key.iter().any(|key| key.as_ref() == named.as_ref());
            let told = match column {
                _ if self.mode != Mode::Delta => Some("only a delta has a sequence"),
                None => Some("no column has this name"),
                Some(_) if is_key => Some("the key cannot be the sequence too"),
                Some(column) if !column.required => {
                    Some("a row without its place cannot be put in order; expected required = true")
                }
                Some(column) if matches!(column.kind, Kind::Boolean | Kind::HoCode) => {
                    Some("expected a number, a date, a timestamp, an identifier or text")
                }
                Some(_) => None,
            };
            problems.extend(told.map(|told| source.problem(named.span(), told)));
        }
        let dropped = self.op.drop.iter();
        let is_taken = |code: &&String| {
            let is_same = |other: &str| other.eq_ignore_ascii_case(code);
            self.op.map.keys().any(|other| is_same(other))
                || ["I", "U", "D"].into_iter().any(is_same)
        };
        if let Some(code) = dropped.clone().find(is_taken) {
            let told = format!("op drops {code:?}, which is a change");
            problems.push(source.problem_at("op", &told));
        }
        if self.mode != Mode::Delta && dropped.len() > 0 {
            problems.push(source.problem_at("op", "only a delta has an op"));
        }
    }
}

/// What may separate cells; it must not be found within words or numbers.
pub(crate) fn is_delimiter(text: &str) -> bool {
    let is_within = |c: char| c.is_alphanumeric() || "\"\r\n\0".contains(c);
    (1..=4).contains(&text.chars().count()) && !text.contains(is_within)
}
