//! Reads every definition of a deployment, each on its own.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::file::{CommitmentFile, MeasureFile};
use super::{Commitment, Definition, checks};
use crate::config::problem::{Problem, Problems, Source};
use crate::measures::breaks::{self, Break};

/// Folder of the definitions, from the deployment folder.
pub const FOLDER: &str = "jobs/commitment-measures";

/// What was read: definitions that hold, in order of commitment and id, and
/// those that do not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    pub definitions: Vec<Definition>,
    pub broken: Vec<Broken>,
    /// Every break of the register, the oldest first.
    pub breaks: Vec<Break>,
}

/// A definition that does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its id as far as it can be read, or the file.
    pub name: String,
    pub problems: Problems,
}

impl Loaded {
    /// Every problem of all of them.
    pub fn problems(&self) -> Vec<Problem> {
        let all = self.broken.iter().map(|broken| &broken.problems.0);
        all.flatten().cloned().collect()
    }
}

/// Reads every definition, with the breaks that touch it; `sources` are those
/// that the deployment has. Without a register that holds nothing says which
/// figures may stand beside each other, so that no definition stands.
pub fn load_all(dir: &Path, sources: &[&str]) -> Loaded {
    let mut loaded = Loaded::default();
    let breaks = match breaks::load(dir, sources) {
        Ok(breaks) => breaks,
        Err(problems) => {
            loaded.tell(breaks::FILE, problems);
            return loaded;
        }
    };
    match folders(dir) {
        Ok(folders) => {
            for folder in folders {
                load(dir, &folder, &mut loaded);
            }
        }
        Err(error) => loaded.tell(
            FOLDER,
            Problem::whole(FOLDER, format!("cannot be read: {error}")).into(),
        ),
    }
    loaded.refuse_doubles();
    for definition in &mut loaded.definitions {
        let touches = |found: &&Break| found.touches(&definition.sources, &definition.codes);
        definition.breaks = breaks.iter().filter(touches).cloned().collect();
    }
    loaded.breaks = breaks;
    loaded
        .definitions
        .sort_by_cached_key(|definition| (definition.commitment.number, order(&definition.id)));
    loaded
}

/// `10.2` after `9.1`, and `6.3g` after `6.3`.
fn order(id: &str) -> Vec<(u64, String)> {
    id.split('.')
        .map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            let rest = part[digits.len()..].to_owned();
            (digits.parse().unwrap_or(u64::MAX), rest)
        })
        .collect()
}

fn folders(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut folders: Vec<String> = std::fs::read_dir(dir.join(FOLDER))?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    folders.sort();
    Ok(folders)
}

fn load(dir: &Path, folder: &str, loaded: &mut Loaded) {
    let path = format!("{FOLDER}/{folder}/commitment.toml");
    let source = match Source::read(dir, Path::new(&path)) {
        Ok(source) => source,
        Err(problems) => return loaded.tell(&path, problems),
    };
    let blocks = blocks(&source.text);
    let head_end = blocks
        .first()
        .map_or(source.text.len(), |block| block.start);
    let head = match without(&source, std::iter::once(head_end..source.text.len()))
        .parse::<CommitmentFile>()
    {
        Ok(head) => head,
        Err(problems) => return loaded.tell(&path, problems),
    };
    if *head.number.as_ref() > 10 {
        let message = "expected a commitment from 1 to 10, or 0 for published figures";
        return loaded.tell(&path, source.problem(head.number.span(), message).into());
    }
    let commitment = Commitment {
        number: *head.number.as_ref(),
        title: head.title,
        in_brief: head.in_brief,
        pillar: head.pillar,
        room: head.room,
    };
    for block in &blocks {
        let name = id_in(&source.text[block.clone()]).unwrap_or_else(|| path.clone());
        match read(dir, folder, &source, (head_end, block), &commitment) {
            Ok(definition) => loaded.definitions.push(definition),
            Err(problems) => loaded.tell(&name, problems),
        }
    }
}

/// Where each `[[measures]]` begins and ends.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("[[measures]]") {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}

