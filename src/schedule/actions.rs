//! What each action does, as plain functions that can be run and tested alone.

use std::path::Path;

use anyhow::{Result, bail, ensure};
use chrono::Days;

use super::context::Context;
use super::definition::{Action, ReportKind};
use super::ledger::Slot;
use super::{restricted, sql_catalogue};
use crate::audit::heads;
use crate::audit::verify::{self, Outside};
use crate::config::problem::Source;
use crate::harm::index::{self, Reference};
use crate::harm::ranking::{self, Inputs, Made};
use crate::harm::settings::ListSettings;
use crate::harm::sql::ListSql;
use crate::ingest::history::ledger;
use crate::measures::definition::Definition;
use crate::measures::evaluate::{self, Basis, Evaluated};
use crate::measures::settings::MeasureSettings;
use crate::model::as_of::AsOf;
use crate::store::failure;
use crate::store::inputs::{Input, Role};
use crate::store::schema::hex_sha256;
use crate::warehouse::build_status::{self, Standing};
use crate::warehouse::models::{Model, tables_read};
use crate::warehouse::{self, Plan, Rebuilt};

/// Rebuilds the warehouse unless it already stands on the newest batch and the
/// same models and reference tables, or has been tried with exactly these and
/// was blocked by a check.
pub fn refresh_warehouse(context: &Context<'_>) -> Result<Rebuilt> {
    let deployment = context.deployment;
    let reference = reference(context)?;
    let known_at = ledger::latest(context.store.connection())?;
    let recipe = recipe(context, &reference);
    if build_status::is_settled(context.store.connection(), known_at, &recipe)? {
        return Ok(Rebuilt::default());
    }
    context.ensure_histories()?;
    let sources = restricted::outside(&deployment.models)
        .map(|model| Source::new(model.file.as_str(), model.sql.as_str()));
    restricted::check(context.store.connection(), sources)?;
    let plan = Plan {
        models: &deployment.models,
        checks: &deployment.checks,
        known_at,
        recipe: &recipe,
        attempted_at: context.clock.now(),
    };
    let rebuilt = warehouse::rebuild(context.store, plan, |tx| index::write(tx, &reference))?;
    context.store.checkpoint()?;
    Ok(rebuilt)
}

/// Hashes of the SQL and of the reference tables that decide the warehouse.
fn recipe(context: &Context<'_>, reference: &Reference) -> String {
    let models = context.deployment.models.iter().map(|m| m.sql.as_str());
    let checks = context.deployment.checks.iter().map(|c| c.sql.as_str());
    let sql: Vec<&str> = models.chain(checks).collect();
    format!(
        "{} {}",
        hex_sha256(sql.join("\n").as_bytes()),
        reference_sha256(reference)
    )
}

fn reference_sha256(reference: &Reference) -> String {
    hex_sha256(
        format!(
            "{}\n{}",
            reference.index_sha256(),
            reference.basket_sha256()
        )
        .as_bytes(),
    )
}

/// A list may be made this many days before its date; a mistyped year may not
/// make a newest list that nothing follows.
const DAYS_AHEAD: u64 = 31;

/// Makes the harm list of a date.
pub fn harm_list(context: &Context<'_>, as_of: AsOf, settings: &ListSettings) -> Result<Made> {
    let today = context.clock.today(context.deployment.config.tz());
    ensure!(
        as_of.0 <= today + Days::new(DAYS_AHEAD),
        "{as_of} is more than {DAYS_AHEAD} days ahead: its list would stand as the newest without its reports"
    );
    let standing = standing_warehouse(context)?;
    let reference = context.deployment.reference(settings)?;
    ensure!(
        !standing.is_stale() || standing.recipe == recipe(context, &reference),
        "the warehouse stands on an earlier edition, basket or model until its checks hold; \
         a list by the new one would be wrong"
    );
    let sql = ListSql::load(&context.deployment.dir)?;
    let sources = sql
        .inputs
        .iter()
        .map(|input| Source::new(input.file.as_str(), input.text.as_str()));
    restricted::check(context.store.connection(), sources)?;
    let models = list_models(&context.deployment.models, &sql);
    let inputs = Inputs {
        as_of,
        known_at: standing.known_at,
        settings,
        reference: &reference,
        sql: &sql,
        models: &models,
    };
    ranking::make(context.store, inputs, context.clock.now().naive_utc())
}

/// The models that the statements of the list read.
pub fn list_models(models: &[Model], sql: &ListSql) -> Vec<Input> {
    models_behind(models, sql.inputs.iter().map(|input| input.text.as_str()))
}

/// The models that some statements read, directly or through others, in the
/// order in which they are made.
fn models_behind<'a>(models: &[Model], statements: impl Iterator<Item = &'a str>) -> Vec<Input> {
    let mut wanted: Vec<String> = statements.flat_map(tables_read).collect();
    let mut kept: Vec<&Model> = Vec::new();
    for model in models.iter().rev() {
        if wanted.contains(&model.table()) {
            wanted.extend(tables_read(&model.sql));
            kept.push(model);
        }
    }
    kept.iter()
        .rev()
        .map(|model| Input {
            role: Role::Model,
            file: model.file.clone(),
            text: model.sql.clone(),
        })
        .collect()
}

