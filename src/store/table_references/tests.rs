use super::*;
use crate::store::Store;

/// A database with a view over what is behind it.
fn store() -> Store {
    let store = Store::in_memory().unwrap();
    store
        .connection()
        .execute_batch(
            "create table core.crimes (id varchar, n int); \
             create schema closed; create table closed.cases (id varchar, n int); \
             create view core.glimpse as select * from closed.cases; \
             create view core.\"Second Glimpse\" as select id from core.glimpse; \
             create view core.inventory as select * from pragma_storage_info('closed.cases');",
        )
        .unwrap();
    store
}

fn tables(sql: &str) -> Vec<String> {
    let found = reads(store().connection(), sql).unwrap();
    found.tables.iter().map(ToString::to_string).collect()
}

fn functions(sql: &str) -> Vec<String> {
    let found = reads(store().connection(), sql).unwrap();
    found.functions.into_iter().map(|f| f.name).collect()
}

#[test]
fn a_table_is_found_wherever_a_statement_may_name_it() {
    for sql in [
        "select * from core.crimes",
        "from core.crimes",
        "table core.crimes",
        "select (select count(*) from core.crimes)",
        "select 1 where exists (from core.crimes)",
        "select 1 where 1 in (select n from core.crimes)",
        "select 1 order by (select max(n) from core.crimes)",
        "select 1 limit (select max(n) from core.crimes)",
        "select 1 having 1 = (select max(n) from core.crimes)",
        "select 1 qualify 1 = (select max(n) from core.crimes)",
        "select sum(1) over (order by (select max(n) from core.crimes))",
        "select list_transform([1], lambda x: (select max(n) from core.crimes))",
        "select 1 union all select n from core.crimes",
        "(select 1) except (select n from core.crimes)",
        "values ((select max(n) from core.crimes))",
        "select * from range(1) cross join core.crimes",
        "select * from range(1) as t(n) left join core.crimes using (n)",
        "select * from range(1) as t(n) join range(2) on (from core.crimes limit 1) is null",
        "select * from range(1) as t(n), lateral (from core.crimes where n = t.n)",
        "select * from range(1) as t(n) asof join core.crimes as c on t.n >= c.n",
        "select * from range(1) positional join core.crimes",
        "from (from (from core.crimes))",
        "with a as (from core.crimes) select 1",
        "with a as materialized (from core.crimes) from a",
        "with recursive r as (select 1 as n union all select r.n from r, core.crimes) from r",
        "with a as (with b as (from core.crimes) from b) from a",
        "pivot core.crimes on n in (1, 2) using count(*)",
        "from (unpivot core.crimes on n into name k value v)",
        "from core.crimes tablesample 10%",
        "from core.crimes at (version => 1)",
        "summarize core.crimes",
        "from (describe core.crimes)",
        "from range(1) where n = any (select n from core.crimes)",
        "from CORE.Crimes",
        "from \"core\".\"CRIMES\"",
    ] {
        assert_eq!(tables(sql), ["core.crimes"], "{sql}");
    }
    assert_eq!(tables("from Daybook.core.crimes"), ["daybook.core.crimes"]);
    assert_eq!(tables("select 1"), [""; 0]);
}

#[test]
fn a_name_that_with_gives_is_no_table_where_it_holds() {
    assert_eq!(tables("with crimes as (select 1) from Crimes"), [""; 0]);
    assert_eq!(
        tables("with crimes as (select 1), b as (from crimes) from b, \"CRIMES\""),
        [""; 0]
    );
    assert_eq!(
        tables("with a as (select 1) (from a) union all (select (select 1 from a))"),
        [""; 0]
    );
    let recursive = "with recursive r as (select 1 as n union all select n from r) from r";
    assert_eq!(tables(recursive), [""; 0]);
}

#[test]
fn a_name_that_with_gives_hides_no_table() {
    assert_eq!(
        tables("with crimes as (select 1) from core.crimes, crimes"),
        ["core.crimes"]
    );
    // Its own name inside it is another's, unless it is recursive.
    assert_eq!(
        tables("with crimes as (from crimes) from crimes"),
        ["crimes"]
    );
    assert_eq!(
        tables("with b as (from c), c as (select 1) from b, c"),
        ["c"]
    );
    // A name that could be a file's is never taken for one that `with` gives.
    assert_eq!(
        tables("select (with \"x.csv\" as (select 1) select 1 from \"x.csv\") from 'x.csv'"),
        ["x.csv", "x.csv"]
    );
    assert_eq!(
        tables("(with a as (select 1) from a) union all (from a)"),
        ["a"]
    );
}

#[test]
fn a_file_is_a_table_without_a_schema_and_a_reader_is_a_function() {
    let found = reads(store().connection(), "from '/secret/File.csv'").unwrap();
    assert_eq!(found.tables[0].schema, None);
    assert_eq!(found.tables[0].name, "/secret/file.csv");
    for (sql, name) in [
        ("from read_csv('a.csv')", "read_csv"),
        ("from Read_Parquet(['a', 'b'])", "read_parquet"),
        ("from query('from core.crimes')", "query"),
        ("from query_table('core.crimes')", "query_table"),
        ("from histogram('core.crimes', 'n')", "histogram"),
        ("select (select count(*) from glob('*'))", "glob"),
        (
            "from pragma_storage_info('core.crimes')",
            "pragma_storage_info",
        ),
    ] {
        assert_eq!(functions(sql), [name], "{sql}");
        assert_eq!(tables(sql), [""; 0], "{sql}");
    }
    let both = "select unnest([1]) from range(3), unnest([2]), core.crimes";
    assert_eq!(functions(both), ["range", "unnest"]);
}

#[test]
fn what_stands_behind_a_view_is_told_at_the_views_place() {
    assert_eq!(
        tables("from core.glimpse"),
        ["core.glimpse", "closed.cases"]
    );
    assert_eq!(
        tables("select 1 from range(1), core.\"second glimpse\""),
        ["core.second glimpse", "closed.cases"]
    );
    assert_eq!(functions("from core.inventory"), ["pragma_storage_info"]);
    let found = reads(store().connection(), "select 1 from core.glimpse").unwrap();
    assert_eq!(
        found.tables.iter().map(|t| t.at).collect::<Vec<_>>(),
        [14; 2]
    );
}

#[test]
fn a_place_counts_bytes() {
    let sql = "-- Grösse – Maß\nselect 1\nfrom core.crimes";
    let found = reads(store().connection(), sql).unwrap();
    assert_eq!(&sql[found.tables[0].at..], "core.crimes");
}

#[test]
fn what_is_no_single_select_is_refused() {
    for sql in ["drop table core.crimes", "select 1; select 2", "selec", ""] {
        assert!(reads(store().connection(), sql).is_err(), "{sql}");
    }
}
