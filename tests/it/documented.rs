//! Every command line that the README and the docs show, run as a reader would
//! run it, so that none stays there after its command or options have changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser as _;
use daybook::cli::Arguments;
use daybook::config::Config;
use daybook::model::operator::Operator;
use daybook::store::Store;
use daybook::store::query::select;
use tempfile::TempDir;

use crate::support::{MORNING, OFFICER, london};

/// What is not run here, by its first words, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo xtask", "builds the program that is being tested"),
    ("daybook serve", "runs until it is told to stop"),
];

/// What this deployment rightly refuses, and a word of how it says so.
const REFUSED: &[(&str, &str)] = &[("daybook account appoint", "officer")];

/// What is added here, and why.
const ADDED: &[(&str, &str)] = &[
    // One table of so small a London does not hold together, and says so.
    ("daybook release preview", "--leave-out 10.3"),
    ("daybook release issue", "--leave-out 10.3"),
];

/// What a reader would write instead: first words of the command, a word of it,
/// and what stands for it here.
const INSTEAD: &[(&str, &str, Stand)] = &[
    ("daybook init", "/srv/daybook", Stand::NewFolder),
    ("daybook", "/srv/daybook", Stand::Deployment),
    ("daybook account", "1004", Stand::User),
    ("daybook account", "1006", Stand::User),
    ("daybook account", "1007", Stand::User),
    ("daybook account", "an.officer", Stand::Text(OFFICER)),
    ("daybook release plan", "2026-11-30", Stand::Today),
    ("daybook run", "DATE", Stand::Text(MORNING)),
    ("daybook list review-counter", "N0001234", Stand::Blocked),
    ("daybook", "N0001234", Stand::Awaited),
    ("daybook", "N0000123", Stand::Awaited),
    ("daybook list decide", "decisions.csv", Stand::Decisions),
];

