//! `daybook init DIR`: a deployment folder that an admin can edit.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use include_dir::{Dir, DirEntry};

use super::account;
use super::output::{self, Usage};
use crate::config::{self, Config};
use crate::model::account_name::AccountName;
use crate::model::operator::Operator;
use crate::store::Store;

#[derive(Debug, Args)]
pub struct Init {
    /// Folder to make; must not be a deployment yet.
    folder: PathBuf,
    /// Account of the first authorising officer, bound to whoever runs this;
    /// by default named after that user.
    #[arg(long, value_name = "NAME")]
    officer: Option<AccountName>,
}

impl Init {
    pub fn run(&self) -> Result<()> {
        let officer = self.officer()?;
        let files = write(&self.folder, config::DEFAULT_TEXT)?;
        let store = Store::open(&Config::load(&self.folder)?.store)?;
        account::appoint(&store, &officer)?;
        output::line(format!(
            "{}: {} and {files} files in jobs/. Edit them, then run `daybook check --dir {}`.",
            self.folder.display(),
            config::FILE,
            self.folder.display()
        ))
    }

    fn officer(&self) -> Result<AccountName> {
        let operator = Operator::current();
        let named = match &self.officer {
            Some(officer) => Ok(officer.clone()),
            None => operator.name.to_lowercase().replace('_', "-").parse(),
        };
        named.map_err(|_| {
            let message = format!(
                "no account can be named after {operator}; say with --officer what the first \
                 authorising officer is called; nothing was written"
            );
            Usage(message).into()
        })
    }
}

/// Writes settings and default jobs; returns the number of job files. Files
/// that are there already are never overwritten.
pub fn write(folder: &Path, settings: &str) -> Result<usize> {
    let path = folder.join(config::FILE);
    if path.exists() || folder.join("jobs").exists() {
        return Err(Usage(format!(
            "{} is a deployment already; nothing was written",
            folder.display()
        ))
        .into());
    }
    std::fs::create_dir_all(folder.join("landing"))
        .with_context(|| format!("cannot create {}", folder.display()))?;
    // Whoever can read the folder can read the list.
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot restrict {}", folder.display()))?;
    let files = write_dir(&config::DEFAULT_JOBS, &folder.join("jobs"))?;
    std::fs::write(&path, settings).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(files)
}

fn write_dir(dir: &Dir<'_>, target: &Path) -> Result<usize> {
    let mut files = 0;
    std::fs::create_dir_all(target)
        .with_context(|| format!("cannot create {}", target.display()))?;
    for entry in dir.entries() {
        let path = target.join(entry.path().file_name().unwrap_or_default());
        match entry {
            DirEntry::Dir(inner) => files += write_dir(inner, &path)?,
            DirEntry::File(file) => {
                std::fs::write(&path, file.contents())
                    .with_context(|| format!("cannot write {}", path.display()))?;
                files += 1;
            }
        }
    }
    Ok(files)
}