/// Evaluates every measure; a failing one, and one whose definition does not
/// hold, is part of the result.
pub fn measures(
    context: &Context<'_>,
    as_of: AsOf,
    settings: MeasureSettings,
) -> Result<Vec<Evaluated>> {
    let known_at = standing_warehouse(context)?.known_at;
    let loaded = &context.deployment.measures;
    let reference = reference(context)?;
    let nightly = context.deployment.nightly();
    let total = loaded.definitions.len() as u64;
    let mut results = Vec::with_capacity(loaded.definitions.len());
    for (done, definition) in loaded.definitions.iter().enumerate() {
        context.stop.check()?;
        (context.progress)(&definition.name, done as u64, total);
        let inputs = measure_inputs(&context.deployment.models, &reference, definition);
        let basis = Basis {
            as_of,
            known_at,
            settings,
            inputs: &inputs,
            nightly: &nightly,
            made_at: context.clock.now().naive_utc(),
        };
        results.push(evaluate::evaluate(context.store, definition, basis)?);
    }
    results.extend(loaded.broken.iter().map(|broken| Evaluated {
        measure_id: broken.name.clone(),
        cells: 0,
        unavailable: Some(format!("its definition does not hold: {}", broken.problems)),
        is_new: false,
    }));
    Ok(results)
}

/// What decides a measure's figures beside the data: its statement, the models
/// behind it and, where these read them, the reference tables.
pub fn measure_inputs(
    models: &[Model],
    reference: &Reference,
    definition: &Definition,
) -> Vec<Input> {
    let behind = models_behind(models, std::iter::once(definition.sql.as_str()));
    let statement = Input {
        role: Role::Measure,
        file: definition.file.clone(),
        text: definition.sql.clone(),
    };
    let reads_reference = behind.iter().chain([&statement]).any(|input| {
        let tables = tables_read(&input.text);
        index::TABLES
            .iter()
            .any(|table| tables.iter().any(|read| read == table))
    });
    let references = reference.inputs.iter().filter(|_| reads_reference);
    references
        .chain(&behind)
        .chain([&statement])
        .cloned()
        .collect()
}

/// The settings of the deployment's list job, for whoever needs its edition.
pub fn list_settings(context: &Context<'_>) -> ListSettings {
    context
        .deployment
        .jobs
        .values()
        .find_map(|job| match &job.action {
            Action::HarmList(settings) => Some(settings.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

/// Names of mail lists as addresses, each once in whatever case.
pub fn addresses(context: &Context<'_>, lists: &[String]) -> Vec<String> {
    let mut found: Vec<String> = lists
        .iter()
        .filter_map(|name| context.deployment.config.recipients.get(name))
        .flatten()
        .map(|address| address.as_ref().clone())
        .collect();
    found.sort_by_key(|address| (address.to_lowercase(), address.clone()));
    found.dedup_by_key(|address| address.to_lowercase());
    found
}

/// Renders, keeps and mails a report.
pub fn report(
    context: &Context<'_>,
    slot: &Slot,
    kind: ReportKind,
    to: &[String],
) -> Result<super::publish::Published> {
    // A report never speaks of tables that are older than what has arrived,
    // unless a check keeps them there; then it says so.
    let standing = match kind {
        ReportKind::OperationsReport => {
            verify_record(context, slot.as_of);
            any_standing(context)?
        }
        _ => standing_warehouse(context)?,
    };
    let sources: Vec<Source> = sql_catalogue::of_report(kind)
        .iter()
        .map(|statement| Source::read(&context.deployment.dir, Path::new(statement.file)))
        .collect::<Result<_, _>>()?;
    restricted::check(context.store.connection(), sources.into_iter())?;
    super::publish::publish(context, &standing, slot, kind, &addresses(context, to))
}

/// Verifies the record once for a morning. The report of operations tells how
/// it stands, and goes out whatever comes of it.
fn verify_record(context: &Context<'_>, as_of: AsOf) {
    match verified(context, as_of) {
        Ok(altered) if altered.is_empty() => {}
        Ok(altered) => tracing::error!(
            "the record was altered, in {}; `daybook audit verify` tells what",
            altered.join(", ")
        ),
        Err(error) => tracing::error!(
            "the record could not be verified: {}",
            failure::told(&error)
        ),
    }
}

/// Ledgers in which something was found; none when the morning had its
/// verification before.
fn verified(context: &Context<'_>, as_of: AsOf) -> Result<Vec<String>> {
    let store = context.store;
    if verify::standing(store.connection(), as_of.0)?.is_some() {
        return Ok(Vec::new());
    }
    let outside = Outside {
        log: Some(heads::path(&context.deployment.config.store.path)),
        anchors: Vec::new(),
    };
    let verified = verify::verify(store.connection(), &outside)?;
    let now = context.clock.now().naive_utc();
    verify::record(store, &outside, &verified, Some(as_of.0), now)?;
    Ok(verified.altered())
}

fn reference(context: &Context<'_>) -> Result<Reference> {
    context.deployment.reference(&list_settings(context))
}

/// What the warehouse stands on, before the first build nothing: a night on
/// which nothing came is one that operations must hear of.
fn any_standing(context: &Context<'_>) -> Result<Standing> {
    refresh_warehouse(context)?;
    let standing = build_status::standing(context.store.connection())?;
    Ok(standing.unwrap_or_default())
}

fn standing_warehouse(context: &Context<'_>) -> Result<Standing> {
    refresh_warehouse(context)?;
    let connection = context.store.connection();
    match build_status::standing(connection)? {
        Some(standing) if standing.known_at > 0 => Ok(standing),
        Some(_) => bail!("nothing has been accepted yet; run `daybook run nightly-ingest` first"),
        None => match build_status::blocked(connection)? {
            Some(blocked) => bail!("there is no warehouse yet, because a check failed: {blocked}"),
            None => bail!("there is no warehouse yet"),
        },
    }
}
