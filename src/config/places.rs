//! Whether the folders of a deployment may lie where the settings put them:
//! others write into the landing folder, so nothing of ours lies below it.

use std::path::{Component, Path, PathBuf};

use super::Config;
use super::problem::{Problem, Source};

/// What lies where it must not.
pub(super) fn problems(config: &Config, dir: &Path, source: &Source) -> Vec<Problem> {
    let landing = landing(&config.landing.path);
    let ours = [
        ("the deployment folder", dir, "path"),
        ("the archive", &config.landing.archive, "archive"),
        ("the database", &config.store.path, "[store]"),
        ("the folder of reports", &config.reports.path, "[reports]"),
        ("the folder of mails", &config.mail.path, "[mail]"),
    ];
    let below = ours
        .into_iter()
        .filter(|(_, place, _)| resolved(place).starts_with(&landing));
    let mut problems: Vec<Problem> = below
        .map(|(what, place, key)| {
            let message = format!(
                "{what}, {}, lies in the landing folder, {}, into which others may write; \
                 expected another place",
                place.display(),
                config.landing.path.display()
            );
            at(source, key, message)
        })
        .collect();
    if problems.is_empty() && landing.starts_with(resolved(&config.landing.archive)) {
        let message = "the landing folder lies in the archive; expected another place";
        problems.push(at(source, "archive", message.to_owned()));
    }
    problems
}

fn at(source: &Source, key: &str, message: String) -> Problem {
    if key.starts_with('[') {
        source.problem_containing(key, message)
    } else {
        source.problem_at(key, message)
    }
}

/// The landing folder itself may be a link that somebody has put in its place;
/// a night refuses it, and no other command is held up by it.
fn landing(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => resolved(path),
    }
}

/// A path without links and steps back, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let found = whole
        .ancestors()
        .find_map(|start| Some((start, start.canonicalize().ok()?)));
    let Some((start, mut resolved)) = found else {
        return whole;
    };
    for step in whole
        .strip_prefix(start)
        .unwrap_or(Path::new(""))
        .components()
    {
        match step {
            Component::ParentDir => {
                resolved.pop();
            }
            step => resolved.push(step),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FILE;

    /// What is told of some settings beside a link to the landing folder.
    fn told(settings: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("landing/inner")).unwrap();
        std::os::unix::fs::symlink("landing/inner", dir.path().join("way")).unwrap();
        std::fs::write(
            dir.path().join(FILE),
            format!("force = \"X\"\n{settings}\n"),
        )
        .unwrap();
        match Config::load(dir.path()) {
            Ok(_) => String::new(),
            Err(problems) => problems.to_string(),
        }
    }

    #[test]
    fn nothing_of_the_deployment_lies_where_others_may_write() {
        for (settings, line, what) in [
            ("[landing]\narchive = \"landing\"", 3, "the archive"),
            (
                "[landing]\narchive = \"landing/accepted\"",
                3,
                "the archive",
            ),
            ("[landing]\narchive = \"x/../landing/y\"", 3, "the archive"),
            ("[landing]\narchive = \"way/deeper\"", 3, "the archive"),
            (
                "[store]\npath = \"landing/daybook.duckdb\"",
                2,
                "the database",
            ),
            ("[reports]\npath = \"way\"", 2, "the folder of reports"),
            ("[mail]\npath = \"landing/mail\"", 2, "the folder of mails"),
            ("[landing]\npath = \".\"", 3, "the deployment folder"),
            (
                "[landing]\npath = \"archive/landing\"",
                0,
                "the landing folder",
            ),
        ] {
            let told = told(settings);
            assert!(told.contains(what), "{settings}: {told}");
            let place = format!("daybook.toml:{line}:");
            assert!(line == 0 || told.contains(&place), "{settings}: {told}");
        }
        assert_eq!(told("[landing]\narchive = \"landing-archive\""), "");
        assert_eq!(told("[landing]\npath = \"way\""), "");
        assert_eq!(
            told("[landing]\npath = \"..\"").matches("lies in").count(),
            5
        );
    }
}
