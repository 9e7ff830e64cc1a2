//! Reads model files and orders them by what their SQL reads.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::config::problem::{Problem, Problems, Source};

/// One table of the warehouse: `models/<layer>/<name>.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub layer: String,
    pub name: String,
    /// Path from the deployment folder.
    pub file: String,
    pub sql: String,
}

impl Model {
    /// The table's full name.
    pub fn table(&self) -> String {
        format!("{}.{}", self.layer, self.name)
    }

    /// What the head comment of its SQL says of it, on one line.
    pub fn about(&self) -> String {
        let lines = self.sql.lines().map_while(|line| line.strip_prefix("--"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }
}

/// Reads the models of some layers and orders them so that each comes after
/// what it reads. A circle, or a model that reads a layer to its right, is a
/// problem.
pub fn load(dir: &Path, folder: &str, layers: &[&str]) -> Result<Vec<Model>, Problems> {
    let mut found = Vec::new();
    for layer in layers {
        found.extend(read_folder(dir, &format!("{folder}/{layer}"), layer)?);
    }
    order(found, layers)
}

/// Reads one folder of `.sql` files, in order of name.
pub fn read_folder(dir: &Path, folder: &str, layer: &str) -> Result<Vec<Model>, Problems> {
    let entries = std::fs::read_dir(dir.join(folder))
        .map_err(|error| Problem::whole(folder, format!("cannot be read: {error}")))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".sql").map(ToOwned::to_owned))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let file = format!("{folder}/{name}.sql");
            let sql = Source::read(dir, Path::new(&file))?.text;
            Ok(Model {
                layer: layer.to_owned(),
                name,
                file,
                sql,
            })
        })
        .collect()
}

/// Tables of the warehouse that a statement mentions, comments left out.
pub fn tables_read(sql: &str) -> Vec<String> {
    static TABLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:staging|core|conduct|mart)\.[a-z][a-z0-9_]*")
            .expect("the pattern is fixed")
    });
    let code: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or(""))
        .collect();
    let mut tables: Vec<String> = TABLE
        .find_iter(&code.join("\n"))
        .map(|found| found.as_str().to_owned())
        .collect();
    tables.sort();
    tables.dedup();
    tables
}

fn order(mut waiting: Vec<Model>, layers: &[&str]) -> Result<Vec<Model>, Problems> {
    let mut ordered: Vec<Model> = Vec::with_capacity(waiting.len());
    for model in &waiting {
        let position = layers.iter().position(|layer| *layer == model.layer);
        for read in tables_read(&model.sql) {
            let reads = layers
                .iter()
                .position(|layer| read.starts_with(&format!("{layer}.")));
            if reads > position {
                let source = Source::new(model.file.as_str(), model.sql.as_str());
                let message = format!("reads {read}, a layer to the right of its own");
                return Err(source.problem_containing(&read, message).into());
            }
        }
    }
    while !waiting.is_empty() {
        let pending: Vec<String> = waiting.iter().map(Model::table).collect();
        let is_ready = |model: &Model| {
            tables_read(&model.sql)
                .iter()
                .all(|read| *read == model.table() || !pending.contains(read))
        };
        let Some(next) = waiting.iter().position(is_ready) else {
            return Err(Problem::whole(
                waiting[0].file.clone(),
                format!(
                    "these models read each other in a circle: {}",
                    pending.join(", ")
                ),
            )
            .into());
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(layer: &str, name: &str, sql: &str) -> Model {
        Model {
            layer: layer.to_owned(),
            name: name.to_owned(),
            file: format!("{layer}/{name}.sql"),
            sql: sql.to_owned(),
        }
    }

    fn names(models: &[Model]) -> Vec<String> {
        models.iter().map(Model::table).collect()
    }

    #[test]
    fn a_model_comes_after_what_it_reads() {
        let models = vec![
            model("staging", "b", "select 1"),
            model(
                "core",
                "a",
                "select * from core.z, staging.b -- core.nothing",
            ),
            model("core", "z", "select * from staging.b"),
        ];
        let ordered = order(models, &["staging", "core"]).unwrap();
        assert_eq!(names(&ordered), ["staging.b", "core.z", "core.a"]);
    }

    #[test]
    fn what_a_model_says_of_itself_is_its_head_comment() {
        let sql = "-- Grain: one row\n-- per crime.\nselect 1 -- not this";
        assert_eq!(model("core", "a", sql).about(), "Grain: one row per crime.");
        assert_eq!(model("core", "a", "select 1").about(), "");
    }

    #[test]
    fn a_circle_and_a_look_to_the_right_are_told() {
        let circle = vec![
            model("core", "a", "select * from core.b"),
            model("core", "b", "select * from core.a"),
        ];
        assert!(
            order(circle, &["core"])
                .unwrap_err()
                .to_string()
                .contains("circle")
        );
        let right = vec![model("staging", "a", "select * from core.b")];
        assert!(
            order(right, &["staging", "core"])
                .unwrap_err()
                .to_string()
                .contains("right")
        );
    }
}
