//! The cost of ranking, as a ratio to the bare SQL sum over the same tables in
//! the same run. `cargo bench --profile dev --bench ranking`, so that the one
//! compiled database serves.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::Path;

use anyhow::Result;
use chrono::{Months, NaiveDate};
use daybook::cli::init;
use daybook::clock::{Clock, Stopwatch};
use daybook::harm::index::Reference;
use daybook::harm::ranking::{self, Inputs};
use daybook::harm::settings::ListSettings;
use daybook::harm::sql::ListSql;
use daybook::model::as_of::AsOf;
use daybook::schedule::context::{Context, Deployment};
use daybook::schedule::intake;
use daybook::schedule::stop::Stop;
use daybook::store::bind;
use daybook::synth::{self, Plan};

const SUSPECTS: u32 = 36_000;
const ROUNDS: usize = 51;

/// The sum that everything else is measured against: weight times count per
/// person over the window, best hundred first.
const BARE: &str = "
    create or replace temp table bare as
    select
        allegations.person_key,
        sum(harm_index.days * allegations.offence_count) as score_days,
    from core.allegations as allegations
    inner join staging.harm_index as harm_index
        on harm_index.ho_code = allegations.index_code
    where allegations.reported_on >= $window_from
        and allegations.reported_on < $as_of
        and allegations.is_vawg
        and allegations.status in ('open', 'closed')
        and not allegations.is_proactive
    group by allegations.person_key
    order by score_days desc, allegations.person_key
";

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("bench");
    let to = NaiveDate::from_ymd_opt(2026, 11, 21).expect("the date exists");
    let deployment = prepare(&dir, to)?;
    let store = deployment.open_store()?;
    let context = Context {
        deployment: &deployment,
        store: &store,
        clock: Clock::System,
        stop: &Stop::default(),
        progress: &|_, _, _| {},
    };
    intake::ingest(&context, AsOf(to), None)?;
    let settings = ListSettings::default();
    let reference = Reference::load(&dir, &settings.edition, &settings.compare_editions)?;
    let sql = ListSql::load(&dir)?;
    let inputs = Inputs {
        as_of: AsOf(to),
        known_at: 1,
        settings: &settings,
        reference: &reference,
        sql: &sql,
        models: &[],
    };
    let from = bind::date(inputs.as_of.window_start(settings.window_days));
    let until = bind::date(to);
    let mut bare = Vec::new();
    let mut ranked = Vec::new();
    for round in 0..=ROUNDS {
        let watch = Stopwatch::start();
        bind::execute(
            store.connection(),
            BARE,
            &[("window_from", &from), ("as_of", &until)],
        )?;
        let bare_took = watch.elapsed().as_secs_f64();
        let watch = Stopwatch::start();
        ranking::rank(store.connection(), inputs)?;
        // The first round warms both.
        if round > 0 {
            bare.push(bare_took);
            ranked.push(watch.elapsed().as_secs_f64());
        }
    }
    agree(&store)?;
    let ratios = bare
        .iter()
        .zip(&ranked)
        .map(|(bare, ranked)| ranked / bare)
        .collect();
    println!(
        "bare sum {:.1} ms, ranking {:.1} ms, ratio {:.2} (medians of {ROUNDS} pairs)",
        median(bare) * 1e3,
        median(ranked) * 1e3,
        median(ratios)
    );
    Ok(())
}

fn prepare(dir: &Path, to: NaiveDate) -> Result<Deployment> {
    init::write(
        dir,
        "force = \"Bench\"\nsynthetic = true\n[recipients]\nleadership = []\nofficers = []\n",
    )?;
    let plan = Plan {
        suspects: SUSPECTS,
        from: to - Months::new(24),
        to,
        seed: 7,
        nights: 1,
        dirty_share: 0.0,
    };
    synth::write(&plan, &dir.join("landing"), &mut |_, _| {})?;
    Ok(Deployment::load(dir)?)
}

/// Both must have found the same scores, or the ratio compares nothing.
fn agree(store: &daybook::store::Store) -> Result<()> {
    let differing: i64 = bind::query_one(
        store.connection(),
        "select count(*) from ranking left join bare using (person_key) \
         where bare.score_days is distinct from ranking.score_days",
        &[],
        |row| row.get(0),
    )?;
    anyhow::ensure!(
        differing == 0,
        "{differing} people have two different scores"
    );
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
