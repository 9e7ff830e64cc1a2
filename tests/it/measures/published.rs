//! What was published stays what it was: one folder for each release, nothing
//! before its day, and bytes that are proved before they are shown.

use std::fs;

use super::releases::{announced, error, issue, today};
use crate::support::Site;

fn plan(site: &mut Site, name: &str, due: &str) -> std::process::Output {
    site.command(&[
        "release",
        "plan",
        name,
        "--due",
        due,
        "--by",
        "press.office",
    ])
}

fn page(site: &Site, name: &str) -> std::path::PathBuf {
    site.dir.join("releases").join(name).join("release.html")
}

#[test]
fn two_names_cannot_share_a_folder() {
    let mut site = announced();
    assert!(plan(&mut site, "Rel 1", &today()).status.success());
    for other in ["Rel-1", "rel 1", "REL-1", "rel-1", "Rel 1"] {
        let told = error(plan(&mut site, other, &today()));
        assert!(
            told.contains("there is a release \"Rel 1\" already"),
            "{told}"
        );
    }
    let odd = [
        "Rel\u{a0}1",
        "Rel\u{2010}1",
        "\u{ff32}el 1",
        "Rel 1.",
        "Rel 1 ",
        "Rel\u{200b}1",
        "R\u{435}l 1",
        "\u{212a}el 1",
        "Rel/1",
        "..",
    ];
    for other in odd {
        let told = error(plan(&mut site, other, &today()));
        assert!(
            told.contains("is no name of a release"),
            "{other:?}: {told}"
        );
    }
    assert_eq!(site.one("select count(*) from ledger.releases"), "3");
}

#[test]
fn of_two_names_planned_with_one_folder_only_one_is_issued() {
    let mut site = announced();
    let sql = "insert into ledger.releases values (90, 'FIRST', cast(? as date), null)";
    site.store.connection().execute(sql, [today()]).unwrap();
    assert!(issue(&mut site, "First", &[]).status.success());
    let before = fs::read(page(&site, "first")).unwrap();
    let told = error(issue(&mut site, "FIRST", &[]));
    assert!(told.contains("releases/first exists already"), "{told}");
    fs::rename(site.dir.join("releases/first"), site.dir.join("moved")).unwrap();
    let told = error(issue(&mut site, "FIRST", &[]));
    assert!(
        told.contains("the files of \"First\" lie in the same folder"),
        "{told}"
    );
    assert_eq!(
        fs::read(site.dir.join("moved/release.html")).unwrap(),
        before
    );
    assert_eq!(site.one("select count(*) from ledger.release_issues"), "1");
}

#[test]
fn a_folder_that_holds_anything_is_never_written_into() {
    let mut site = announced();
    let folder = site.dir.join("releases/first");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("figures.csv"), "theirs").unwrap();
    let told = error(issue(&mut site, "First", &[]));
    assert!(told.contains("releases/first exists already"), "{told}");
    assert_eq!(
        fs::read_to_string(folder.join("figures.csv")).unwrap(),
        "theirs"
    );
    assert_eq!(site.one("select count(*) from ledger.release_issues"), "0");
    fs::remove_dir_all(&folder).unwrap();
    let elsewhere = site.dir.join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
    let told = error(issue(&mut site, "First", &[]));
    assert!(told.contains("is no folder"), "{told}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    fs::remove_file(&folder).unwrap();
    assert!(issue(&mut site, "First", &[]).status.success());
    let kept: Vec<_> = fs::read_dir(site.dir.join("releases")).unwrap().collect();
    assert_eq!(kept.len(), 1, "nothing half made stays: {kept:?}");
}

