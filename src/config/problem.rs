//! What is wrong in an admin's file, told so that it can be mended: the file,
//! the line and column, the line itself, and what was expected.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;

/// One thing wrong in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path from the deployment folder.
    pub file: String,
    /// Counted from 1; 0 when the whole file is meant.
    pub line: usize,
    pub column: usize,
    /// The offending line as it stands.
    pub text: String,
    pub message: String,
}

impl Problem {
    /// A problem with a file or folder as a whole.
    pub fn whole(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            text: String::new(),
            message: message.into(),
        }
    }

    /// Its place and what was expected, without the line as it stands.
    pub fn in_one_line(&self) -> String {
        match self.line {
            0 => format!("{}: {}", self.file, self.message),
            line => format!("{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            text,
            message,
        } = self;
        if *line == 0 {
            write!(f, "{file}: {message}")
        } else {
            write!(f, "{file}:{line}:{column}: {text}\n    {message}")
        }
    }
}

/// Everything found wrong; the program ends with exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// A file's text, kept beside its name so that a span becomes a place.
#[derive(Debug, Clone)]
pub struct Source {
    pub file: String,
    pub text: String,
}

impl Source {
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
        }
    }

    /// Reads a file of the deployment folder.
    pub fn read(dir: &Path, file: &Path) -> Result<Self, Problems> {
        let name = file.display().to_string();
        match std::fs::read_to_string(dir.join(file)) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Problem::whole(
                name,
                format!("not found in {}; `daybook init` writes one", dir.display()),
            )
            .into()),
            Err(error) => Err(Problem::whole(name, format!("cannot be read: {error}")).into()),
        }
    }

    /// Parses TOML into a type, gathering every line that does not fit: each
    /// is set aside in turn and the rest is read again.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problems> {
        let mut text = self.text.clone();
        let mut problems: Vec<Problem> = Vec::new();
        loop {
            let error = match toml::from_str::<T>(&text) {
                Ok(value) if problems.is_empty() => return Ok(value),
                Ok(_) => return Err(Problems(problems)),
                Err(error) => error,
            };
            let span = error.span().unwrap_or(0..0);
            let follows_from_earlier =
                !problems.is_empty() && error.message().starts_with("missing field");
            if !follows_from_earlier {
                problems.push(self.problem(span.clone(), error.message()));
            }
            let line = line_around(&text, span.start);
            let is_exhausted = text[line.clone()].trim().is_empty() || problems.len() >= 50;
            let is_structural = error.message().starts_with("missing field")
                || text[line.clone()].trim_start().starts_with('[');
            if is_exhausted || is_structural {
                return Err(Problems(problems));
            }
            let blank = " ".repeat(line.len());
            text.replace_range(line, &blank);
        }
    }

    /// A problem at a span of this text.
    pub fn problem(&self, span: Range<usize>, message: impl Into<String>) -> Problem {
        let start = span.start.min(self.text.len());
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Problem {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            text: self.text[line_around(&self.text, start)].trim().to_owned(),
            message: message.into(),
        }
    }

    /// A problem at the first line that sets `key`.
    pub fn problem_at(&self, key: &str, message: impl Into<String>) -> Problem {
        let mut offset = 0;
        for line in self.text.split_inclusive('\n') {
            let body = line.trim_start();
            let is_key = body
                .strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='));
            if is_key {
                let start = offset + line.len() - body.len();
                return self.problem(start..start, message);
            }
            offset += line.len();
        }
        Problem::whole(self.file.clone(), message)
    }

    /// A problem at the first place that holds `text`.
    pub fn problem_containing(&self, text: &str, message: impl Into<String>) -> Problem {
        match self.text.find(text) {
            Some(at) => self.problem(at..at, message),
            None => Problem::whole(self.file.clone(), message),
        }
    }
}

fn line_around(text: &str, at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only parsed")]
        number: u32,
    }

    #[test]
    fn a_wrong_type_names_the_place_and_is_told_once() {
        let source = Source::new("a.toml", "\nnumber = \"seven\"\n");
        let problems = source.parse::<Sample>().unwrap_err().0;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].line, problems[0].column), (2, 10));
        assert_eq!(problems[0].text, "number = \"seven\"");
    }

    #[test]
    fn a_missing_key_is_told() {
        let problems = Source::new("a.toml", "").parse::<Sample>().unwrap_err();
        assert!(
            problems.to_string().contains("missing field `number`"),
            "{problems}"
        );
    }

    #[test]
    fn broken_syntax_ends_rather_than_loops() {
        let problems = Source::new("a.toml", "number = = 1\n[[x\n")
            .parse::<Sample>()
            .unwrap_err();
        assert!(!problems.0.is_empty());
    }
}
