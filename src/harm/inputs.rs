//! The texts that a list is made from, kept with it word for word, so that it
//! can be made again when the files have long changed.

use anyhow::{Context, Result, bail, ensure};
use duckdb::{Connection, params};

use crate::store::bind;
use crate::store::schema::hex_sha256;

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
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Edition => "edition",
            Self::Aliases => "aliases",
            Self::Basket => "basket",
            Self::Model => "model",
            Self::List => "list",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(match text {
            "edition" => Self::Edition,
            "aliases" => Self::Aliases,
            "basket" => Self::Basket,
            "model" => Self::Model,
            "list" => Self::List,
            other => bail!("a list's input has the unknown role {other:?}"),
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

/// Keeps the texts of a list, each distinct one once for all lists.
pub fn keep(connection: &Connection, list_id: i64, inputs: &[Input]) -> Result<()> {
    for (place, input) in inputs.iter().enumerate() {
        let sha256 = hex_sha256(input.text.as_bytes());
        connection.execute(
            "insert into ledger.texts values (?, ?) on conflict do nothing",
            params![sha256, input.text],
        )?;
        connection.execute(
            "insert into ledger.list_inputs values (?, ?, ?, ?, ?)",
            params![
                list_id,
                input.role.as_str(),
                input.file,
                i32::try_from(place)?,
                sha256
            ],
        )?;
    }
    Ok(())
}

/// The texts that a list was made from, in their order.
pub fn kept(connection: &Connection, list_id: i64) -> Result<Vec<Input>> {
    let rows: Vec<(String, String, Option<String>, String)> = bind::query(
        connection,
        "select inputs.role, inputs.file, texts.text, inputs.sha256 \
         from ledger.list_inputs as inputs \
         left join ledger.texts as texts on texts.sha256 = inputs.sha256 \
         where inputs.list_id = $list_id order by inputs.place",
        &[("list_id", &list_id)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    rows.into_iter()
        .map(|(role, file, text, sha256)| {
            let text = text
                .with_context(|| format!("the text of {file} kept with list {list_id} is gone"))?;
            ensure!(
                hex_sha256(text.as_bytes()) == sha256,
                "the text of {file} kept with list {list_id} was altered: its hash is not {sha256}"
            );
            Ok(Input {
                role: Role::parse(&role)?,
                file,
                text,
            })
        })
        .collect()
}
