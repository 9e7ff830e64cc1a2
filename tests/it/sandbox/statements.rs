//! Hostile statements by the hundred: every function of the linked database,
//! every name of a table of the room in every place that can name one, and
//! every way to say a file.

use std::path::Path;

use daybook::store::Store;
use daybook::store::query::select;

/// Ways to spell the room's tables.
const NAMES: [&str; 22] = [
    "conduct.conduct_cases",
    "Conduct.CONDUCT_CASES",
    "\"conduct\".\"Conduct_Cases\"",
    "daybook.conduct.conduct_cases",
    "\"DAYBOOK\".conduct.\"conduct_cases\"",
    "conduct . conduct_cases",
    "conduct/**/.conduct_cases",
    "conduct_history.conduct_cases",
    "conduct_history.training",
    "conduct.training",
    "conduct_ledger.rejected_values",
    "conduct_ledger.consultations",
    "known.conduct_cases",
    "known.training",
    "known.main.training",
    "daybook.known.conduct_cases",
    "core.harmless",
    "mart.twice_removed",
    "core.prying",
    "conduct_cases",
    "temp.conduct.conduct_cases",
    "memory.conduct.conduct_cases",
];

/// Places that can name a table, `{}` being the name. Whatever they give, some
/// row, count or statistic of the table would be in it.
const PLACES: [&str; 62] = [
    "from {}",
    "table {}",
    "select * from {}",
    "select count(*), min(recorded_at), max(recorded_at) from {}",
    "from {} limit 0",
    "select 1 from {} where false",
    "select (select max(case_ref) from {})",
    "select (select count(*) from {})",
    "select 1 where exists (from {})",
    "select 1 where 'x' not in (select case_ref from {})",
    "select 1 where 'x' <> all (select case_ref from {})",
    "select array(select case_ref from {})",
    "select 1 order by (select max(case_ref) from {})",
    "select 1 limit (select count(*) from {})",
    "select 1 offset (select count(*) from {})",
    "select count(*) having 1 < (select count(*) from {})",
    "select 1 qualify 1 < (select count(*) from {})",
    "select sum(1) over (order by (select max(case_ref) from {}))",
    "select sum(1) filter ((select count(*) from {}) > 1)",
    "select max(1 order by (select max(case_ref) from {}))",
    "select 1 group by (select max(case_ref) from {})",
    "select distinct on ((select max(case_ref) from {})) 1",
    "select list_transform([1], lambda x: (select max(case_ref) from {}))",
    "select [x for x in [1] if (select count(*) from {}) > 1]",
    "select case when (select count(*) from {}) > 1 then 1 end",
    "select {'a': (select max(case_ref) from {})}",
    "select columns(c -> (select count(*) from {}) > 0) from core.crimes",
    "values ((select max(case_ref) from {}))",
    "select 1 union all (select count(*) from {})",
    "select 'x' union all by name (select case_ref from {})",
    "select 'x' except (select case_ref from {})",
    "select 'x' intersect all (select case_ref from {})",
    "with t as (from {}) from t",
    "with t as (from {}) select 1",
    "with t as materialized (from {}) select count(*) from t",
    "with a as (with b as (from {}) from b) from a",
    "with conduct_cases as (select 1) from conduct_cases, {}",
    "with conduct as (select 1), t as (from {}) from t",
    "with recursive r as (select 'x' as k union all select case_ref from {}, r where k = 'x') from r",
    "with recursive r as (select 1 as n union all select n + 1 from r where n < (select count(*) from {})) from r",
    "from (from (from {}))",
    "from core.crimes, {}",
    "from core.crimes cross join {}",
    "from core.crimes left join {} on true",
    "from core.crimes semi join {} on true",
    "from core.crimes anti join {} on true",
    "from core.crimes, lateral (from {})",
    "from core.crimes positional join {}",
    "from core.crimes asof join {} as c on core.crimes.recorded_at >= c.recorded_at",
    "from {} as t(a) select a",
    "from {} tablesample 10%",
    "select * from {} using sample 3 rows",
    "from {} at (version => 1)",
    "summarize {}",
    "from (summarize {})",
    "describe {}",
    "summarize select case_ref from {}",
    "pivot {} on category in ('harassment') using count(*)",
    "from {} pivot (count(*) for category in ('harassment'))",
    "unpivot {} on case_ref, subject_id into name k value v",
    "from range((select count(*) from {})) as t(n) select max(n)",
    "from unnest((select list(case_ref) from {}))",
];