#[test]
fn nothing_is_issued_or_shown_before_its_day_and_previews_are_for_publishers() {
    let mut site = announced();
    assert!(plan(&mut site, "Later", "2099-12-31").status.success());
    let told = error(issue(&mut site, "Later", &[]));
    assert!(told.contains("\"Later\" is due on 2099-12-31"), "{told}");
    assert!(
        told.contains("neither issued nor shown before that day"),
        "{told}"
    );
    assert!(!site.dir.join("releases").exists());
    assert_eq!(site.one("select count(*) from ledger.release_issues"), "0");
    let preview = ["release", "preview", "Later", "--by"];
    let told = error(site.command(&[&preview[..], &["j.officer"]].concat()));
    assert!(told.contains("j.officer is not publisher"), "{told}");
    let told = site.told(&[&preview[..], &["press.office"]].concat());
    assert!(
        told.starts_with("PREVIEW, not issued, not for publication:\n"),
        "{told}"
    );
    let told = site.told(&[&preview[..], &["press.office", "--csv"]].concat());
    let rows: Vec<&str> = told.lines().skip(1).collect();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(
            row.starts_with("\"PREVIEW of Later, not for publication\",t."),
            "{row}"
        );
    }
    // One that left early once, or whose day was put off since.
    assert!(issue(&mut site, "First", &[]).status.success());
    let sql = "update ledger.releases set due_on = '2099-12-31' where name = 'First'";
    site.store.connection().execute(sql, []).unwrap();
    let told = error(site.command(&["release", "show", "First", "--to", "/nowhere"]));
    assert!(told.contains("\"First\" is due on 2099-12-31"), "{told}");
}

#[test]
fn what_is_shown_again_is_proved_first() {
    let mut site = announced();
    assert!(issue(&mut site, "First", &[]).status.success());
    let file = page(&site, "first");
    let issued = fs::read_to_string(&file).unwrap();
    site.told(&["release", "show", "First"]);
    let show = ["release", "show", "First"];

    fs::write(&file, issued.replace("195", "295")).unwrap();
    let told = error(site.command(&show));
    assert!(
        told.contains("release.html is not what was issued: its SHA-256 is"),
        "{told}"
    );
    let to = site.dir.join("again");
    let to = ["--to", to.to_str().unwrap()];
    let told = error(site.command(&[&show[..], &to].concat()));
    assert!(
        told.contains("release.html is not what was issued"),
        "{told}"
    );
    assert!(fs::read_to_string(&file).unwrap().contains("295"));
    fs::remove_file(&file).unwrap();
    let told = error(site.command(&show));
    assert!(
        told.contains("release.html is not the file that was issued"),
        "{told}"
    );
    fs::remove_dir_all(site.dir.join("releases/first")).unwrap();
    site.told(&show);
    assert_eq!(fs::read_to_string(&file).unwrap(), issued);

    for (what, column) in [("page", "page_sha256"), ("figures", "figures_sha256")] {
        for (how, sql) in [
            (
                "was altered in the ledger",
                "update ledger.texts set text = text || ' '",
            ),
            ("is gone from the ledger", "delete from ledger.texts"),
        ] {
            let of = format!("where sha256 = (select {column} from ledger.release_issues)");
            let keep = "create or replace temp table kept as from ledger.texts";
            let connection = site.store.connection();
            connection.execute_batch(keep).unwrap();
            let kept: Vec<Vec<String>> = site.query(&format!("select * from ledger.texts {of}"));
            site.store
                .connection()
                .execute(&format!("{sql} {of}"), [])
                .unwrap();
            let told = error(site.command(&[&show[..], &to].concat()));
            assert!(
                told.contains(&format!("the {what} of \"First\" {how}")),
                "{told}"
            );
            assert!(!site.dir.join("again").exists());
            let connection = site.store.connection();
            connection
                .execute(&format!("delete from ledger.texts {of}"), [])
                .unwrap();
            let back = "insert into ledger.texts values (?, ?)";
            connection
                .execute(back, [&kept[0][0], &kept[0][1]])
                .unwrap();
        }
    }
    site.told(&show);
}

#[test]
fn nothing_is_held_against_a_ledger_that_has_lost_a_table() {
    for lost in ["true", "place = 1"] {
        let mut site = announced();
        assert!(issue(&mut site, "First", &[]).status.success());
        let sql = format!("delete from ledger.release_tables where {lost}");
        site.store.connection().execute(&sql, []).unwrap();
        let told = error(issue(&mut site, "Second", &[]));
        assert!(told.contains("of release \"First\"; see"), "{told}");
        assert!(told.contains("the ledger has lost"), "{told}");
        assert_eq!(site.one("select count(*) from ledger.release_issues"), "1");
    }
}
