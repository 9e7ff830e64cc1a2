//! Whether other accounts of the machine can reach what a deployment holds.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use nix::sys::stat::{Mode, umask};

use super::Config;
use super::problem::Problem;

/// What is made from here on cannot be read by others; by the group, where the
/// settings of the folder let it.
pub fn restrict(dir: &Path) {
    let has_readers = Config::load(dir).is_ok_and(|config| config.files.group_may_read);
    umask(Mode::from_bits_truncate(closed_bits(has_readers)));
}

/// What others can reach and may not: the deployment folder, and what it holds
/// where that lies elsewhere or the folder does not guard it.
pub fn problems(dir: &Path, config: &Config) -> Vec<Problem> {
    let is_guarded = told(dir, config).is_none();
    let kept = [
        config.store.path.as_path(),
        &config.landing.archive,
        &config.reports.path,
        &config.mail.path,
    ];
    let reached = kept
        .into_iter()
        .filter(|place| !(is_guarded && place.starts_with(dir)));
    std::iter::once(dir)
        .chain(reached)
        .filter_map(|place| told(place, config))
        .collect()
}

fn told(place: &Path, config: &Config) -> Option<Problem> {
    let metadata = std::fs::metadata(place).ok()?;
    let mode = metadata.permissions().mode() & 0o7777;
    let closed = closed_bits(config.files.group_may_read);
    if mode & closed == 0 {
        return None;
    }
    let most = if metadata.is_dir() { 0o777 } else { 0o666 } & !closed;
    let message = format!(
        "its mode is {mode:04o}, so that other accounts of this machine can reach it; expected at \
         most {most:04o} (`chmod {most:o}`){}",
        if config.files.group_may_read {
            ""
        } else {
            ", or group_may_read = true under [files], which lets its group read"
        }
    );
    Some(Problem::whole(place.display().to_string(), message))
}

/// The bits of a mode that other accounts may not have.
fn closed_bits(has_readers: bool) -> u32 {
    if has_readers { 0o027 } else { 0o077 }
}
