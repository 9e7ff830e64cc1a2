//! The cost of taking files in, as ratios to a bare read of the same file in
//! the same run: `cargo bench --no-default-features --bench ingest`, as it is
//! released and with a database that need not be compiled. `DAYBOOK_BENCH_ROWS`
//! and `DAYBOOK_BENCH_ROUNDS` make it smaller; it needs about 10 GB of disk at
//! its full size.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use daybook::cli::init;
use daybook::clock::{Clock, Stopwatch};
use daybook::ingest::contract::Kind;
use daybook::model::as_of::AsOf;
use daybook::schedule::context::{Context, Deployment};
use daybook::schedule::ingest_job;
use daybook::schedule::stop::Stop;
use daybook::store::planner::joins_as_written;
use daybook::store::{Store, bind};

const SETTINGS: &str = "force = \"Bench\"\nsynthetic = true\n\
    [store]\nmemory_limit = \"2GiB\"\n\
    [landing]\nsettle_seconds = 0\nleave_files = true\n\
    [recipients]\nleadership = []\nofficers = []\noperations = []\n";
const DELTA_ROWS: u64 = 5_000;

fn main() -> Result<()> {
    let rows = number("DAYBOOK_BENCH_ROWS", 10_000_000)?;
    let rounds = number("DAYBOOK_BENCH_ROUNDS", 3)?;
    let folder = tempfile::tempdir()?;
    let files = Files::write(folder.path(), rows)?;
    println!(
        "{rows} crimes, {:.2} GB of CSV, {rounds} rounds, medians",
        gigabytes(&files.whole)?
    );
    let mut bare = Vec::new();
    let mut first = Vec::new();
    let mut again = Vec::new();
    let mut delta = Vec::new();
    for round in 0..rounds {
        bare.push(bare_read(folder.path(), &files.whole)?);
        let site = Site::new(&folder.path().join(format!("delta-{round}")), "delta")?;
        first.push(site.take_in(&files.whole, rows, rows)?);
        if round == 0 {
            println!("peak memory after the first load: {} MiB", peak_mib()?);
        }
        delta.push(site.take_in(&files.delta, DELTA_ROWS, DELTA_ROWS / 2)?);
        if round + 1 == rounds {
            compare_models(&site)?;
        }
        site.remove()?;
        let site = Site::new(&folder.path().join(format!("snapshot-{round}")), "snapshot")?;
        site.take_in(&files.whole, rows, rows)?;
        again.push(site.take_in(&files.changed, rows, rows / 100)?);
        site.remove()?;
    }
    let bare = median(bare);
    println!("bare read_csv into a table: {bare:.2} s");
    let told = |what: &str, took: f64| println!("{what}: {took:.2} s, ratio {:.2}", took / bare);
    told("first load", median(first));
    told("snapshot again, 1% changed", median(again));
    println!("delta of {DELTA_ROWS} rows: {:.2} s", median(delta));
    println!("peak memory at the end: {} MiB", peak_mib()?);
    Ok(())
}

/// The files that are accepted.
struct Files {
    whole: PathBuf,
    /// The same with one row in a hundred changed.
    changed: PathBuf,
    /// Half new rows, half changed ones.
    delta: PathBuf,
}

impl Files {
    fn write(folder: &Path, rows: u64) -> Result<Self> {
        let store = Store::in_memory()?;
        let write = |name: &str, from: String, changed: &str| -> Result<PathBuf> {
            let path = folder.join(name);
            let shown = path.display();
            store.connection().execute_batch(&format!(
                "set threads = 2; copy ({}) to '{shown}' (header, delimiter ',')",
                CRIMES
                    .replace("{from}", &from)
                    .replace("{changed}", changed)
            ))?;
            Ok(path)
        };
        Ok(Self {
            whole: write("crimes_20261120.csv", format!("range({rows})"), "false")?,
            changed: write(
                "crimes_20261121.csv",
                format!("range({rows})"),
                "i % 100 = 7",
            )?,
            delta: write(
                "crimes_20261122.csv",
                format!(
                    "range({}, {})",
                    rows - DELTA_ROWS / 2,
                    rows + DELTA_ROWS / 2
                ),
                "true",
            )?,
        })
    }
}