/// What names a table or a statement by a value, which may differ from one
/// binding to the next.
const BY_VALUE: [&str; 46] = [
    "from query('from conduct.conduct_cases')",
    "from query('from query(''from conduct.conduct_cases'')')",
    "from query(case when txid_current() < 84 then 'select 1' else 'from conduct.conduct_cases' end)",
    "from query(case when txid_current() % 2 = 0 then 'select 1' else 'from conduct.conduct_cases' end)",
    "from query(case when random() < 0.5 then 'select 1' else 'from conduct.conduct_cases' end)",
    "from query(case when now() < '2000-01-01' then 'select 1' else 'from conduct.conduct_cases' end)",
    "from query(case when uuid()::varchar < '8' then 'select 1' else 'from conduct.conduct_cases' end)",
    "from query(case when current_query() like 'explain%' then 'select 1' else 'from conduct.conduct_cases' end)",
    "from query('select ' || txid_current() || ' as t')",
    "from query(getvariable('x'))",
    "from query(current_setting('x'))",
    "from query_table('conduct.conduct_cases')",
    "from query_table(['conduct.conduct_cases', 'conduct.training'])",
    "from query_table(['core.crimes', 'conduct.conduct_cases'], true)",
    "from query_table('conduct.' || 'conduct_cases')",
    "from histogram('conduct.conduct_cases', 'recorded_at')",
    "from histogram(conduct.conduct_cases, recorded_at)",
    "from histogram_values('conduct.conduct_cases', 'recorded_at')",
    "from core.look()",
    "from daybook.core.look()",
    "select core.most()",
    "select daybook.core.most()",
    "from json_execute_serialized_sql(json_serialize_sql('from conduct.conduct_cases'))",
    "select json_serialize_plan('select count(*) from conduct.conduct_cases', optimize := true) as x",
    "select regexp_extract_all(json_serialize_plan('select count(*), min(recorded_at), max(recorded_at) from conduct.conduct_cases', optimize := true), '\"value\":([^}]*)', 1) as x",
    "select repeat(json_serialize_plan('from conduct.conduct_cases'), 1) as x",
    "from range(length(json_serialize_plan('from conduct.conduct_cases')))",
    "select 1 limit length(json_serialize_plan('from conduct.conduct_cases'))",
    "select list_transform([1], lambda x: json_serialize_plan('from conduct.conduct_cases'))",
    "select json_serialize_plan(s) as x from (values ('from conduct.conduct_cases')) as t(s)",
    "select main.json_serialize_plan('from conduct.conduct_cases') as x",
    "select system.main.json_serialize_plan('from conduct.conduct_cases') as x",
    "select \"JSON_Serialize_Plan\"('from conduct.conduct_cases') as x",
    "select 'from conduct.conduct_cases'.json_serialize_plan() as x",
    "select s.json_serialize_plan() as x from (select 'from conduct.conduct_cases' as s) as t",
    "with f(s) as (select json_serialize_plan('from conduct.conduct_cases')) from f",
    "select json_serialize_sql('from conduct.conduct_cases')",
    "from pragma_storage_info('conduct.conduct_cases')",
    "from duckdb_table_sample('conduct.conduct_cases')",
    "from pragma_table_info('conduct.conduct_cases')",
    "select nextval('conduct_ledger.consultation_ids')",
    "select currval('conduct_ledger.consultation_ids')",
    "select stats(crime_ref) from core.crimes",
    "select getvariable('x')",
    "select getenv('HOME')",
    "select current_setting('temp_directory')",
];

/// What is no SELECT, or more than one.
const NO_SELECTS: [&str; 22] = [
    "select 1; from conduct.conduct_cases",
    "select 1; drop table core.crimes",
    "attach 'daybook.duckdb' as x",
    "detach daybook",
    "use conduct",
    "copy conduct.conduct_cases to 'out.csv'",
    "copy (from conduct.conduct_cases) to 'out.csv'",
    "export database 'out'",
    "create table x as from conduct.conduct_cases",
    "create macro f() as table from conduct.conduct_cases",
    "insert into core.crimes from conduct.conduct_cases",
    "prepare p as from conduct.conduct_cases",
    "execute p",
    "call pragma_storage_info('conduct.conduct_cases')",
    "pragma storage_info('conduct.conduct_cases')",
    "explain from conduct.conduct_cases",
    "explain analyze from conduct.conduct_cases",
    "set enable_external_access = true",
    "load json",
    "checkpoint",
    "vacuum",
    "pivot conduct.conduct_cases on category using count(*)",
];

/// What says something of all tables.
const SHOWS: [&str; 6] = [
    "show tables",
    "show all tables",
    "show",
    "show databases",
    "from (show all tables)",
    "show tables from conduct",
];

/// Every hostile statement, each once.
pub fn hostile(dir: &Path) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    all.extend(PLACES.map(|place| place.replace("{}", NAMES[0])));
    for (at, name) in NAMES.iter().enumerate() {
        for place in [PLACES[0], PLACES[3 + at % 20], PLACES[25 + at % 30]] {
            all.push(place.replace("{}", name));
        }
    }
    all.extend(BY_VALUE.map(ToOwned::to_owned));
    all.extend(NO_SELECTS.map(ToOwned::to_owned));
    all.extend(SHOWS.map(ToOwned::to_owned));
    all.extend(of_functions(dir));
    all.extend(of_catalogues());
    all.extend(of_files(dir));
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|sql| seen.insert(sql.clone()));
    all
}

