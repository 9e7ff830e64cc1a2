//! The harm index and the basket: imported, compared, held against data.

mod basket;
mod book;
mod bridge;
mod figures;
mod importing;
mod refused;

use std::path::PathBuf;
use std::process::Output;

use daybook::harm::accounts::Role;

use crate::support::{STEWARD, Site};

/// A site with an account that may import.
fn stewarded() -> Site {
    let site = Site::new();
    site.grant(STEWARD, Role::DataSteward);
    site
}

/// Writes a file beside the deployment; gives its path.
fn lay(site: &Site, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = site.dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

fn edition(site: &Site, name: &str) -> Option<String> {
    std::fs::read_to_string(site.dir.join(format!("jobs/harm-list/index/{name}.csv"))).ok()
}

fn imports(site: &Site) -> String {
    site.one("select count(*) from ledger.index_imports")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(site: &mut Site, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&site.told(arguments)).unwrap()
}
