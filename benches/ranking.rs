//! The cost of harm lists, as ratios to bare ranking SQL in the same run:
//! `cargo bench --no-default-features --bench ranking`, as it is released and
//! with a database that need not be compiled. The history tables are filled
//! directly, with ten years of crimes, two parties each. `DAYBOOK_BENCH_CRIMES` (10,000,000) sets the size,
//! `DAYBOOK_BENCH_LISTS` (24) the number of monthly lists, and
//! `DAYBOOK_BENCH_MEMORY` (4GiB) the database's memory limit.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use chrono::{Months, NaiveDate};
use daybook::cli::init;
use daybook::clock::{Clock, Stopwatch};
use daybook::harm::index::Reference;
use daybook::harm::list;
use daybook::harm::ranking::{self, Inputs, compute, drop_working};
use daybook::harm::settings::ListSettings;
use daybook::harm::sql::{Bound, FROZEN, ListContext, ListSql, WORKING};
use daybook::ingest::history;
use daybook::model::as_of::AsOf;
use daybook::schedule::actions;
use daybook::schedule::context::{Context, Deployment};
use daybook::schedule::stop::Stop;
use daybook::store::{Store, bind};
use duckdb::Connection;

const ROUNDS: usize = 5;

/// The plain sum over the warehouse: weight times count per person over the
/// window, most harmful first.
const BARE: &str = "
    create or replace temp table bare as
    select
        allegations.person_key,
        sum(harm_index.days * allegations.offence_count) as score_days,
    from core.allegations as allegations
    inner join staging.harm_index as harm_index
        on harm_index.weight_key = allegations.weight_key
        and harm_index.edition = $edition
    where allegations.reported_on >= $window_from
        and allegations.reported_on < $as_of
        and allegations.is_vawg
        and allegations.is_live
        and not allegations.is_proactive
        and (allegations.born_on is null or allegations.born_on <= $adult_born_by)
        and (allegations.deceased_on is null or allegations.deceased_on >= $as_of)
    group by allegations.person_key
    order by score_days desc, allegations.person_key
";

/// The same by somebody who has the extracts as tables and no warehouse.
const BARE_OVER_EXTRACTS: &str = "
    create or replace temp table bare_over_extracts as
    select
        suspects.nominal_id as person_id,
        sum(harm_index.days * crimes.offence_count) as score_days,
    from staging.crimes as crimes
    inner join staging.parties as parties
        on parties.crime_ref = crimes.crime_ref and parties.role = 'suspect'
    inner join staging.nominals as records on records.nominal_id = parties.nominal_id
    inner join staging.nominals as suspects
        on suspects.nominal_id = coalesce(records.merged_into, records.nominal_id)
    inner join staging.basket as basket on basket.ho_code = crimes.ho_code
    inner join staging.harm_index as harm_index
        on harm_index.ho_code = crimes.ho_code and harm_index.edition = $edition
    where crimes.reported_at >= $window_from
        and crimes.reported_at < $as_of
        and crimes.status in ('open', 'closed')
        and not crimes.proactive
        and basket.condition <> 'never'
        and crimes.crime_ref in (
            select victims.crime_ref from staging.parties as victims
            inner join staging.nominals as harmed
                on harmed.nominal_id = victims.nominal_id and harmed.sex = 'F'
            where victims.role = 'victim'
        )
        and (suspects.date_of_birth is null or suspects.date_of_birth <= $adult_born_by)
        and (suspects.deceased_on is null or suspects.deceased_on >= $as_of)
    group by all
    order by score_days desc, person_id
";

