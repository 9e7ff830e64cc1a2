//! Parses the command line, starts logging, runs, and prints an error once.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = daybook::cli::Arguments::parse();
    daybook::cli::logging::start(&arguments);
    daybook::cli::run(&arguments)
}