/// The file with some of its bytes blank, so that every other stands where it
/// stood.
fn without(source: &Source, hidden: impl IntoIterator<Item = Range<usize>>) -> Source {
    let mut text = source.text.clone();
    for range in hidden {
        let blank: String = text[range.clone()]
            .chars()
            .flat_map(|c| {
                let blank = if c == '\n' { '\n' } else { ' ' };
                std::iter::repeat_n(blank, c.len_utf8())
            })
            .collect();
        text.replace_range(range.clone(), &blank);
    }
    Source::new(source.file.as_str(), text)
}

/// The id that a block seems to have, even if it cannot be parsed.
fn id_in(block: &str) -> Option<String> {
    let line = block.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "id").then_some(value)
    })?;
    Some(line.trim().trim_matches('"').to_owned())
}

/// One measure, read with the head of its file and without the others.
fn read(
    dir: &Path,
    folder: &str,
    source: &Source,
    (first, block): (usize, &Range<usize>),
    commitment: &Commitment,
) -> Result<Definition, Problems> {
    let others = [first..block.start, block.end..source.text.len()];
    let mut file: CommitmentFile = without(source, others).parse()?;
    let Some(measure) = file.measures.pop() else {
        return Err(source
            .problem(block.clone(), "no measure was found here")
            .into());
    };
    let mut problems = checks::problems(source, &measure);
    let path = format!("{FOLDER}/{folder}/{}", measure.sql.as_ref());
    let sql = Source::read(dir, Path::new(&path));
    if sql.is_err() {
        problems.push(source.problem(measure.sql.span(), "no such file beside this one"));
    }
    match sql {
        Ok(sql) if problems.is_empty() => Ok(definition(measure, commitment, sql)),
        _ => Err(Problems(problems)),
    }
}

fn definition(measure: MeasureFile, commitment: &Commitment, sql: Source) -> Definition {
    Definition {
        id: measure.id.into_inner(),
        commitment: commitment.clone(),
        name: measure.name.into_inner(),
        definition: measure.definition.into_inner(),
        numerator: measure.numerator,
        denominator: measure.denominator,
        kind: measure.kind.into_inner(),
        series: measure.series,
        unit: measure.unit.into_inner(),
        direction: measure.direction,
        bases: measure
            .bases
            .into_iter()
            .map(toml::Spanned::into_inner)
            .collect(),
        headline: measure.headline.unwrap_or_else(|| "All".to_owned()),
        gap: measure.gap.map(toml::Spanned::into_inner),
        whole_series: measure.whole_series,
        sources: measure
            .sources
            .into_iter()
            .map(toml::Spanned::into_inner)
            .collect(),
        parts: measure
            .parts
            .into_iter()
            .map(toml::Spanned::into_inner)
            .collect(),
        audiences: measure.audiences,
        baseline: measure.baseline,
        target: measure.target.map(toml::Spanned::into_inner),
        minimum_denominator: measure.minimum_denominator.map(toml::Spanned::into_inner),
        lag: measure.lag.map(toml::Spanned::into_inner),
        codes: measure
            .codes
            .into_iter()
            .map(toml::Spanned::into_inner)
            .collect(),
        breaks: Vec::new(),
        sql: sql.text,
        file: sql.file,
    }
}

impl Loaded {
    fn tell(&mut self, name: &str, problems: Problems) {
        self.broken.push(Broken {
            name: name.to_owned(),
            problems,
        });
    }

    /// Of two measures with one id neither stands: nothing says which is meant.
    fn refuse_doubles(&mut self) {
        let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for definition in &self.definitions {
            files
                .entry(definition.id.clone())
                .or_default()
                .push(definition.file.clone());
        }
        for (id, files) in files.into_iter().filter(|(_, files)| files.len() > 1) {
            self.definitions.retain(|definition| definition.id != id);
            let problems = files
                .iter()
                .map(|file| {
                    Problem::whole(
                        file.clone(),
                        format!(
                            "the id {id:?} stands in {} definitions; each needs its own",
                            files.len()
                        ),
                    )
                })
                .collect();
            self.tell(&id, Problems(problems));
        }
    }
}
