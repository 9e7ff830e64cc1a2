//! The house format: the contracts that the program ships, whose columns its
//! models and measures read.

use super::{Column, Contract};
use crate::config::DEFAULT_JOBS;
use crate::config::problem::Source;

/// The shipped contracts, in order of name.
pub fn contracts() -> Vec<Contract> {
    let folder = DEFAULT_JOBS
        .get_dir("nightly-ingest/sources")
        .expect("the program carries its jobs");
    let mut contracts: Vec<Contract> = folder
        .files()
        .filter_map(|file| {
            let name = file.path().file_stem()?.to_str()?;
            let source = Source::new(file.path().display().to_string(), file.contents_utf8()?);
            Some(Contract::parse(name, &source).expect("a test holds every shipped contract"))
        })
        .collect();
    contracts.sort_by(|a, b| a.name.cmp(&b.name));
    contracts
}

/// Columns of the house format that a contract of that name lacks, or has in
/// another type.
pub fn lacking<'h>(house: &'h [Contract], contract: &Contract) -> Vec<&'h Column> {
    let Some(house) = house.iter().find(|house| house.name == contract.name) else {
        return Vec::new();
    };
    let is_there = |column: &&Column| {
        let own = contract.column(&column.name);
        own.is_some_and(|own| own.kind.sql_type() == column.kind.sql_type())
    };
    house
        .columns
        .iter()
        .filter(|column| !is_there(column))
        .collect()
}
