//! Cargo, as it is called for a build against the prebuilt DuckDB or from source.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::duckdb::Prebuilt;

/// Why a task did not end well.
pub(crate) enum Fault {
    Told(String),
    /// A command ended with this, and has said why.
    Ended(u8),
}

/// A cargo command of the project, run where the caller stands.
pub(crate) fn cargo(command: &str, prebuilt: Option<&Prebuilt>) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command);
    cargo.arg("--manifest-path").arg(root().join("Cargo.toml"));
    cargo.arg("--locked");
    if let Some(Prebuilt { folder }) = prebuilt {
        let mut flags = std::env::var_os("RUSTFLAGS").unwrap_or_default();
        flags.push(" -C link-arg=-Wl,-rpath,");
        flags.push(folder);
        cargo
            .arg("--no-default-features")
            .env("DUCKDB_LIB_DIR", folder)
            .env("RUSTFLAGS", flags)
            .env("CARGO_TARGET_DIR", target().join("prebuilt"));
    }
    cargo
}

/// What a command prints; where it fails, why.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} failed: {}", told.trim()))
}

/// Runs a command to its end.
pub(crate) fn succeed(command: &mut Command) -> Result<(), Fault> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Fault::Ended(
            status
                .code()
                .and_then(|code| code.try_into().ok())
                .unwrap_or(1),
        )),
        Err(error) => {
            let program = command.get_program().display();
            Err(Fault::Told(format!("cannot run {program}: {error}")))
        }
    }
}

/// The project's own folder among what is kept for a user and can be made again.
pub(crate) fn cache() -> Option<PathBuf> {
    let own = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = own("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| own("HOME").map(|home| Path::new(&home).join(".cache")))?;
    Some(cache.join("daybook"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Where cargo builds; the prebuilt builds keep apart from it.
fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => root().join("target"),
    }
}

pub(crate) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(crate) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
