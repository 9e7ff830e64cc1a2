//! The cost of the commitment measures, as ratios to their bare SQL in the same
//! run: `cargo bench --no-default-features --bench measures`, as it is released
//! and with a database that need not be compiled. Ten years of synthetic London,
//! with every source, are taken in; crimes that are no violence against women and girls, two parties each,
//! are filled into the history tables beside them. `DAYBOOK_BENCH_SUSPECTS`
//! (36,000 a year), `DAYBOOK_BENCH_YEARS` (10) and `DAYBOOK_BENCH_CRIMES`
//! (10,000,000 in all) set the size, `DAYBOOK_BENCH_MEMORY` (8GiB) the
//! database's memory limit.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::{Months, NaiveDate};
use daybook::cli::init;
use daybook::clock::{Clock, Stopwatch};
use daybook::measures::definition::Definition;
use daybook::measures::evaluate::{self, Basis};
use daybook::measures::run_sql;
use daybook::measures::settings::MeasureSettings;
use daybook::model::as_of::AsOf;
use daybook::schedule::context::{Context, Deployment};
use daybook::schedule::stop::Stop;
use daybook::schedule::{actions, ingest_job};
use daybook::store::{Store, bind};
use daybook_synth::Plan;

fn main() -> Result<()> {
    let suspects = u32::try_from(number("DAYBOOK_BENCH_SUSPECTS", 36_000)?)?;
    let years = u32::try_from(number("DAYBOOK_BENCH_YEARS", 10)?)?;
    let crimes = number("DAYBOOK_BENCH_CRIMES", 10_000_000)?;
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("bench");
    let to = NaiveDate::from_ymd_opt(2026, 11, 1).context("the date exists")?;
    let deployment = prepare(&dir)?;
    let plan = Plan {
        suspects,
        from: to - Months::new(12 * years),
        to,
        seed: 7,
        nights: 0,
        dirty_share: 0.0,
    };
    daybook_synth::write(&plan, &dir.join("landing"), &mut |_, _| {})?;
    let store = deployment.open_store()?;
    let context = Context {
        deployment: &deployment,
        store: &store,
        clock: Clock::System,
        stop: &Stop::default(),
        progress: &|_, _, _| {},
    };
    let watch = Stopwatch::start();
    ingest_job::ingest(&context, AsOf(to), None)?;
    fill(&store, crimes)?;
    actions::refresh_warehouse(&context)?;
    println!(
        "{} crimes over {years} years, {} of them VAWG: accepted and filled in {:.0} s",
        count(&store, "select count(*) from core.crimes")?,
        count(&store, "select count(*) from core.crimes where is_vawg")?,
        watch.elapsed().as_secs_f64()
    );
    for back in 0..12 {
        let as_of = AsOf(to - Months::new(back));
        actions::harm_list(&context, as_of, &actions::list_settings(&context))?;
    }
    compare(&context, AsOf(to), 12 * years)
}

/// Each measure alone and all together, bare and whole.
fn compare(context: &Context<'_>, as_of: AsOf, months: u32) -> Result<()> {
    let settings = MeasureSettings {
        months,
        ..MeasureSettings::default()
    };
    // Warms the database's cache for both.
    for definition in &context.deployment.measures.definitions {
        bare(context.store, definition, as_of, settings)?;
    }
    let mut took: Vec<(&str, f64, f64)> = Vec::new();
    for definition in &context.deployment.measures.definitions {
        let alone = bare(context.store, definition, as_of, settings)?;
        let whole = whole(context, definition, as_of, settings)?;
        took.push((&definition.id, alone, whole));
    }
    took.sort_by(|a, b| b.2.total_cmp(&a.2));
    let (bare, whole): (f64, f64) = took
        .iter()
        .fold((0.0, 0.0), |sum, one| (sum.0 + one.1, sum.1 + one.2));
    println!(
        "{} measures over {months} months: bare SQL {bare:.2} s, whole {whole:.2} s, ratio {:.2}",
        took.len(),
        whole / bare
    );
    println!(
        "{} cells; peak memory {} MiB",
        count(context.store, "select count(*) from ledger.measure_values")?,
        peak_mib()?
    );
    for (id, bare, whole) in took.iter().take(12) {
        println!("  {id}: bare {bare:.3} s, whole {whole:.3} s");
    }
    Ok(())
}

