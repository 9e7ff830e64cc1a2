//! Every key of every settings file, from the JSON Schema of its type.

use schemars::Schema;
use serde_json::{Map, Value};

use super::{head, row};

const OPENING: &str = "\
# Configuration

Every key of every file that a deployment is set up with. This page is made from
the types that parse the files; `daybook check` tells what is wrong with one, with
line and column. A key that is not here is an error. Keys without a default may be
left out unless it says *required*.
";

/// A file: its path, what it is for, its schema.
pub type File = (&'static str, &'static str, Schema);

pub fn text(files: &[File]) -> String {
    let mut text = OPENING.to_owned();
    for (path, about, schema) in files {
        text += &format!("\n## `{path}`\n\n{about}\n\n");
        let root = schema.as_object().unwrap();
        let none = Map::new();
        let types = root.get("$defs").and_then(Value::as_object);
        let page = Page {
            types: types.unwrap_or(&none),
        };
        text += &page.section(&Value::Object(root.clone()), "");
    }
    text
}

struct Page<'a> {
    types: &'a Map<String, Value>,
}

impl Page<'_> {
    /// The keys of a section in a table, then the sections within it.
    fn section(&self, schema: &Value, path: &str) -> String {
        let mut keys = String::new();
        let mut within = String::new();
        for (name, property) in by_need(schema) {
            let is_required = requires(schema, name);
            let full = [path, name.as_str()].join(if path.is_empty() { "" } else { "." });
            match self.section_of(property) {
                Some((inner, is_many)) => {
                    let brackets = if is_many { ("[[", "]]") } else { ("[", "]") };
                    let about = self.meaning(property, &full);
                    let need = if is_required { " Required." } else { "" };
                    within += &format!(
                        "\n### `{}{full}{}`\n\n{about}{need}\n\n",
                        brackets.0, brackets.1
                    );
                    within += &self.section(&inner, &full);
                }
                None => keys += &self.key(name, property, is_required, &full),
            }
        }
        if !keys.is_empty() {
            keys.insert_str(0, &head(&["key", "type", "default", "meaning"]));
        }
        keys + &within
    }

    fn key(&self, name: &str, property: &Value, is_required: bool, full: &str) -> String {
        let default = match (property.get("default"), is_required) {
            (_, true) => "*required*".to_owned(),
            (Some(Value::Null) | None, _) => String::new(),
            (Some(value), _) => format!("`{}`", shown(value)),
        };
        row(&[
            format!("`{name}`"),
            self.kind(property),
            default,
            self.meaning(property, full),
        ])
    }

    /// The schema of the section that a key opens, and whether there may be many.
    fn section_of(&self, property: &Value) -> Option<(Value, bool)> {
        let one = self.resolved(property);
        if one.get("properties").is_some() {
            return Some((one, false));
        }
        let item = self.resolved(one.get("items")?);
        item.get("properties").is_some().then_some((item, true))
    }

    /// What a schema refers to, where it may be left out.
    fn resolved(&self, schema: &Value) -> Value {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            return self.types[name.trim_start_matches("#/$defs/")].clone();
        }
        let some = schema.get("anyOf").and_then(Value::as_array);
        match some.into_iter().flatten().find(|one| !is_null(one)) {
            Some(one) => self.resolved(one),
            None => schema.clone(),
        }
    }

    /// What is said of a key: at the key, else at its type, with its words.
    fn meaning(&self, property: &Value, full: &str) -> String {
        let of_type = self.resolved(property);
        let item = of_type.get("items").map(|item| self.resolved(item));
        let places = [Some(property), Some(&of_type), item.as_ref()];
        let about = places
            .into_iter()
            .flatten()
            .find_map(|place| place.get("description")?.as_str())
            .unwrap_or_else(|| panic!("{full} has no doc comment"));
        let explained: Vec<String> = words(item.as_ref().unwrap_or(&of_type))
            .into_iter()
            .filter(|(word, _)| !about.contains(&format!("`{word}`")))
            .filter_map(|(word, about)| Some(format!("`{word}`: {}", about?)))
            .collect();
        [about.to_owned(), explained.join(" ")]
            .join(" ")
            .trim()
            .to_owned()
    }

    fn kind(&self, property: &Value) -> String {
        let schema = self.resolved(property);
        let all: Vec<String> = words(&schema)
            .into_iter()
            .map(|(word, _)| format!("`\"{word}\"`"))
            .collect();
        if !all.is_empty() {
            return all.join(" or ");
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null"),
            kind => Some(kind),
        };
        match kinds.and_then(Value::as_str).unwrap_or_default() {
            "string" => "text".to_owned(),
            "integer" => "whole number".to_owned(),
            "number" => "number".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "array" if schema.get("maxItems").is_some() => {
                format!(
                    "list of {}: {}",
                    schema["maxItems"],
                    self.kind(&schema["items"])
                )
            }
            "array" => format!("list: {}", self.kind(&schema["items"])),
            "object" => format!("table: {}", self.kind(&schema["additionalProperties"])),
            other => panic!("a type that the reference has no word for: {other} in {schema}"),
        }
    }
}

/// The properties of a schema: those that are required first, each by name.
fn by_need(schema: &Value) -> Vec<(&String, &Value)> {
    let properties = schema["properties"].as_object().unwrap();
    let (first, second): (Vec<_>, Vec<_>) = properties
        .iter()
        .partition(|(name, _)| requires(schema, name));
    [first, second].concat()
}

fn requires(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one == name))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

/// The words of an enumeration, each with what is said of it.
fn words(schema: &Value) -> Vec<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let listed = |schema: &Value| -> Vec<(String, Option<String>)> {
        let values = schema.get("enum").and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(text);
        values.map(|word| (word, None)).collect()
    };
    let mut all = listed(schema);
    let variants = schema.get("oneOf").and_then(Value::as_array);
    for variant in variants.into_iter().flatten() {
        match variant.get("const").and_then(text) {
            Some(word) => all.push((word, variant.get("description").and_then(text))),
            None => all.extend(listed(variant)),
        }
    }
    all
}

/// A default as it would stand in the file.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Array(values) => {
            let all: Vec<String> = values.iter().map(shown).collect();
            format!("[{}]", all.join(", "))
        }
        Value::String(text) => {
            format!("'{text}'").replace('\'', if text.contains('"') { "'" } else { "\"" })
        }
        other => other.to_string(),
    }
}
