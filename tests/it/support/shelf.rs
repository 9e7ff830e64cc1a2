//! One source alone: a contract, a folder for its files and a database in
//! memory. No jobs and no warehouse, so that a test can take in thousands.

use chrono_tz::Europe::London;
use daybook::config::problem::Source;
use daybook::ingest;
use daybook::ingest::arrive::ScanOptions;
use daybook::ingest::arrive::landing;
use daybook::ingest::arrive::landing::Named;
use daybook::ingest::contract::Contract;
use daybook::ingest::history::batch::Reverted;
use daybook::ingest::history::revert;
use daybook::ingest::{IngestOptions, Outcome, history};
use daybook::store::Store;
use daybook::store::query::select;
use daybook::table::Cell;
use tempfile::TempDir;

use super::{STEWARD, act, noon};

pub struct Shelf {
    pub store: Store,
    pub contracts: Vec<Contract>,
    folder: TempDir,
}

impl Shelf {
    /// The source is called `deeds`.
    pub fn new(contract: &str) -> Self {
        let contract = Contract::parse("deeds", &Source::new("deeds.toml", contract)).unwrap();
        Self {
            store: Store::in_memory().unwrap(),
            contracts: vec![contract],
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Takes a file in as a landing folder would.
    pub fn take(&self, name: &str, text: &str) -> Outcome {
        self.take_as(name, text, false)
    }

    /// Takes a file in because somebody names it.
    pub fn take_by_name(&self, name: &str, text: &str) -> Outcome {
        self.take_as(name, text, true)
    }

    fn take_as(&self, name: &str, text: &str, is_named: bool) -> Outcome {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let looking = ScanOptions {
            contracts: &self.contracts,
            settle: std::time::Duration::ZERO,
            largest: u64::MAX,
            zone: London,
            go_on: &|| Ok(()),
        };
        let unready = history::ensure_all(&self.store, &self.contracts).unwrap();
        assert_eq!(unready, []);
        let (arrivals, waiting) = landing::inspect(&[Named::left(&path)], looking).unwrap();
        assert_eq!(waiting, [], "{name}");
        let taking = IngestOptions {
            scratch: self.folder.path(),
            received_at: noon().naive_utc(),
            may_end: false,
            is_named,
        };
        ingest::take_in(&self.store, &arrivals[0], taking).unwrap()
    }

    pub fn revert(&self, batch_id: i64) -> anyhow::Result<Reverted> {
        let steward = STEWARD.parse().unwrap();
        revert::revert(
            &self.store,
            &self.contracts,
            batch_id,
            "a test",
            act(&steward),
        )
    }

    /// Rows of a query as texts; null is an empty text.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let table = select(self.store.connection(), sql).unwrap();
        let texts = |row: &Vec<Cell>| row.iter().map(|cell| cell.text().to_owned()).collect();
        table.rows.iter().map(texts).collect()
    }
}
