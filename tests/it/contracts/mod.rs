//! Contracts: what `check` says of them is what the night would say, one's fault
//! stops its own files only, a snapshot ends nothing beyond its limit unasked,
//! and a draft is a contract to start from.

mod checked;
mod drafted;
mod ending;
mod night;

use daybook::schedule::context::Deployment;

use crate::support::Site;

fn write(site: &Site, path: &str, text: &str) {
    std::fs::write(site.dir.join(path), text).unwrap();
}

fn edit(site: &Site, path: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(site.dir.join(path)).unwrap();
    assert!(text.contains(from), "{path}: {from}");
    write(site, path, &text.replace(from, to));
}

fn reloaded(site: Site) -> Site {
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}
