//! Every command with its arguments and options, from the parser itself.

use clap::{Arg, Command, CommandFactory};
use daybook::cli::Arguments;

use super::{head, row};

const OPENING: &str = "\
# Commands

Every command and option. This page is made from the program's own parser; `--help`
after a command shows the same. Exit codes: 0 done, 1 failed, 2 bad usage or bad
configuration. One process owns the database file: while `daybook serve` runs, other
commands that need it say so and end.
";

pub fn text() -> String {
    let mut root = Arguments::command();
    // Completes usage lines and what subcommands take over.
    root.build();
    let mut text = OPENING.to_owned();
    text += "\n## For every command\n\n";
    text += &table(root.get_arguments().filter(|one| is_own(one)), "daybook");
    let mut found = String::new();
    let mut contents = String::new();
    for command in root.get_subcommands().filter(|one| is_told(one)) {
        tell(command, &["daybook"], &mut contents, &mut found);
    }
    text += &format!("\n## Contents\n\n{contents}{found}");
    text
}

fn tell(command: &Command, above: &[&str], contents: &mut String, text: &mut String) {
    let path = [above, &[command.get_name()]].concat();
    let name = path.join(" ");
    let about = command.get_long_about().or(command.get_about());
    let about = about.unwrap_or_else(|| panic!("{name} has no doc comment"));
    let depth = "  ".repeat(path.len() - 2);
    *contents += &format!(
        "{depth}- [`{name}`](#{}): {about}\n",
        name.replace(' ', "-")
    );
    *text += &format!("\n## `{name}`\n\n{about}.\n\n");
    *text += &format!("```text\n{}\n```\n", usage(command));
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|one| is_own(one) && !one.is_global_set())
        .collect();
    if !own.is_empty() {
        *text += "\n";
        *text += &table(own.into_iter(), &name);
    }
    for command in command.get_subcommands().filter(|one| is_told(one)) {
        tell(command, &path, contents, text);
    }
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
    let lines: Vec<&str> = usage.lines().map(str::trim).collect();
    lines.join("\n")
}

fn table<'a>(arguments: impl Iterator<Item = &'a Arg>, command: &str) -> String {
    let mut text = head(&["argument", "meaning", "values", "default"]);
    for one in arguments {
        let help = one.get_long_help().or(one.get_help());
        let help = help.unwrap_or_else(|| panic!("{command} {one} has no doc comment"));
        let values: Vec<String> = one
            .get_possible_values()
            .iter()
            .filter(|_| one.get_action().takes_values())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        let defaults: Vec<String> = one
            .get_default_values()
            .iter()
            .filter(|_| one.get_action().takes_values())
            .map(|value| format!("`{}`", value.to_string_lossy()))
            .collect();
        text += &row(&[
            format!("`{one}`"),
            help.to_string(),
            values.join(", "),
            defaults.join(", "),
        ]);
    }
    text
}

/// The parser adds help and version to every command.
fn is_own(argument: &Arg) -> bool {
    !["help", "version"].contains(&argument.get_id().as_str())
}

fn is_told(command: &Command) -> bool {
    command.get_name() != "help" && !command.is_hide_set()
}
