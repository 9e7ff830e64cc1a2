//! What lies in the landing folder: the files that a contract claims, and what
//! is left and why. Others may write there, at any moment.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::folder::{self, Folder};
use super::{Arrival, Candidate, ScanOptions, Waiting, manifest};
use crate::ingest::contract::{Contract, naming};
use crate::model::control_chars::is_unseen;

/// A file that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: PathBuf,
    /// The name that it arrived with.
    pub name: OsString,
    /// It lies in a folder of ours, and is taken away once it is judged.
    pub is_ours: bool,
}

impl Named {
    /// A file where it lies, to be left there.
    pub fn left(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            name: path.file_name().unwrap_or_default().to_owned(),
            is_ours: false,
        }
    }
}

/// What lies in a landing folder: what is ready, in the order it is accepted,
/// and what is not. Folders in it that are named after a source hold only that
/// source's files.
pub fn scan<'a>(
    landing: &Path,
    looking: ScanOptions<'a>,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let told = || format!("cannot read the landing folder {}", landing.display());
    let root = Arc::new(Folder::open(landing).with_context(told)?);
    let mut sight = Sight {
        contracts: looking.contracts,
        found: Vec::new(),
        waiting: Vec::new(),
    };
    sight.look_into(&root, None).with_context(told)?;
    for contract in looking.contracts {
        let is_folder = root
            .look(OsStr::new(&contract.name))
            .is_ok_and(|m| m.is_dir());
        if !is_folder {
            continue;
        }
        let looked = root
            .inner(&contract.name)
            .and_then(|folder| sight.look_into(&Arc::new(folder), Some(contract)));
        if let Err(error) = looked {
            sight.leave(
                OsStr::new(&contract.name),
                format!("cannot be listed: {error}"),
            );
        }
    }
    sight.leave_doubles(&root);
    let Sight {
        found, mut waiting, ..
    } = sight;
    let (arrivals, unready) = super::inspect(&found, looking)?;
    waiting.extend(unready);
    waiting.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok((arrivals, waiting))
}

/// Looks at the named files. One that is no file of a source is told.
pub fn inspect<'a>(
    files: &[Named],
    looking: ScanOptions<'a>,
) -> Result<(Vec<Arrival<'a>>, Vec<Waiting>)> {
    let mut folders: BTreeMap<PathBuf, Arc<Folder>> = BTreeMap::new();
    let mut sight = Sight {
        contracts: looking.contracts,
        found: Vec::new(),
        waiting: Vec::new(),
    };
    for file in files {
        let parent = match file.path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let folder = match folders.get(&parent) {
            Some(folder) => Arc::clone(folder),
            None => {
                let opened = Folder::open_named(&parent)
                    .with_context(|| format!("cannot read {}", parent.display()))?;
                Arc::clone(folders.entry(parent).or_insert(Arc::new(opened)))
            }
        };
        sight.ask_for(&folder, file)?;
    }
    let Sight {
        found, mut waiting, ..
    } = sight;
    let (arrivals, unready) = super::inspect(&found, looking)?;
    waiting.extend(unready);
    Ok((arrivals, waiting))
}

/// What has been seen so far.
struct Sight<'a> {
    contracts: &'a [Contract],
    found: Vec<Candidate<'a>>,
    waiting: Vec<Waiting>,
}

/// Where judged files lay before there was an archive.
const FORMER_ARCHIVES: [&str; 2] = ["accepted", "refused"];

impl<'a> Sight<'a> {
    fn look_into(&mut self, folder: &Arc<Folder>, only: Option<&Contract>) -> std::io::Result<()> {
        for name in folder.names()? {
            let Ok(facts) = folder.look(&name) else {
                // Gone since it was listed.
                continue;
            };
            if facts.is_dir() && !self.is_claimed(&name) {
                if only.is_none() && FORMER_ARCHIVES.iter().any(|former| name == *former) {
                    let told = "judged files of an earlier daybook; move them into the archive";
                    self.leave(&name, told.to_owned());
                }
                continue;
            }
            if manifest::file_of(&name).is_some() {
                continue;
            }
            let claimed = self.claim(&name, folder::not_plain(&facts));
            match claimed {
                Ok((contract, _)) if only.is_some_and(|only| only.name != contract.name) => {
                    let only = only.map_or("", |only| only.name.as_str());
                    let told = format!("a file of {} in the folder of {only}", contract.name);
                    self.leave(&name, told);
                }
                Ok((contract, date)) => self.found.push(Candidate {
                    folder: Arc::clone(folder),
                    file_name: shown(&name),
                    name,
                    contract,
                    date,
                    is_taken_away: true,
                }),
                Err(reason) => self.leave(&name, reason),
            }
        }
        Ok(())
    }

