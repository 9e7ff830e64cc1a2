//! What is altered in the file is found and named, and nothing else is.

mod alterations;
mod outside;
mod untouched;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use daybook::audit::heads;
use daybook::audit::verify::{self, Outside, Verified};
use daybook::config::StoreConfig;
use daybook::harm::accounts::Role;
use daybook::harm::decisions::marks::Mark;
use daybook::store::Store;
use daybook::store::chain::anchor::Anchor;
use tempfile::TempDir;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, STEWARD, Site};
use crate::{decisions, measures, rooms};

const NEXT: &str = "2026-11-22";

/// Two nights, a file refused and one taken back, two lists, decisions, marks,
/// a close, measures, reports and mails, and both lists verified.
fn decided() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let mut site = decisions::suspects();
        decisions::decide(&site, &[("S1", "accept"), ("S3", "reject")]).unwrap();
        decisions::mark(&site, "S4", Mark::Contested, "j.officer").unwrap();
        decisions::mark(&site, "S2", Mark::CounterReviewed, "r.eviewer").unwrap();
        decisions::close_list(&site).unwrap();
        for job in [
            "commitment-measures",
            "morning-briefing",
            "commitment-scorecard",
            "harm-list-pack",
            "operations-report",
        ] {
            site.run(job, MORNING).unwrap();
        }
        let night = [
            crime(
                "C1",
                decisions::ASSAULT,
                "2026-06-01",
                &[("offence_count", "3")],
            ),
            crime(
                "C2",
                decisions::ASSAULT,
                "2026-06-01",
                &[("offence_count", "9")],
            ),
            crime("C7", "008/06", "2026-06-07", &[("offence_count", "none")]),
            crime("C8", "008/06", "2026-06-08", &[]),
        ];
        site.land("crimes_20261122.csv", file(CRIMES, &night));
        site.land("nominals_20261122.csv", "no,such,columns\n1,2,3\n");
        site.ranked(NEXT);
        site.land(
            "crimes_20261123.csv",
            file(CRIMES, &[crime("C7", "008/06", "2026-06-07", &[])]),
        );
        site.run("nightly-ingest", "2026-11-23").unwrap();
        let newest = site.one("select max(batch_id) from ledger.batches");
        site.grant(STEWARD, Role::DataSteward);
        site.told(&["ingest", "revert", &newest, "--by", STEWARD]);
        site.told(&["list", "verify", "--all"]);
        site
    })
}

/// A room that was looked into, and was refused.
fn consulted() -> Site {
    let mut site = rooms::site();
    let sql = "select count(*) from conduct.conduct_cases";
    site.told(&["query", sql, "--as", "p.standards"]);
    site.command(&["query", sql]);
    site
}

/// A release that was issued and one that is due.
fn released() -> Site {
    let mut site = measures::releases::announced();
    let output = measures::releases::issue(&mut site, "First", &[]);
    assert!(output.status.success(), "{output:?}");
    site
}

/// A database that lies still, to be copied and altered.
struct Still {
    _site: Site,
    config: StoreConfig,
}

impl Still {
    fn new(mut site: Site) -> Self {
        assert_eq!(site.altered(), [""; 0]);
        site.store.checkpoint().unwrap();
        site.store = Store::in_memory().unwrap();
        let config = site.deployment.config.store.clone();
        Self {
            _site: site,
            config,
        }
    }

    fn copy(&self) -> Copy {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("daybook.duckdb");
        std::fs::copy(&self.config.path, &database).unwrap();
        std::fs::copy(heads::path(&self.config.path), heads::path(&database)).unwrap();
        let config = StoreConfig {
            path: database,
            ..self.config.clone()
        };
        Copy {
            _folder: folder,
            config,
        }
    }

    /// What is found after some SQL was run on a copy, by whatever can open it.
    fn after(&self, sql: &str) -> Vec<String> {
        let copy = self.copy();
        copy.run(sql);
        found(&copy.verify(true, &[]))
    }
}

struct Copy {
    _folder: TempDir,
    config: StoreConfig,
}

impl Copy {
    fn run(&self, sql: &str) {
        let plain = duckdb::Connection::open(&self.config.path).unwrap();
        plain
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        plain.execute_batch("checkpoint").unwrap();
    }

    fn log(&self) -> PathBuf {
        heads::path(&self.config.path)
    }

    fn verify(&self, with_log: bool, anchors: &[Anchor]) -> Verified {
        let store = Store::open(&self.config).unwrap();
        let outside = Outside {
            log: with_log.then(|| self.log()),
            anchors: anchors.to_vec(),
        };
        verify::verify(store.connection(), &outside).unwrap()
    }
}

fn found(verified: &Verified) -> Vec<String> {
    verified.findings.iter().map(ToString::to_string).collect()
}

/// The anchors of a log, in order.
fn logged(log: &Path) -> Vec<Anchor> {
    let lines = heads::read(log).unwrap().unwrap();
    lines.into_iter().map(|line| line.anchor.unwrap()).collect()
}