fn names(sql: &str) -> Vec<String> {
    let store = Store::in_memory().unwrap();
    let table = select(store.connection(), sql).unwrap();
    let cells = table.rows.iter().flatten();
    cells
        .filter_map(|cell| cell.value().map(ToOwned::to_owned))
        .collect()
}

/// Functions that give rows of their own, which harm nobody.
const HARMLESS: [&str; 7] = [
    "generate_series",
    "json_each",
    "json_tree",
    "range",
    "repeat",
    "repeat_row",
    "unnest",
];

/// Each function that is read like a table, with nothing, with a table of the
/// room, with a statement, and with a file; and each that gives a value and
/// does more than work with its values.
fn of_functions(dir: &Path) -> Vec<String> {
    let tables = names(
        "select distinct function_name from duckdb_functions() \
         where function_type in ('table', 'table_macro', 'pragma') order by 1",
    );
    assert!(tables.len() > 90, "{}", tables.len());
    let secret = dir.join("secret.csv").display().to_string();
    let arguments = [
        String::new(),
        "'conduct.conduct_cases'".to_owned(),
        "'from conduct.conduct_cases'".to_owned(),
        format!("'{secret}'"),
    ];
    let tables = tables
        .iter()
        .filter(|name| !HARMLESS.contains(&name.as_str()))
        .enumerate()
        .flat_map(|(at, name)| {
            [&arguments[at % 4], &arguments[(at + 1) % 4]]
                .map(|argument| format!("from {name}({argument})"))
        });
    let values = names(
        "select distinct function_name from duckdb_functions() \
         where function_type in ('scalar', 'macro') and (stability in \
             ('VOLATILE', 'CONSISTENT_WITHIN_QUERY') \
             or function_name similar to '.*(sql|plan|setting|catalog|privilege|viewdef|stats).*') \
             and function_name not in ('random', 'uuid', 'uuidv4', 'uuidv7', 'gen_random_uuid', \
                 'now', 'today', 'current_date', 'get_current_timestamp') order by 1",
    );
    assert!(values.len() > 20, "{}", values.len());
    let values = values
        .iter()
        .map(|name| format!("select {name}('conduct.conduct_cases') as x"));
    tables.chain(values).collect()
}

/// Each view of the database's own.
fn of_catalogues() -> Vec<String> {
    let views = names(
        "select distinct schema_name || '.' || view_name from duckdb_views() \
         where internal and database_name = 'system' order by 1",
    );
    assert!(views.len() > 30, "{}", views.len());
    let qualified = views.iter().map(|view| format!("from {view}"));
    let bare = views.iter().filter_map(|view| {
        let name = view.strip_prefix("main.")?;
        Some(format!("from {name}"))
    });
    let elsewhere = views
        .iter()
        .step_by(4)
        .flat_map(|view| ["system", "temp", "daybook"].map(|at| format!("from {at}.{view}")));
    let hidden = views.iter().step_by(5).filter_map(|view| {
        let name = view.strip_prefix("main.").unwrap_or(view);
        let (_, bare) = view.split_once('.')?;
        Some(format!(
            "select (with {bare} as (select 1) select 1) from {name}"
        ))
    });
    qualified
        .chain(bare)
        .chain(elsewhere)
        .chain(hidden)
        .collect()
}

/// Files by each form that a name may take.
fn of_files(dir: &Path) -> Vec<String> {
    let (folder, base) = (dir.display().to_string(), "daybook");
    let mut all = Vec::new();
    for (name, ending) in [
        ("secret", "csv"),
        ("secret", "json"),
        (base, "duckdb"),
        (base, "duckdb.wal"),
        ("daybook", "toml"),
    ] {
        let path = format!("{folder}/{name}");
        all.extend([
            format!("from '{path}.{ending}'"),
            format!("from \"{path}.{ending}\""),
            format!("from \"{path}\".\"{ending}\""),
            format!("from \"{folder}/\".\"{name}\".\"{ending}\""),
            format!("select (select count(*) from '{path}.{ending}')"),
            format!("with t as (from '{path}.{ending}') from t"),
            format!("with \"{path}.{ending}\" as (select 1 as a) from \"{path}.{ending}\""),
            format!(
                "select (with \"{path}.{ending}\" as (select 1) select 1) from '{path}.{ending}'"
            ),
            format!("describe '{path}.{ending}'"),
            format!("summarize '{path}.{ending}'"),
            format!("from read_text('{path}.{ending}')"),
            format!("from read_blob('{path}.{ending}')"),
        ]);
    }
    all.extend([
        format!("from '{folder}/*.csv'"),
        format!("from '{folder}/secret.csv?x=1'"),
        format!("from 'file://{folder}/secret.csv'"),
        format!("from '{folder}/secret.csv' as t(x)"),
        format!("from '{folder}/landing/accepted/conduct_cases/'"),
        format!("from glob('{folder}/*')"),
        "from 's3://bucket/secret.parquet'".to_owned(),
        "from 'https://example.invalid/secret.csv'".to_owned(),
    ]);
    all
}
