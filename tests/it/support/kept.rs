//! A deployment's files in memory, so that tests begin where another has come
//! to: made once in the process, and put into a folder for each.

use std::fs::{self, Permissions};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Site;

pub struct Kept {
    /// Below the deployment's folder, a folder before what is in it.
    entries: Vec<(PathBuf, Permissions, Option<Vec<u8>>)>,
}

impl Kept {
    /// Closes a deployment and keeps what lies in its folder.
    pub fn of(site: Site) -> Self {
        let Site {
            store,
            _folder: folder,
            dir,
            ..
        } = site;
        store.checkpoint().unwrap();
        drop(store);
        let mut entries = Vec::new();
        gather(&dir, Path::new(""), &mut entries);
        drop(folder);
        Self { entries }
    }

    /// What `make` makes, made once in the process; each caller has its own.
    pub fn once(made: &OnceLock<Self>, make: impl FnOnce() -> Site) -> Site {
        made.get_or_init(|| Self::of(make())).site()
    }

    /// A deployment of its own, as the kept one was.
    pub fn site(&self) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("site");
        for (name, permissions, bytes) in &self.entries {
            let path = dir.join(name);
            match bytes {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::create_dir(&path).unwrap(),
            }
            fs::set_permissions(&path, permissions.clone()).unwrap();
        }
        Site::open(folder, dir)
    }
}

fn gather(root: &Path, name: &Path, entries: &mut Vec<(PathBuf, Permissions, Option<Vec<u8>>)>) {
    let path = root.join(name);
    let permissions = fs::symlink_metadata(&path).unwrap().permissions();
    if !path.is_dir() {
        let bytes = fs::read(&path).unwrap();
        entries.push((name.to_owned(), permissions, Some(bytes)));
        return;
    }
    entries.push((name.to_owned(), permissions, None));
    for entry in fs::read_dir(&path).unwrap() {
        gather(root, &name.join(entry.unwrap().file_name()), entries);
    }
}
