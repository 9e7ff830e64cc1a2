//! A folder held open: what lies in it is looked at, opened, made and removed
//! by the handle and by its name there. Others may write to a folder while we
//! work in it, so no link is followed and nothing is waited for.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat, renameat};
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::{UnlinkatFlags, geteuid, unlinkat};

use crate::store::failure::Own;

/// An open folder, whatever is put in its place.
#[derive(Debug)]
pub struct Folder {
    handle: File,
    path: PathBuf,
}

/// Bits that let other accounts put something into a folder.
const WRITABLE_BY_OTHERS: u32 = 0o022;

const FOLDER: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_CLOEXEC);

impl Folder {
    /// Opens a folder of the settings; a link in its place is not followed.
    pub fn open(path: &Path) -> io::Result<Self> {
        // A slash at the end would have the link followed.
        let path: PathBuf = path.components().collect();
        let handle = open(&path, FOLDER | OFlag::O_NOFOLLOW, Mode::empty()).map_err(no_folder)?;
        Ok(Self {
            handle: handle.into(),
            path,
        })
    }

    /// Opens the folder of a file that somebody names, by whatever way.
    pub fn open_named(path: &Path) -> io::Result<Self> {
        let handle = open(path, FOLDER, Mode::empty())?;
        Ok(Self {
            handle: handle.into(),
            path: path.to_owned(),
        })
    }

    /// Opens a folder in this one.
    pub fn inner(&self, name: &str) -> io::Result<Self> {
        let flags = FOLDER | OFlag::O_NOFOLLOW;
        let handle = openat(&self.handle, name, flags, Mode::empty()).map_err(no_folder)?;
        Ok(Self {
            handle: handle.into(),
            path: self.path.join(name),
        })
    }

    /// A folder that is daybook's alone, made when it is not there.
    pub fn own(path: &Path) -> Result<Self> {
        let told = || format!("cannot use {}", path.display());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(told)?;
        }
        match nix::unistd::mkdir(path, Mode::S_IRWXU) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno).with_context(told),
        }
        Self::open(path).with_context(told)?.checked()
    }

    /// A folder in this one that is daybook's alone, made when it is not there.
    pub fn own_inner(&self, name: &str) -> Result<Self> {
        let told = || format!("cannot use {}", self.path.join(name).display());
        match mkdirat(&self.handle, name, Mode::S_IRWXU) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno).with_context(told),
        }
        self.inner(name).with_context(told)?.checked()
    }

    fn checked(self) -> Result<Self> {
        let facts = self.handle.metadata()?;
        let (path, own) = (self.path.display(), geteuid().as_raw());
        ensure!(
            facts.uid() == own,
            "{path} belongs to the account with uid {}; expected the one that runs daybook, {own}",
            facts.uid()
        );
        ensure!(
            facts.mode() & WRITABLE_BY_OTHERS == 0,
            "{path} has mode {:04o}, so that others may write to it; expected 0700",
            facts.mode() & 0o7777
        );
        Ok(self)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of what lies in it, in order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut listed = Dir::openat(&self.handle, ".", FOLDER, Mode::empty())?;
        let mut names = Vec::new();
        for entry in listed.iter() {
            let name = OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// What is known of something in it without opening it.
    pub fn look(&self, name: &OsStr) -> io::Result<Metadata> {
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        File::from(openat(&self.handle, name, flags, Mode::empty())?).metadata()
    }

    pub fn has(&self, name: &OsStr) -> bool {
        self.look(name).is_ok()
    }

    /// Opens a plain file in it. A pipe is not waited for, nor a lease that
    /// somebody holds on the file.
    pub fn file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let opened =
            openat(&self.handle, name, flags, Mode::empty()).map_err(|errno| match errno {
                Errno::ELOOP | Errno::ENXIO => io::Error::from(io::ErrorKind::InvalidInput),
                errno => errno.into(),
            });
        let file = File::from(opened?);
        match not_plain(&file.metadata()?) {
            Some(why) => Err(Own::error(io::ErrorKind::InvalidInput, why)),
            None => Ok(file),
        }
    }

    /// Makes a file in it that was not there.
    pub fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW;
        let mode = Mode::S_IRUSR | Mode::S_IWUSR;
        Ok(openat(&self.handle, name, flags | OFlag::O_CLOEXEC, mode)?.into())
    }

    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Moves a file of ours into it, if both lie on one file system.
    pub fn receive(&self, file: &Path, to: &OsStr) -> io::Result<()> {
        Ok(renameat(nix::fcntl::AT_FDCWD, file, &self.handle, to)?)
    }

    pub fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.handle, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Returns once what was made, moved and removed in it is on the disk.
    pub fn sync(&self) -> Result<()> {
        self.handle
            .sync_all()
            .with_context(|| format!("cannot settle {}", self.path.display()))
    }
}

/// Why something is not read as a file: it is none, or it may be one of
/// daybook's own under a second name, which nobody who lands files could read.
pub fn not_plain(facts: &Metadata) -> Option<&'static str> {
    if facts.is_symlink() {
        return Some("a symbolic link, which is not followed");
    }
    if !facts.is_file() {
        return Some("not a plain file");
    }
    let is_ours = facts.uid() == geteuid().as_raw();
    (is_ours && facts.nlink() > 1).then_some(
        "a second name (hard link) of a file that belongs to daybook's own account; \
         copy the file here instead",
    )
}

fn no_folder(errno: Errno) -> io::Error {
    match errno {
        Errno::ENOTDIR | Errno::ELOOP => Own::error(
            io::ErrorKind::NotADirectory,
            "a symbolic link, or no folder; expected a folder",
        ),
        errno => errno.into(),
    }
}