#[derive(Clone, Copy)]
enum Stand {
    Text(&'static str),
    /// The user who runs the tests: an account bound to another could not act.
    User,
    Today,
    Deployment,
    NewFolder,
    /// Somebody on the newest list who is not decided on.
    Awaited,
    /// The same, with a counter-allegation that nobody has reviewed.
    Blocked,
    /// A file that decides on one such person.
    Decisions,
}

#[test]
fn every_command_that_is_documented_can_be_run() {
    let shown = shown();
    assert!(shown.len() > 40, "only {} were found", shown.len());
    let here = Here::new();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (place, line) in &shown {
        if let Err(why) = try_out(&here, line, &mut used) {
            wrong.push(format!("{place}: {line}\n    {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed = NOT_RUN
        .iter()
        .chain(REFUSED)
        .chain(ADDED)
        .map(|(start, _)| *start);
    let unused: Vec<&str> = listed.filter(|start| !used.contains(start)).collect();
    assert_eq!(unused, [""; 0], "no longer documented");
}

fn try_out(here: &Here, line: &str, used: &mut BTreeSet<&'static str>) -> Result<(), String> {
    let of = |list: &'static [(&'static str, &'static str)]| {
        list.iter().find(|(start, _)| line.starts_with(start))
    };
    let words = words(line);
    if let Some((start, _)) = of(NOT_RUN) {
        used.insert(start);
        return exists(&words);
    }
    let words: Vec<String> = words.iter().map(|word| here.instead(line, word)).collect();
    let added = of(ADDED).map_or("", |(_, words)| words);
    let output = Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(&words[1..])
        .args(added.split_whitespace())
        .current_dir(&here.site)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    used.extend(of(ADDED).map(|(start, _)| *start));
    let refusal = of(REFUSED);
    used.extend(refusal.map(|(start, _)| *start));
    match (output.status.code(), refusal) {
        (Some(0), None) => Ok(()),
        (Some(1), Some((_, word))) if errors.contains(word) => Ok(()),
        (code, _) => Err(format!("{code:?} {}: {errors}", words.join(" "))),
    }
}

/// Whether there is such a command, where it cannot be run.
fn exists(words: &[String]) -> Result<(), String> {
    if words[0] == "daybook" {
        let parsed = Arguments::try_parse_from(words);
        return parsed.map(drop).map_err(|error| error.to_string());
    }
    let tasks = std::fs::read_to_string(root().join("xtask/src/main.rs")).unwrap();
    let is_task = tasks.contains(&format!("\"{}\" =>", words[2]));
    is_task
        .then_some(())
        .ok_or_else(|| "no such task".to_owned())
}

/// A copy of London, which other tests only read.
struct Here {
    _folder: TempDir,
    site: PathBuf,
}

impl Here {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        let london = london();
        london.store.checkpoint().unwrap();
        let copied = Command::new("cp")
            .arg("-r")
            .args([&london.dir, &site])
            .status();
        assert!(copied.unwrap().success());
        let here = Self {
            _folder: folder,
            site,
        };
        here.prepare();
        here
    }

    /// Accounts that a reader has by then.
    fn prepare(&self) {
        let inspector = "account grant p.inspector --role inspector --by j.officer --uid";
        for line in ["account appoint j.officer", inspector] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
            command.args(line.split(' ')).current_dir(&self.site);
            if line == inspector {
                command.arg(Operator::current().uid.to_string());
            }
            assert!(command.output().unwrap().status.success(), "{line}");
        }
    }

    fn instead(&self, line: &str, word: &str) -> String {
        let found = INSTEAD
            .iter()
            .find(|(start, shown, _)| line.starts_with(start) && *shown == word);
        match found.map(|(.., stand)| *stand) {
            None => word.to_owned(),
            Some(Stand::Text(text)) => text.to_owned(),
            Some(Stand::User) => Operator::current().uid.to_string(),
            Some(Stand::Today) => crate::measures::releases::today(),
            Some(Stand::Deployment) => ".".to_owned(),
            Some(Stand::NewFolder) => self.new_folder(),
            Some(Stand::Awaited) => self.person("not is_blocked and not is_restricted"),
            Some(Stand::Blocked) => self.person("is_blocked"),
            Some(Stand::Decisions) => self.decisions(),
        }
    }

    fn new_folder(&self) -> String {
        let count = std::fs::read_dir(self.site.parent().unwrap())
            .unwrap()
            .count();
        format!("../site-{count}")
    }

    fn decisions(&self) -> String {
        let whom = self.person("not is_blocked and not is_restricted");
        let text = format!("nominal_id,decision,reason\n{whom},defer,seen next month\n");
        std::fs::write(self.site.join("decisions.csv"), text).unwrap();
        "decisions.csv".to_owned()
    }

    fn person(&self, condition: &str) -> String {
        let store = Store::open(&Config::load(&self.site).unwrap().store).unwrap();
        let sql = format!(
            "select nominal_id from ledger.list_entries \
             inner join ledger.lists using (list_id) \
             where list_id = (select max(list_id) from ledger.lists) \
                 and rank <= list_size and {condition} \
                 and nominal_id not in (select nominal_id from ledger.list_decisions) \
             order by rank limit 1"
        );
        let found = select(store.connection(), &sql).unwrap().rows;
        let person = found
            .first()
            .and_then(|row| row[0].value().map(ToOwned::to_owned));
        person.unwrap_or_else(|| panic!("nobody: {condition}"))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The commands in the fenced blocks of the README and the docs, each with the
/// file that shows it.
fn shown() -> Vec<(String, String)> {
    let mut files = vec!["README.md".to_owned()];
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut docs: Vec<String> = docs.filter(|name| name.ends_with(".md")).collect();
    docs.sort();
    files.extend(docs.into_iter().map(|name| format!("docs/{name}")));
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        found.extend(commands(&text).into_iter().map(|line| (file.clone(), line)));
    }
    found
}

/// Commands of the shell blocks of a page; a line that goes on is joined.
fn commands(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let mut is_shell = false;
    let mut found = Vec::new();
    for line in joined.lines() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            is_shell = !is_shell && ["sh", "console"].contains(&kind.trim());
            continue;
        }
        let line = line.trim().trim_start_matches("$ ");
        let is_ours = line.starts_with("daybook ") || line.starts_with("cargo xtask ");
        if is_shell && is_ours {
            found.push(line.to_owned());
        }
    }
    found
}

/// The words of a line as a shell takes them, without its comment.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for letter in line.chars() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            ('#', None) if word.is_none() => break,
            (' ', None) => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[test]
fn commands_are_found_and_cut_into_words_as_a_shell_would() {
    let page = "daybook no\n```sh\n$ daybook query \\\n  \"select 'a b'\"  # why\nls\n```\n\
                ```toml\ndaybook no\n```\n```text\ndaybook no\n```\n";
    let found = commands(page);
    assert_eq!(found.len(), 1);
    assert_eq!(words(&found[0]), ["daybook", "query", "select 'a b'"]);
}