fn main() -> Result<()> {
    let crimes = number("DAYBOOK_BENCH_CRIMES", 10_000_000)?;
    let lists = u32::try_from(number("DAYBOOK_BENCH_LISTS", 24)?)?;
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("bench");
    let to = NaiveDate::from_ymd_opt(2026, 11, 1).context("the date exists")?;
    let deployment = prepare(&dir)?;
    let store = deployment.open_store()?;
    let watch = Stopwatch::start();
    fill(&store, &deployment, crimes)?;
    println!(
        "{crimes} crimes, {} parties: filled in {:.1} s",
        2 * crimes,
        watch.elapsed().as_secs_f64()
    );
    let context = Context {
        deployment: &deployment,
        store: &store,
        clock: Clock::System,
        stop: &Stop::default(),
        progress: &|_, _, _| {},
    };
    let watch = Stopwatch::start();
    actions::refresh_warehouse(&context)?;
    println!(
        "warehouse rebuilt in {:.1} s, peak memory {} MiB",
        watch.elapsed().as_secs_f64(),
        peak_mib()?
    );
    compare(&store, &deployment, AsOf(to))?;
    let watch = Stopwatch::start();
    for back in (0..lists).rev() {
        actions::harm_list(&context, AsOf(to - Months::new(back)), &settings(&context))?;
    }
    println!(
        "{lists} monthly lists: {:.1} s; peak memory {} MiB",
        watch.elapsed().as_secs_f64(),
        peak_mib()?
    );
    Ok(())
}

fn settings(context: &Context<'_>) -> ListSettings {
    actions::list_settings(context)
}

/// One list of a month with one before it, whole and in parts, against the
/// bare sums.
fn compare(store: &Store, deployment: &Deployment, as_of: AsOf) -> Result<()> {
    let context = Context {
        deployment,
        store,
        clock: Clock::System,
        stop: &Stop::default(),
        progress: &|_, _, _| {},
    };
    let settings = settings(&context);
    let reference = Reference::load(
        &deployment.dir,
        settings.basket,
        &settings.edition,
        &settings.compare_editions,
    )?;
    let sql = ListSql::load(&deployment.dir)?;
    let models = actions::list_models(&deployment.models, &sql);
    let earlier = AsOf(as_of.0 - Months::new(1));
    let inputs = Inputs {
        as_of: earlier,
        known_at: 1,
        settings: &settings,
        reference: &reference,
        sql: &sql,
        models: &models,
    };
    ranking::make(store, inputs, Clock::System.now().naive_utc())?;
    let previous = list::find(store.connection(), Some(earlier))?;
    let occasion = ListContext {
        list_id: -1,
        as_of,
        marks_known_at: 0,
        decisions_known_at: 0,
        previous: previous.as_ref(),
    };
    let bound = Bound::new(&settings, occasion);
    let connection = store.connection();
    let mut took: [Vec<f64>; 5] = Default::default();
    for round in 0..=ROUNDS {
        let mut timed = |place: usize, work: &dyn Fn() -> Result<()>| -> Result<()> {
            let watch = Stopwatch::start();
            work()?;
            // The first round warms all.
            if round > 0 {
                took[place].push(watch.elapsed().as_secs_f64());
            }
            Ok(())
        };
        timed(0, &|| {
            bind::execute(connection, BARE, &bound.values()).map(drop)
        })?;
        timed(1, &|| {
            bind::execute(connection, BARE_OVER_EXTRACTS, &bound.values()).map(drop)
        })?;
        timed(2, &|| ranking::work(connection, "ranking", &sql, &bound))?;
        timed(3, &|| {
            for name in ["ranking", "contributions", "people"] {
                ranking::work(connection, name, &sql, &bound)?;
            }
            gather(store, &["entries", "listed_contributions"], &sql, &bound)
        })?;
        timed(4, &|| {
            compute(connection, &sql, &settings, as_of, &bound)?;
            let all: Vec<&str> = FROZEN.iter().map(|frozen| frozen.statement).collect();
            gather(store, &all, &sql, &bound)
        })?;
        if round == 0 {
            agree(store)?;
        }
    }
    tell(took)?;
    weigh_by_code(connection, || {
        ranking::work(connection, "ranking", &sql, &bound)
    })?;
    for name in WORKING {
        let watch = Stopwatch::start();
        ranking::work(connection, name, &sql, &bound)?;
        println!("    {name}: {:.3} s", watch.elapsed().as_secs_f64());
    }
    for frozen in FROZEN {
        let watch = Stopwatch::start();
        gather(store, &[frozen.statement], &sql, &bound)?;
        println!(
            "    {}: {:.3} s",
            frozen.statement,
            watch.elapsed().as_secs_f64()
        );
    }
    drop_working(connection)
}

