//! Where a compiled DuckDB of the pinned version is to be had.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{self, Fault};

/// What daybook is built against: `libduckdb-sys` of `Cargo.lock` carries it as
/// 1.10506.
pub(crate) const VERSION: &str = "1.5.6";

/// Of the npm packages that carry it: where each runs, its name, and the hash of
/// its archive as npm writes it (SHA-512, base64).
const PACKAGES: [(&str, &str, &str, &str); 4] = [
    (
        "linux",
        "x86_64",
        "@duckdb/node-bindings-linux-x64@1.5.6-r.1",
        "sha512-IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==",
    ),
    (
        "linux",
        "aarch64",
        "@duckdb/node-bindings-linux-arm64@1.5.6-r.1",
        "sha512-3jnUaDil1BrF/6vAZwVaInJ1xoBaWGHB4PDiUnzJWKCo8a8TLx9j7/gPyPl/UGRBftrYIuTihRZSfF4mWMgtWA==",
    ),
    (
        "macos",
        "x86_64",
        "@duckdb/node-bindings-darwin-x64@1.5.6-r.1",
        "sha512-tVwUZNvdQoaPJhrh3q2e6jxm1MhahNHJQK/pvCyco46NX0mEuGzlw9i0n2MArgsyzccdCwScOK9ctbyr+3oMbQ==",
    ),
    (
        "macos",
        "aarch64",
        "@duckdb/node-bindings-darwin-arm64@1.5.6-r.1",
        "sha512-KFT/J/pyouuAD1jftAIfcWVRdorg+c/yVR/BJL8LJKrST+mYC4d7QSuQ+iXSYbFpHENUAeZUagXrMPtZT8Xzsg==",
    ),
];

/// A folder that holds `libduckdb`.
pub(crate) struct Prebuilt {
    pub(crate) folder: PathBuf,
}

/// Why there is none, and the source has to do.
pub(crate) type Reason = String;

/// The folder that the environment names, else that of the cache, which is
/// filled when it is empty. Nothing enters the cache that is not of the hash.
pub(crate) fn find() -> Result<Result<Prebuilt, Reason>, Fault> {
    if let Some(folder) = std::env::var_os("DUCKDB_LIB_DIR") {
        return named(&PathBuf::from(folder)).map(Ok);
    }
    let here = |package: &&(&str, &str, &str, &str)| package.0 == OS && package.1 == ARCH;
    let is_musl = cfg!(target_env = "musl");
    let Some((_, _, package, hash)) = PACKAGES.iter().find(here).filter(|_| !is_musl) else {
        return Ok(Err(format!("there is no package of it for {OS} on {ARCH}")));
    };
    let Some(cache) = tools::cache() else {
        return Ok(Err("HOME is not set, so it cannot be kept".to_owned()));
    };
    let home = cache.join(format!("duckdb-{VERSION}"));
    let folder = home.join("package");
    if !library(&folder).exists() {
        let part = cache.join(format!("duckdb-{VERSION}.part-{}", std::process::id()));
        let fetched = fetch(&part, package, hash);
        // Another may have come first.
        let placed = fetched.map(|()| std::fs::rename(&part, &home));
        let _ = std::fs::remove_dir_all(&part);
        if let Err(why) = placed {
            return Ok(Err(why));
        }
    }
    if library(&folder).exists() {
        Ok(Ok(Prebuilt { folder }))
    } else {
        Ok(Err(format!("there is no {}", library(&folder).display())))
    }
}

/// A wrong folder in the environment is a fault, not a reason to build something
/// else.
fn named(folder: &Path) -> Result<Prebuilt, Fault> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    if library(&folder).exists() {
        return Ok(Prebuilt { folder });
    }
    let (folder, library) = (folder.display(), library(Path::new("")));
    Err(Fault::Told(format!(
        "DUCKDB_LIB_DIR is {folder}, where there is no {}",
        library.display()
    )))
}

fn library(folder: &Path) -> PathBuf {
    folder.join(format!("{DLL_PREFIX}duckdb{DLL_SUFFIX}"))
}

/// Has npm fetch a package, holds it to its hash and unpacks it into a folder.
fn fetch(part: &Path, package: &str, hash: &str) -> Result<(), Reason> {
    if tools::output(Command::new("npm").arg("--version")).is_err() {
        return Err("npm, which fetches it, is not installed".to_owned());
    }
    tools::tell(&format!("Fetching {package} with npm, once"));
    std::fs::create_dir_all(part).map_err(|error| format!("{}: {error}", part.display()))?;
    let mut pack = Command::new("npm");
    pack.args(["pack", "--json", package]).current_dir(part);
    let told = tools::output(&mut pack)?;
    // npm tells the hash of the bytes that it wrote.
    let found = told.split('"').find(|text| text.starts_with("sha512-"));
    if found != Some(hash) {
        return Err(format!(
            "the {package} that npm fetched has the hash {}, where {hash} was expected",
            found.unwrap_or("(none)")
        ));
    }
    let mut archives = std::fs::read_dir(part).map_err(|error| error.to_string())?;
    let archive = archives.find_map(|entry| Some(entry.ok()?.file_name()));
    let archive = archive.ok_or("npm left no archive")?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(archive).current_dir(part);
    tools::output(&mut unpack).map(drop)
}
