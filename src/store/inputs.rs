//! The texts that a list or a measure's figures are made from, kept with them
//! word for word, so that they can be made again when the files have long
//! changed.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use duckdb::{Connection, params};

use super::schema::hex_sha256;
use super::{bind, chain};

/// What a text decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// An edition of a harm index; the first one ranks.
    Edition,
    /// Retired codes.
    Aliases,
    /// Which codes are violence against women and girls.
    Basket,
    /// A table of the warehouse.
    Model,
    /// A statement of the list.
    List,
    /// The statement of a measure.
    Measure,
}

/// What the texts belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A harm list, by its number.
    List(i64),
    /// A set of figures, by its number.
    Figures(i64),
}

impl Owner {
    /// Its table of the ledger, and the column and value of its key.
    fn place(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::List(list_id) => ("list_inputs", "list_id", list_id),
            Self::Figures(set_id) => ("measure_inputs", "set_id", set_id),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(list_id) => write!(f, "list {list_id}"),
            Self::Figures(set_id) => write!(f, "figures {set_id}"),
        }
    }
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Edition => "edition",
            Self::Aliases => "aliases",
            Self::Basket => "basket",
            Self::Model => "model",
            Self::List => "list",
            Self::Measure => "measure",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(match text {
            "edition" => Self::Edition,
            "aliases" => Self::Aliases,
            "basket" => Self::Basket,
            "model" => Self::Model,
            "list" => Self::List,
            "measure" => Self::Measure,
            other => bail!("an input has the unknown role {other:?}"),
        })
    }
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub role: Role,
    /// Path from the deployment folder.
    pub file: String,
    pub text: String,
}

/// The SHA-256 over some texts in their order.
pub fn sha256<'a>(inputs: impl Iterator<Item = &'a Input>) -> String {
    let hashes: Vec<String> = inputs
        .map(|input| hex_sha256(input.text.as_bytes()))
        .collect();
    hex_sha256(hashes.join("\n").as_bytes())
}

/// Keeps some texts, each distinct one once for all.
pub fn keep(connection: &Connection, owner: Owner, inputs: &[Input]) -> Result<()> {
    let (table, _, number) = owner.place();
    let hashes: Vec<String> = inputs
        .iter()
        .map(|input| hex_sha256(input.text.as_bytes()))
        .collect();
    let held: Vec<String> = bind::query(
        connection,
        "select sha256 from ledger.texts where sha256 in (select unnest(string_split($hashes, ' ')))",
        &[("hashes", &hashes.join(" "))],
        |row| row.get(0),
    )?;
    let new: Vec<&str> = inputs
        .iter()
        .zip(&hashes)
        .filter(|(_, sha256)| !held.contains(sha256))
        .map(|(input, _)| input.text.as_str())
        .collect();
    keep_texts(connection, &new)?;
    let mut appender = connection.appender_to_db(table, "ledger")?;
    for (place, (input, sha256)) in inputs.iter().zip(&hashes).enumerate() {
        appender.append_row(params![
            number,
            input.role.as_str(),
            input.file,
            i32::try_from(place)?,
            sha256
        ])?;
    }
    appender.flush()?;
    chain::seal(connection, &format!("ledger.{table}"), &[number])
}

/// Keeps a text once for all; returns its hash.
pub fn keep_text(connection: &Connection, text: &str) -> Result<String> {
    keep_texts(connection, &[text])?;
    Ok(hex_sha256(text.as_bytes()))
}

fn keep_texts(connection: &Connection, texts: &[&str]) -> Result<()> {
    let mut hashes = Vec::with_capacity(texts.len());
    for text in texts {
        let sha256 = hex_sha256(text.as_bytes());
        connection.execute(
            "insert into ledger.texts values (?, ?) on conflict do nothing",
            params![sha256, text],
        )?;
        hashes.push(sha256);
    }
    chain::seal(connection, "ledger.texts", &hashes)
}

/// The texts that something was made from, in their order.
pub fn kept(connection: &Connection, owner: Owner) -> Result<Vec<Input>> {
    let (table, key, number) = owner.place();
    let rows: Vec<(String, String, Option<String>, String)> = bind::query(
        connection,
        &format!(
            "select inputs.role, inputs.file, texts.text, inputs.sha256 \
             from ledger.{table} as inputs \
             left join ledger.texts as texts on texts.sha256 = inputs.sha256 \
             where inputs.{key} = $number order by inputs.place"
        ),
        &[("number", &number)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    rows.into_iter()
        .map(|(role, file, text, sha256)| {
            let text =
                text.with_context(|| format!("the text of {file} kept with {owner} is gone"))?;
            ensure!(
                hex_sha256(text.as_bytes()) == sha256,
                "the text of {file} kept with {owner} was altered: its hash is not {sha256}"
            );
            Ok(Input {
                role: Role::parse(&role)?,
                file,
                text,
            })
        })
        .collect()
}
