//! `cargo xtask demo` and `cargo xtask test`: daybook's demo and its tests with
//! a DuckDB that somebody else compiled, in minutes where compiling it takes half
//! an hour. Where none can be had, the same from source.

mod duckdb;
mod tools;

use std::ffi::OsString;
use std::process::ExitCode;

use duckdb::Prebuilt;
use tools::Fault;

const USAGE: &str = "\
Usage: cargo xtask demo [ARGUMENT...]   synthetic London, into ./daybook-demo or a folder
       cargo xtask test [ARGUMENT...]   the tests
       cargo xtask clippy [ARGUMENT...] the lints
       cargo xtask duckdb               where the prebuilt DuckDB lies

The prebuilt DuckDB is the one in DUCKDB_LIB_DIR, else that of an npm package,
which is held to its hash and kept in the user's cache.";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let task = arguments.next().unwrap_or_default();
    match run(&task.to_string_lossy(), &arguments.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fault::Ended(code)) => ExitCode::from(code),
        Err(Fault::Told(told)) => {
            tools::tell(&told);
            ExitCode::FAILURE
        }
    }
}

fn run(task: &str, arguments: &[OsString]) -> Result<(), Fault> {
    match task {
        "demo" => {
            let mut cargo = tools::cargo("run", find()?.as_ref());
            cargo.args(["--package", "daybook", "--", "demo"]);
            tools::succeed(cargo.args(arguments))
        }
        // One process for all tests of a binary: many share a London, which a
        // runner of each test by itself would make again for each.
        "test" => {
            let mut cargo = tools::cargo("test", find()?.as_ref());
            tools::succeed(cargo.arg("--workspace").args(arguments))
        }
        "clippy" => {
            let mut cargo = tools::cargo("clippy", find()?.as_ref());
            tools::succeed(cargo.args(["--workspace", "--all-targets"]).args(arguments))
        }
        "duckdb" => {
            let found = find()?.ok_or(Fault::Ended(1))?;
            tools::print(&found.folder.display().to_string());
            Ok(())
        }
        _ => Err(Fault::Told(USAGE.to_owned())),
    }
}

/// The prebuilt DuckDB; none where it has to be compiled, which is told.
fn find() -> Result<Option<Prebuilt>, Fault> {
    match duckdb::find()? {
        Ok(prebuilt) => {
            let (version, folder) = (duckdb::VERSION, prebuilt.folder.display());
            tools::tell(&format!("DuckDB {version}, prebuilt, in {folder}"));
            Ok(Some(prebuilt))
        }
        Err(why) => {
            tools::tell(&format!(
                "No prebuilt DuckDB: {why}.\n\
                 DuckDB is compiled from source now, which takes about half an hour on two cores, once."
            ));
            Ok(None)
        }
    }
}