/// What it costs that an offence has a weight for each of its titles.
fn weigh_by_code(connection: &Connection, rank: impl Fn() -> Result<()>) -> Result<()> {
    let timed = || -> Result<f64> {
        let mut took = Vec::new();
        for _ in 0..=ROUNDS {
            let watch = Stopwatch::start();
            rank()?;
            took.push(watch.elapsed().as_secs_f64());
        }
        // The first round warms all.
        Ok(median(took.split_off(1)))
    };
    let by_title = timed()?;
    connection.execute_batch(
        "begin; delete from staging.harm_index where weight_key in \
             (select weight_key from staging.weighed_offences where bare_title <> '')",
    )?;
    let by_code = timed()?;
    connection.execute_batch("rollback")?;
    println!(
        "ranking weighed by title: {by_title:.3} s, by code alone: {by_code:.3} s, ratio {:.2}",
        by_title / by_code
    );
    Ok(())
}

fn tell(took: [Vec<f64>; 5]) -> Result<()> {
    let [bare, extracts, ranked, explained, whole] = took.map(median);
    println!(
        "medians of {ROUNDS} rounds; ratios to the bare sum over the extracts, over the warehouse:"
    );
    for (what, seconds) in [
        ("bare sum over the extracts' tables", extracts),
        ("bare sum over the warehouse", bare),
        ("ranking", ranked),
        ("ranking with every contribution and entry", explained),
        ("the same with movement and all variants", whole),
    ] {
        println!(
            "  {what}: {:.3} s, {:.2}, {:.2}",
            seconds,
            seconds / extracts,
            seconds / bare
        );
    }
    println!("peak memory {} MiB", peak_mib()?);
    Ok(())
}

/// Runs frozen statements into a temporary table each.
fn gather(store: &Store, names: &[&str], sql: &ListSql, bound: &Bound) -> Result<()> {
    for name in names {
        let text = sql.get(name).context("the statement is there")?;
        bind::execute(
            store.connection(),
            &format!(
                "create or replace temp table frozen_{name} as select rows.* from (\n{text}\n) as rows"
            ),
            &bound.values(),
        )?;
    }
    Ok(())
}

/// All must have found the same scores, or the ratios compare nothing.
fn agree(store: &Store) -> Result<()> {
    let differing: i64 = bind::query_one(
        store.connection(),
        "select count(*) from ranking \
         full join bare using (person_key) \
         full join ( \
             select people.person_key, scores.score_days from bare_over_extracts as scores \
             inner join core.people as people on people.person_id = scores.person_id \
         ) as extracts using (person_key) \
         where ranking.score_days is distinct from bare.score_days \
             or ranking.score_days is distinct from extracts.score_days",
        &[],
        |row| row.get(0),
    )?;
    // A crime that names both records of one person, or sets them against each
    // other, is counted once, or refused, by the list alone.
    let people: i64 = bind::query_one(
        store.connection(),
        "select count(*) from ranking",
        &[],
        |row| row.get(0),
    )?;
    ensure!(
        differing * 10_000 <= people,
        "{differing} of {people} people have different scores"
    );
    Ok(())
}

fn prepare(dir: &Path) -> Result<Deployment> {
    let memory = std::env::var("DAYBOOK_BENCH_MEMORY").unwrap_or_else(|_| "4GiB".to_owned());
    init::write(
        dir,
        &format!(
            "force = \"Bench\"\nsynthetic = true\n[store]\nmemory_limit = \"{memory}\"\n\
             temp_limit = \"60GiB\"\n[recipients]\nleadership = []\nofficers = []\noperations = []\n"
        ),
    )?;
    Ok(Deployment::load(dir)?)
}

