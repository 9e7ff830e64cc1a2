//! Reads the command line, starts logging, runs, and prints an error once.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = daybook::cli::Arguments::read();
    daybook::cli::logging::start(&arguments);
    daybook::cli::run(&arguments)
}
