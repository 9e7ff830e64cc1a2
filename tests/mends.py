#!/usr/bin/env python3
"""Shows that the tests of hostile input can fail: each defence is taken out of
a copy of the sources, all at once, and for each the test that attacks it must
fail.

    mends.py [--keep FOLDER] [WORDS ...]

With words, only the defences whose name holds one of them.

Builds the copy with a prebuilt DuckDB as `cargo xtask test` does, once: some
minutes. The defences lie apart, so that each test meets its own. Ends with 1
when a test passes without the defence it is for, or a place to change is gone.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ["Cargo.toml", "Cargo.lock", ".cargo", "askama.toml", "clippy.toml", "src", "crates",
         "xtask", "templates", "jobs", "tests", "benches", "docs", "README.md", "CONTRIBUTING.md"]

# What is taken out: file, what it says, what it says instead, and the test of
# `tests/it` (or of the library, where it begins with `lib `) that attacks it.
MENDS = {
    "the daemon ticks by itself": (
        "src/schedule/daemon.rs",
        "Err(RecvTimeoutError::Timeout) if ticked.elapsed() < LONGEST_SILENCE => continue,",
        "Err(RecvTimeoutError::Timeout) => continue,",
        "daemon::a_daemon_that_no_tick_reaches_keeps_time_by_itself",
    ),
    "a panic is one failed run": (
        "src/schedule/runner.rs",
        "std::panic::catch_unwind(AssertUnwindSafe(work))",
        "Ok::<_, Box<dyn std::any::Any + Send>>(work())",
        "daemon::a_panic_of_a_job_is_a_failed_run_and_the_next_job_goes_on",
    ),
    "the folder for spilled rows is set once": (
        "src/store/mod.rs",
        "\"set memory_limit = '{limit}'\"",
        "\"set temp_directory = 'elsewhere'; set memory_limit = '{limit}'\"",
        "lib memory_is_given_back_after_rows_were_spilled_to_disk",
    ),
    "after the message only the server's word settles it": (
        "src/mail/smtp.rs",
        "Err(error) => ends(Settled::Uncertain(told(&error))),",
        "Err(error) => ends(Settled::Waiting(told(&error))),",
        "mail::after_the_message_only_the_servers_word_settles_it",
    ),
    "a refused login is no failed mail": (
        "src/mail/smtp.rs",
        "ends(Settled::Waiting(words::told(phase, error, self.timeout)))",
        "ends(Settled::Failed(words::told(phase, error, self.timeout)))",
        "mail::until_the_message_has_ended_nothing_was_delivered_and_all_wait",
    ),
    "functions of a query come from a list": (
        "src/store/sandbox.rs",
        "reads.functions.iter().find(|found| !is_row_maker(found));",
        "reads.functions.iter().find(|found| !is_row_maker(found) && false);",
        "sandbox::hostile",
    ),
    "no link is followed in landing": (
        "src/ingest/arrive/folder.rs",
        "let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;",
        "let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;",
        "delivering::links_that_the_delivering_account_plants_are_never_written_through",
    ),
    "the landing folder is no link": (
        "src/ingest/arrive/folder.rs",
        "open(&path, FOLDER | OFlag::O_NOFOLLOW, Mode::empty())",
        "open(&path, FOLDER, Mode::empty())",
        "delivering::a_landing_folder_or_a_source_folder_that_becomes_a_link_leads_nowhere",
    ),
    "a second name of a file of ours is no landed file": (
        "src/ingest/arrive/folder.rs",
        "(is_ours && facts.nlink() > 1).then_some(",
        "(is_ours && facts.nlink() > 9).then_some(",
        "delivering::a_second_name_of_a_file_of_ours_is_left_alone",
    ),
    "an error of a library is told in words of our own": (
        "src/store/failure.rs",
        "let place = format!(\"line {}, column {}\", error.line(), error.column());",
        "let place = format!(\"{error}\");",
        "lib failure::",
    ),
    "a stream is held to its unpacked size": (
        "src/ingest/contract/limits.rs",
        "None => Err(Told::error(LIMIT, self.told.clone())),",
        "None => Ok(read),",
        "lib a_stream_is_read_to_its_limit_and_no_byte_further",
    ),
    "a row that was deleted is found": (
        "src/audit/verify/rows.rs",
        "findings.extend(gone(&ledger.name, sealed));",
        "drop(gone(&ledger.name, sealed));",
        "tampering::alterations",
    ),
    "an account is its own user's": (
        "src/harm/accounts.rs",
        "    bindings::require(connection, account, act.operator)?;\n    let roles",
        "    let roles",
        "identity::an_account_of_another_user_is_refused_whatever_is_asked_under_it",
    ),
    "what is made is for daybook's account alone": (
        "src/config/access.rs",
        "    umask(Mode::from_bits_truncate(closed_bits(has_readers)));",
        "    let _ = closed_bits(has_readers);",
        "modes::everything_that_is_made_is_for_daybooks_account_alone",
    ),
    "no mail leaves in clear": (
        "src/mail/smtp.rs",
        "            !smtp.is_in_clear(),",
        "            !smtp.is_in_clear() || true,",
        "mail::mail_in_clear_off_this_machine_is_refused_twice",
    ),
    "marks that turn the text are written out": (
        "src/model/control_chars.rs",
        "c.is_control() || RANGES",
        "c.is_control() && RANGES",
        "hostile_text",
    ),
    "two releases share no folder": (
        "src/publication/calendar.rs",
        ".find(|other| folder(&other.name) == folder(name))",
        ".find(|other| other.name == name)",
        "measures::published::two_names_cannot_share_a_folder",
    ),
    "a look is on record": (
        "src/audit/mod.rs",
        "event.kind.as_str(),",
        "Kind::Administration.as_str(),",
        "audit_log",
    ),
}


def copied(folder):
    for part in PARTS:
        source, target = ROOT / part, folder / part
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.exists():
            shutil.copy(source, target)


def take_out(folder, meant):
    for name, (file, old, new, _) in meant.items():
        path = folder / file
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"{name}: {file} says {old!r} {text.count(old)} times; expected once")
        path.write_text(text.replace(old, new))


def passes(folder, test):
    binary, name = ("--lib", test[4:]) if test.startswith("lib ") else ("--test=it", test)
    told = subprocess.run(
        ["cargo", "xtask", "test", "--package", "daybook", binary, "--", name],
        # In a folder of its own: cargo takes what another copy of the sources
        # left in a shared one for that of this.
        env={**os.environ, "CARGO_TARGET_DIR": str(folder / "target")},
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    if "error: could not compile" in told.stdout:
        sys.exit(told.stdout)
    if not re.search("^running [1-9]", told.stdout, re.MULTILINE):
        sys.exit(f"no test is called {name}")
    return told.returncode == 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--keep", type=pathlib.Path, help="where the copy stays")
    arguments.add_argument("words", nargs="*", help="which of the defences")
    given = arguments.parse_args()
    kept = given.keep
    is_meant = lambda name: not given.words or any(word in name for word in given.words)
    meant = {name: mend for name, mend in MENDS.items() if is_meant(name)}
    with tempfile.TemporaryDirectory() as made:
        folder = kept or pathlib.Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        copied(folder)
        take_out(folder, meant)
        unfelt = []
        for name, (*_, test) in meant.items():
            is_unfelt = passes(folder, test)
            print(f"{'PASSES' if is_unfelt else 'fails '} without: {name} ({test})", flush=True)
            if is_unfelt:
                unfelt.append(name)
    print(f"{len(meant) - len(unfelt)} of {len(meant)} defences are missed by their tests")
    sys.exit(1 if unfelt else 0)


if __name__ == "__main__":
    main()