/// Ten years of crimes as if one batch had brought them. One in eight is
/// violence or a sexual offence against a woman; a few people are named many
/// times.
fn fill(store: &Store, deployment: &Deployment, crimes: u64) -> Result<()> {
    let connection = store.connection();
    for contract in &deployment.contracts {
        history::ensure(connection, contract)?;
    }
    let people = (crimes / 4).max(1_000);
    store.transaction(|tx| {
        tx.execute_batch(
            "insert into ledger.batches (batch_id, source, file_name, sha256, bytes, as_at, \
                 contract_sha256, state, rows_read, rows_accepted, rows_rejected, \
                 rows_duplicate, rows_new, rows_changed, rows_unchanged, rows_superseded, \
                 rows_ended, received_at) \
             values (nextval('ledger.batch_ids'), 'crimes', 'filled', '', 0, \
                 timestamp '2026-11-01', '', 'accepted', 0, 0, 0, 0, 0, 0, 0, 0, 0, \
                 timestamp '2026-11-01')",
        )?;
        for (table, rows) in [
            ("crimes", CRIMES),
            ("parties", PARTIES),
            ("nominals", NOMINALS),
        ] {
            let rows = rows
                .replace("{crimes}", &crimes.to_string())
                .replace("{people}", &people.to_string());
            tx.execute_batch(&format!(
                "insert into history.{table} by name select *, 0::ubigint as row_hash, \
                     0 as occurrence, 1 as file_line, timestamp '2026-11-01' as as_at, \
                     1 as said_by, 1 as confirmed_by, 1 as batch_from, null as batch_to, \
                     false as is_deleted from ({rows})"
            ))
            .with_context(|| format!("history.{table}"))?;
        }
        Ok(())
    })?;
    store.checkpoint()
}

const CRIMES: &str = "
    select
        'C' || lpad(cast(i as varchar), 9, '0') as crime_ref,
        'metropolitan' as force,
        reported as recorded_at,
        reported as reported_at,
        reported - to_days(cast(h % 60 as integer)) as committed_from,
        null as committed_to,
        case
            when h % 8 > 0 then '195/94'
            else (['105/01', '105/01', '008/06', '008/06', '195/12', '008/66', '008/67',
                '017/13', '019/08', '008/77', '005/01', '003/01'])[1 + (h // 8) % 12]
        end as ho_code,
        'an offence' as offence_title,
        1 + if(h % 29 = 0, 2, 0) as offence_count,
        'Camden' as borough,
        h % 3 = 0 as domestic_abuse,
        false as honour_based,
        h % 97 = 0 as proactive,
        case when h % 50 = 0 then 'cancelled' when h % 3 = 0 then 'open' else 'closed' end
            as status,
        reported as status_at,
        case when h % 3 > 0 then 1 + h % 18 end as outcome_code,
        reported as outcome_at,
        'unit' as unit,
    from (
        select
            i,
            cast(hash(i) % 1000000007 as bigint) as h,
            timestamp '2016-11-01' + to_seconds(i * 315532800 // {crimes}) as reported,
        from range({crimes}) as crimes(i)
    )
";

const PARTIES: &str = "
    select
        'C' || lpad(cast(i as varchar), 9, '0') as crime_ref,
        'N' || lpad(cast(if(side = 0, suspect, victim) as varchar), 8, '0') as nominal_id,
        if(side = 0, 'suspect', 'victim') as role,
        null as relationship,
        'victim' as named_by,
    from (
        select
            i,
            cast(floor(power((hash(i, 0) % 1000003) / 1000003.0, 2) * {people}) as bigint)
                as suspect,
            cast(floor(power((hash(i, 1) % 1000003) / 1000003.0, 2) * {people}) as bigint)
                as victim,
        from range({crimes}) as crimes(i)
    ), (values (0), (1)) as sides(side)
    where side = 0 or suspect <> victim
";

const NOMINALS: &str = "
    select
        'N' || lpad(cast(i as varchar), 8, '0') as nominal_id,
        'Surname' as surname,
        'Forename' as forenames,
        date '1950-01-01' + cast(hash(i) % 22000 as integer) as date_of_birth,
        if(hash(i, 7) % 2 = 0, 'F', 'M') as sex,
        null as ethnicity,
        'Camden' as home_borough,
        if(hash(i, 9) % 400 = 0, date '2026-01-01', null) as deceased_on,
        if(i > 0 and hash(i, 11) % 500 = 0 and hash(i // 2, 11) % 500 <> 0,
            'N' || lpad(cast(i // 2 as varchar), 8, '0'), null) as merged_into,
        false as police_employee,
    from range({people}) as people(i)
";

fn number(name: &str, usual: u64) -> Result<u64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name} is {text:?}")),
        Err(_) => Ok(usual),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
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
