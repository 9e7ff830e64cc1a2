//! Hostile files, one case each: what exactly is told, that the other sources
//! of the night load, and that nothing partial stays. Most cases bring a source
//! of their own, so that its contract can say anything.

mod archive;
mod bytes;
mod cells;
mod failing;
mod floods;
mod landing;
mod layout;
mod moments;
mod names;
mod otherwise;
mod swapped;
mod values;
mod whole;

use std::path::PathBuf;

use daybook::schedule::context::Deployment;

use crate::support::rows::{CRIMES, PARTIES, crime, file, party};
use crate::support::{MORNING, Site};

/// The columns of most samples.
const COLUMNS: &str = r#"
columns = [
    { name = "id", type = "identifier", required = true },
    { name = "seen_on", type = "date" },
    { name = "number", type = "integer" },
    { name = "place", type = "text" },
]
"#;

/// A contract of a source named samples: what is said of the file, and then of
/// its columns.
fn contract(file: &str, columns: &str) -> String {
    format!(
        "title = \"Samples\"\nmode = \"delta\"\nkey = [\"id\"]\n\
         files = [\"samples_{{date}}.csv\", \"samples_{{date}}.jsonl\", \"samples_{{date}}.parquet\"]\n\
         {file}\n{columns}"
    )
}

/// An empty deployment that knows the source samples.
fn site(contract: &str) -> Site {
    let site = Site::new();
    let path = site.dir.join("jobs/nightly-ingest/sources/samples.toml");
    std::fs::write(path, contract).unwrap();
    reloaded(site)
}

fn reloaded(site: Site) -> Site {
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

/// A night with one file of samples beside a sound file of parties.
fn night(contract: &str, name: &str, bytes: impl AsRef<[u8]>) -> Site {
    let site = site(contract);
    site.land(name, bytes);
    pass(&site);
    site
}

/// Runs a night in which a sound file of parties must load. Gives back what
/// was told of files; that nobody in them is known is not meant here.
fn pass(site: &Site) -> String {
    site.land(
        "parties_20261121.csv",
        file(PARTIES, &[party("C1", "S", "suspect")]),
    );
    let story = site.run("nightly-ingest", MORNING).unwrap();
    assert_eq!(
        site.one("select count(*) from history.parties"),
        "1",
        "the night did not go on"
    );
    let details = story.details.into_iter();
    details
        .filter(|line| !line.starts_with("check: "))
        .collect::<Vec<_>>()
        .join("\n")
}

fn csv(rows: &str) -> Vec<u8> {
    format!("id,seen_on,number,place\n{rows}").into_bytes()
}

/// Why the newest file of samples was refused; nothing of it may stay.
fn refusal(site: &Site) -> String {
    assert_eq!(site.one("select count(*) from history.samples"), "0");
    let batch = site.query(
        "select state, rows_accepted, rows_read = rows_rejected, reason from ledger.batches \
         where source = 'samples' order by batch_id desc limit 1",
    );
    assert_eq!(batch[0][..3], ["refused", "0", "true"]);
    batch[0][3].clone()
}

fn refused(contract: &str, bytes: impl AsRef<[u8]>) -> String {
    refusal(&night(contract, "samples_20261121.csv", bytes))
}

/// Line, column, value and reason of what was rejected or warned of.
fn told(site: &Site) -> Vec<[String; 4]> {
    site.query(
        "select line, column_name, value, rejects.reason \
         from ledger.rejects inner join ledger.batches using (batch_id) \
         where source = 'samples' order by rejects.batch_id, line, column_name",
    )
    .into_iter()
    .map(|row| row.try_into().unwrap())
    .collect()
}

/// Read, accepted, rejected, duplicate, warned of the newest file of samples.
fn counts(site: &Site) -> [String; 5] {
    site.query(
        "select rows_read, rows_accepted, rows_rejected, rows_duplicate, rows_warned \
         from ledger.batches where source = 'samples' order by batch_id desc limit 1",
    )
    .remove(0)
    .try_into()
    .unwrap()
}

fn note(site: &Site) -> String {
    site.one(
        "select reason from ledger.batches where source = 'samples' and state = 'accepted' \
         order by batch_id desc limit 1",
    )
}

fn held(site: &Site, columns: &str) -> Vec<Vec<String>> {
    site.query(&format!(
        "select {columns} from history.samples where batch_to is null and not is_deleted order by id"
    ))
}

/// What every refusal and every name for it must say.
fn says(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
}

fn make_older(path: &PathBuf, seconds: u64) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let written = file.metadata().unwrap().modified().unwrap();
    let earlier = written - std::time::Duration::from_secs(seconds);
    file.set_modified(earlier).unwrap();
}

/// Writes a Parquet file of one query.
fn parquet(site: &Site, path: &std::path::Path, query: &str) {
    let aside = site.dir.join("aside.parquet");
    site.store
        .connection()
        .execute_batch(&format!(
            "copy ({query}) to '{}' (format parquet)",
            aside.display()
        ))
        .unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::rename(aside, path).unwrap();
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}