/// Made-up crimes of ten years, of the width that real ones have.
const CRIMES: &str = "
    select
        'C' || lpad(cast((i * 7919) % 99999989 as varchar), 9, '0') as crime_ref,
        case when i % 40 = 0 then 'city-of-london' else 'metropolitan' end as force,
        strftime(recorded, '%Y-%m-%d %H:%M:%S') as recorded_at,
        strftime(recorded - interval 4 hour, '%Y-%m-%d %H:%M:%S') as reported_at,
        strftime(recorded - interval 14 hour, '%Y-%m-%d %H:%M:%S') as committed_from,
        case when i % 3 = 0
            then strftime(recorded - interval 12 hour, '%Y-%m-%d %H:%M:%S') end as committed_to,
        (['008/06', '105/01', '195/94', '019/08', '017/13', '008/68', '066/91'])[1 + i % 7]
            as ho_code,
        (['Assault occasioning actual bodily harm', 'Common assault and battery',
          'Harassment without violence', 'Rape of a female aged 16 or over',
          'Sexual assault on a female aged 13 and over', 'Stalking involving fear of violence',
          'Breach of a protective order'])[1 + i % 7] as offence_title,
        case when i % 11 = 0 then 2 else 1 end as offence_count,
        (['Camden', 'Hackney', 'Lambeth', 'Newham', 'Croydon', 'Westminster', 'Barnet'])
            [1 + (i * 3) % 7] as borough,
        'Ward ' || ((i * 13) % 680) as ward,
        520000 + (i * 17) % 40000 as easting,
        160000 + (i * 19) % 40000 as northing,
        (['dwelling', 'street', 'public_transport', 'online', 'shop'])[1 + (i * 5) % 5]
            as location_type,
        i % 3 = 0 as domestic_abuse,
        i % 300 = 0 as honour_based,
        i % 50 = 0 as proactive,
        case when {changed} then 'closed' else 'open' end as status,
        strftime(recorded + interval 9 day, '%Y-%m-%d %H:%M:%S') as status_at,
        case when i % 4 = 1 then 1 + i % 22 end as outcome_code,
        case when i % 4 = 1
            then strftime(recorded + interval 30 day, '%Y-%m-%d %H:%M:%S') end as outcome_at,
        'Unit ' || (i % 32) as unit
    from (
        select
            range as i,
            timestamp '2016-11-01 00:00:00' + to_seconds((range * 31) % 312000000) as recorded
        from {from}
    )";

/// What everything else is measured against.
fn bare_read(folder: &Path, file: &Path) -> Result<f64> {
    let path = folder.join("bare.duckdb");
    let config = duckdb::Config::default().threads(2)?.max_memory("2GiB")?;
    let connection = duckdb::Connection::open_with_flags(&path, config)?;
    let contract = Deployment::load(&shipped(folder)?)?
        .contracts
        .into_iter()
        .find(|contract| contract.name == "crimes")
        .context("no contract for crimes")?;
    let columns: Vec<String> = contract
        .columns
        .iter()
        .map(|column| format!("'{}': '{}'", column.name, bare_type(column.kind)))
        .collect();
    let watch = Stopwatch::start();
    connection.execute_batch(&format!(
        "create table crimes as select * from read_csv('{}', header = true, \
         auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', \
         columns = {{{}}}); checkpoint;",
        file.display(),
        columns.join(", ")
    ))?;
    let took = watch.elapsed().as_secs_f64();
    drop(connection);
    std::fs::remove_file(path)?;
    Ok(took)
}

fn bare_type(kind: Kind) -> &'static str {
    kind.sql_type()
}

fn shipped(folder: &Path) -> Result<PathBuf> {
    let dir = folder.join("shipped");
    if !dir.exists() {
        init::write(&dir, SETTINGS)?;
    }
    Ok(dir)
}

/// A deployment whose crimes are accepted.
struct Site {
    dir: PathBuf,
    deployment: Deployment,
    store: Store,
}

impl Site {
    fn new(dir: &Path, mode: &str) -> Result<Self> {
        init::write(dir, SETTINGS)?;
        let contract = dir.join("jobs/nightly-ingest/sources/crimes.toml");
        let text = std::fs::read_to_string(&contract)?;
        ensure!(
            text.contains("mode = \"delta\""),
            "crimes is no delta any more"
        );
        std::fs::write(
            &contract,
            text.replace("mode = \"delta\"", &format!("mode = \"{mode}\"")),
        )?;
        let deployment = Deployment::load(dir)?;
        let store = deployment.open_store()?;
        Ok(Self {
            dir: dir.to_owned(),
            deployment,
            store,
        })
    }