    fn ask_for(&mut self, folder: &Arc<Folder>, file: &Named) -> Result<()> {
        let own = file.path.file_name().unwrap_or_default().to_owned();
        let facts = folder
            .look(&own)
            .with_context(|| format!("cannot read {}", file.path.display()))?;
        match self.claim(&file.name, folder::not_plain(&facts)) {
            Ok((contract, date)) => self.found.push(Candidate {
                folder: Arc::clone(folder),
                name: own,
                file_name: shown(&file.name),
                contract,
                date,
                is_taken_away: file.is_ours,
            }),
            Err(reason) => self.leave(&file.name, reason),
        }
        Ok(())
    }

    fn leave(&mut self, name: &OsStr, reason: String) {
        self.waiting.push(Waiting {
            file_name: shown(name),
            reason,
        });
    }

    fn is_claimed(&self, name: &OsStr) -> bool {
        let name = name.to_str().unwrap_or_default();
        self.contracts.iter().any(|c| c.recognise(name).is_some())
    }

    /// The one contract that a file belongs to, and the date in its name; or
    /// why it is left.
    fn claim(
        &self,
        name: &OsStr,
        not_plain: Option<&str>,
    ) -> Result<(&'a Contract, Option<String>), String> {
        let Some(plain) = name.to_str().filter(|name| !name.contains(is_unseen)) else {
            return Err("refused: its name is not plain text".to_owned());
        };
        if plain.len().max(shown(name).len()) > LONGEST_NAME {
            return Err(format!(
                "refused: its name is longer than {LONGEST_NAME} bytes"
            ));
        }
        if let Some(why) = not_plain {
            return Err(format!("refused: {why}"));
        }
        let mut claims = self
            .contracts
            .iter()
            .filter_map(|contract| contract.recognise(plain).map(|date| (contract, date)));
        match (claims.next(), claims.next()) {
            (None, _) => Err(self.unknown(plain)),
            (Some(claim), None) => Ok(claim),
            (Some((first, _)), Some((second, _))) => Err(format!(
                "two contracts name files like this: {} and {}",
                first.name, second.name
            )),
        }
    }
}

impl Sight<'_> {
    /// That no contract knows a name, and which pattern it comes near.
    fn unknown(&self, name: &str) -> String {
        let nearly = |name: &str| self.contracts.iter().find_map(|c| c.nearly(name));
        let told = "not recognised: no contract names files like this";
        match naming::hint(name, nearly) {
            Some(hint) => format!("{told}; {hint}"),
            None => told.to_owned(),
        }
    }

    /// Leaves the file of the landing folder itself where its source's folder
    /// has one of the same name: which of them stood would be chance.
    fn leave_doubles(&mut self, root: &Arc<Folder>) {
        let of_sources: BTreeSet<String> = self
            .found
            .iter()
            .filter(|candidate| !Arc::ptr_eq(&candidate.folder, root))
            .map(|candidate| candidate.file_name.clone())
            .collect();
        let (left, found): (Vec<_>, Vec<_>) = std::mem::take(&mut self.found)
            .into_iter()
            .partition(|candidate| {
                Arc::ptr_eq(&candidate.folder, root) && of_sources.contains(&candidate.file_name)
            });
        self.found = found;
        for candidate in left {
            let told = format!(
                "a file of this name lies in the folder {} too, and that one is taken; \
                 expected one",
                candidate.contract.name
            );
            self.leave(&candidate.name, told);
        }
    }
}

/// A judged file is archived under its name and more, beside a receipt, and a
/// file system ends a name at 255 bytes.
const LONGEST_NAME: usize = 200;

/// A name that can be printed, whatever stands in it.
fn shown(name: &OsStr) -> String {
    name.to_string_lossy().escape_debug().to_string()
}
