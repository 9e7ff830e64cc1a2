//! Words that stand on a table or a column itself, where whoever opens the
//! database finds them: `duckdb_tables()`, `duckdb_columns()`.

use super::quoted;

/// SQL that says what the rows of a table are.
pub fn on_table(table: &str, words: &str) -> String {
    format!("comment on table {table} is '{}';\n", quoted(words))
}

/// SQL that says what a column holds.
pub fn on_column(table: &str, column: &str, words: &str) -> String {
    let column = column.replace('"', "\"\"");
    format!(
        "comment on column {table}.\"{column}\" is '{}';\n",
        quoted(words)
    )
}