    /// Seconds from the file to its commit, the database's checkpoint
    /// included and the warehouse apart.
    fn take_in(&self, file: &Path, rows: u64, written: u64) -> Result<f64> {
        let watch = Stopwatch::start();
        let done = self.with_context(|context| ingest_job::take_in_only(context, file))?;
        self.store.checkpoint()?;
        let took = watch.elapsed().as_secs_f64();
        let batch = done.accepted.first().context("the file was not accepted")?;
        ensure!(batch.rows_accepted == rows, "{batch:?}");
        ensure!(
            batch.merged.new.max(batch.merged.changed) == written,
            "{written} rows should have been written: {batch:?}"
        );
        Ok(took)
    }

    fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> T) -> T {
        work(&Context {
            deployment: &self.deployment,
            store: &self.store,
            clock: Clock::System,
            stop: &Stop::default(),
            progress: &|_, _, _| {},
        })
    }

    fn remove(self) -> Result<()> {
        let dir = self.dir.clone();
        drop(self);
        Ok(std::fs::remove_dir_all(dir)?)
    }
}

/// Rebuilds the warehouse, and beside it runs every model's bare SQL, one
/// after the other: in one transaction as the rebuild does, and each on its
/// own over tables that are committed, which the database reads on more
/// threads.
fn compare_models(site: &Site) -> Result<()> {
    let as_of = AsOf(chrono::NaiveDate::from_ymd_opt(2026, 11, 22).context("a date")?);
    let done = site.with_context(|context| ingest_job::ingest(context, as_of, Some(&[])))?;
    let connection = site.store.connection();
    connection.execute_batch("begin")?;
    let together = joins_as_written(connection, || bare_models(site, ToOwned::to_owned))?;
    connection.execute_batch("rollback")?;
    let alone = bare_models(site, |_| "bare".to_owned())?;
    connection.execute_batch("drop table bare")?;
    let mut worst = (0.0_f64, "none took half a second");
    for ((built, together), alone) in done.built.iter().zip(&together).zip(&alone) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
        let ours = built.elapsed_ms as f64 / 1e3;
        // Below half a second the clock's own grain and the cache decide.
        if *together > 0.5 {
            println!(
                "  {}: {ours:.2} s, bare {together:.2} s, ratio {:.2}; bare over committed tables {alone:.2} s",
                built.table,
                ours / together
            );
            if ours / together > worst.0 {
                worst = (ours / together, &built.table);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
    let whole = done
        .built
        .iter()
        .map(|built| built.elapsed_ms as f64 / 1e3)
        .sum::<f64>();
    let bare = together.iter().sum::<f64>();
    println!(
        "warehouse of {} models: {whole:.2} s, bare {bare:.2} s, ratio {:.2}; worst {} {:.2}",
        done.built.len(),
        whole / bare,
        worst.1,
        worst.0
    );
    Ok(())
}

/// Seconds that each model's SQL takes by itself.
fn bare_models(site: &Site, name: impl Fn(&str) -> String) -> Result<Vec<f64>> {
    let connection = site.store.connection();
    let known_at: i64 = bind::query_one(
        connection,
        "select max(batch_id) from ledger.batches",
        &[],
        |row| row.get(0),
    )?;
    let models = site.deployment.models.iter();
    models
        .map(|model| {
            let watch = Stopwatch::start();
            bind::execute(
                connection,
                &format!(
                    "create or replace table {} as\n{}",
                    name(&model.table()),
                    model.sql
                ),
                &[("known_at", &known_at)],
            )?;
            Ok(watch.elapsed().as_secs_f64())
        })
        .collect()
}

fn number(name: &str, otherwise: u64) -> Result<u64> {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .with_context(|| format!("{name} is {text:?}, no number")),
        Err(_) => Ok(otherwise),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
fn gigabytes(path: &Path) -> Result<f64> {
    Ok(std::fs::metadata(path)?.len() as f64 / 1e9)
}

/// The most memory that this process has held, from the kernel.
fn peak_mib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024)
}