/// The measure's SQL alone, its rows into a table.
fn bare(
    store: &Store,
    definition: &Definition,
    as_of: AsOf,
    settings: MeasureSettings,
) -> Result<f64> {
    let basis = basis(as_of, settings, store)?;
    let window = evaluate::window(definition, &basis);
    let watch = Stopwatch::start();
    for reading in definition.readings() {
        bind::execute(
            store.connection(),
            &format!(
                "create or replace temp table bare as\n{}",
                run_sql::statement(&definition.sql)
            ),
            &[
                ("basis", &reading),
                ("as_of", &bind::date(as_of.0)),
                ("from", &bind::date(window.from)),
                ("until", &bind::date(window.until)),
            ],
        )
        .with_context(|| definition.file.clone())?;
    }
    Ok(watch.elapsed().as_secs_f64())
}

/// Everything that an evaluation does, its commit too.
fn whole(
    context: &Context<'_>,
    definition: &Definition,
    as_of: AsOf,
    settings: MeasureSettings,
) -> Result<f64> {
    let inputs = actions::measure_inputs(
        &context.deployment.models,
        &context
            .deployment
            .reference(&actions::list_settings(context))?,
        definition,
    );
    let basis = Basis {
        inputs: &inputs,
        ..basis(as_of, settings, context.store)?
    };
    let watch = Stopwatch::start();
    let done = evaluate::evaluate(context.store, definition, basis)?;
    let took = watch.elapsed().as_secs_f64();
    if let Some(reason) = done.unavailable {
        println!("  {}: unavailable: {reason}", definition.id);
    }
    Ok(took)
}

fn basis(as_of: AsOf, settings: MeasureSettings, store: &Store) -> Result<Basis<'static>> {
    let known_at = count(
        store,
        "select coalesce(max(batch_id), 0) from ledger.batches",
    )?;
    Ok(Basis {
        as_of,
        known_at,
        settings,
        inputs: &[],
        nightly: &[],
        made_at: Clock::System.now().naive_utc(),
    })
}

fn prepare(dir: &Path) -> Result<Deployment> {
    let memory = std::env::var("DAYBOOK_BENCH_MEMORY").unwrap_or_else(|_| "8GiB".to_owned());
    init::write(
        dir,
        &format!(
            "force = \"Bench\"\nsynthetic = true\n[store]\nmemory_limit = \"{memory}\"\n\
             [landing]\nsettle_seconds = 0\nleave_files = true\n\
             [recipients]\nleadership = []\nofficers = []\noperations = []\n"
        ),
    )?;
    std::fs::create_dir_all(dir.join("landing"))?;
    Ok(Deployment::load(dir)?)
}

/// Crimes of other kinds, until there are so many in all: those that are held,
/// each again under a code that the basket leaves out, with its parties.
fn fill(store: &Store, crimes: u64) -> Result<()> {
    let held = u64::try_from(count(store, "select count(*) from history.crimes")?)?.max(1);
    let copies = (crimes / held).saturating_sub(1);
    store.transaction(|tx| {
        // A batch of its own, so that the warehouse is rebuilt on it.
        tx.execute_batch(
            "insert into ledger.batches by name select * replace ( \
                 nextval('ledger.batch_ids') as batch_id, 'filled' as file_name, \
                 'filled' as sha256) from ledger.batches where source = 'crimes' limit 1",
        )?;
        for copy in 0..copies {
            let renamed = format!("crime_ref || '#{copy}' as crime_ref");
            tx.execute_batch(&format!(
                "insert into history.crimes by name select * replace ({renamed}, \
                     '028/03' as ho_code, 'Burglary' as offence_title, \
                     false as domestic_abuse) from history.crimes \
                     where not contains(crime_ref, '#'); \
                 insert into history.parties by name select * replace ({renamed}) \
                     from history.parties where not contains(crime_ref, '#')"
            ))?;
        }
        Ok(())
    })?;
    store.checkpoint()
}

fn count(store: &Store, sql: &str) -> Result<i64> {
    bind::query_one(store.connection(), sql, &[], |row| row.get(0))
}

fn number(name: &str, usual: u64) -> Result<u64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name} is {text:?}")),
        Err(_) => Ok(usual),
    }
}

fn peak_mib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .context("the kernel tells the peak")?;
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .context("the peak is a number")?
        .parse()?;
    Ok(kib / 1024)
}
