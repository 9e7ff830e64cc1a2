//! Reads the contracts of a deployment. One that does not hold is set aside
//! with what is wrong with it, and the others are read.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::Schema;

use super::file::{self, ContractFile};
use super::{Contract, problems, values};
use crate::config::problem::{Problem, Problems, Source};
use crate::model::restricted::Room;

impl Contract {
    /// Parses and checks one contract.
    pub fn parse(name: &str, source: &Source) -> Result<Self, Problems> {
        let file: ContractFile = source.parse()?;
        let problems = file.problems(name, source);
        if problems.is_empty() {
            Ok(file::contract(name, file, source))
        } else {
            Err(Problems(problems))
        }
    }
}

/// A contract that does not hold. Its files wait; the others are accepted.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Name of the source.
    pub name: String,
    pub problems: Vec<Problem>,
}

/// The contracts of a folder, in order of name.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    pub contracts: Vec<Contract>,
    pub broken: Vec<Broken>,
}

impl Loaded {
    /// All of them, or everything that is wrong with any.
    pub fn whole(self) -> Result<Vec<Contract>, Problems> {
        if self.broken.is_empty() {
            return Ok(self.contracts);
        }
        let problems = self.broken.into_iter().flat_map(|broken| broken.problems);
        Err(Problems(problems.collect()))
    }

    /// Takes out the contracts of which something is wrong.
    fn set_aside(&mut self, name: &str, problems: Vec<Problem>) {
        self.contracts.retain(|contract| contract.name != name);
        let name = name.to_owned();
        self.broken.push(Broken { name, problems });
        self.broken.sort_by(|one, other| one.name.cmp(&other.name));
    }
}

/// The JSON Schema of a contract's file.
pub fn schema() -> Schema {
    file::schema()
}

/// Reads all contracts of a folder, each by itself. What a sound one says of a
/// broken one's rows is left out: nothing can be looked up there.
pub fn load_all(dir: &Path) -> Result<Loaded, Problems> {
    let folder = Path::new("jobs/nightly-ingest/sources");
    let entries = match std::fs::read_dir(dir.join(folder)) {
        Ok(entries) => entries,
        Err(error) => {
            return Err(Problem::whole(folder.display().to_string(), error.to_string()).into());
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(ToOwned::to_owned))
        .collect();
    names.sort();
    let mut loaded = Loaded::default();
    for name in names {
        let file = folder.join(format!("{name}.toml"));
        let parsed = Source::read(dir, &file).and_then(|source| {
            let mut contract = Contract::parse(&name, &source)?;
            values::read_all(dir, &source, &mut contract)?;
            Ok(contract)
        });
        match parsed {
            Ok(contract) => loaded.contracts.push(contract),
            Err(found) => loaded.set_aside(&name, found.0),
        }
    }
    find_rooms(&mut loaded.contracts);
    let broken: Vec<&str> = loaded.broken.iter().map(|broken| &*broken.name).collect();
    let of_relations = problems::relation_problems(dir, folder, &loaded.contracts, &broken);
    for (name, problems) in of_relations {
        loaded.set_aside(&name, problems);
    }
    let is_broken = |source: &str| loaded.broken.iter().any(|broken| broken.name == source);
    for contract in &mut loaded.contracts {
        contract
            .relations
            .retain(|relation| !is_broken(&relation.source));
    }
    Ok(loaded)
}

/// Tells each relation in which room the source lies that it leads to.
fn find_rooms(contracts: &mut [Contract]) {
    let rooms: BTreeMap<String, Room> = contracts
        .iter()
        .map(|contract| (contract.name.clone(), contract.room))
        .collect();
    let relations = contracts.iter_mut().flat_map(|c| &mut c.relations);
    for relation in relations {
        relation.source_room = rooms.get(&relation.source).copied().unwrap_or_default();
    }
}
