//! Public releases: who may issue one, what it holds, and what it may not tell
//! together with those before it.

use daybook::clock::Clock;
use daybook::harm::accounts::Role;

use super::{lay, measure, site};
use crate::support::{MORNING, Site};

/// The day on which a release may be planned and issued, for the minutes that a
/// test takes: a day that is about to end is waited out.
pub fn today() -> String {
    loop {
        let now = Clock::System
            .now()
            .with_timezone(&chrono_tz::Europe::London);
        let soon = now + chrono::Duration::minutes(2);
        if now.date_naive() == soon.date_naive() {
            return now.date_naive().to_string();
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}

/// Three boroughs over two years; `extra` is added to Brent's first month of
/// the newest twelve.
pub(super) fn boroughs(extra: u32) -> String {
    format!(
        "with months as (
            select cast(unnest(generate_series(
                cast($from as timestamp),
                cast($until as timestamp) - interval 1 month,
                interval 1 month
            )) as date) as period
        ),
        boroughs(area, counted, among) as (
            values ('Brent', 10, 100), ('Camden', 6, 50), ('Ealing', 0, 40)
        ),
        counted as (
            select
                period,
                area,
                counted + case
                    when period = cast($until - interval 12 months as date) then
                        case area when 'Brent' then {extra} when 'Ealing' then 4 else 0 end
                    else 0
                end as counted,
                among,
            from months cross join boroughs
        ),
        spread as (
            select period, unnest(['Force', area]) as area, counted, among from counted
        )
        select
            period,
            area,
            'All' as \"group\",
            sum(counted) as numerator,
            sum(among) as denominator,
        from spread group by period, area"
    )
}

pub(super) fn public(id: &str) -> String {
    measure(id, &[("audiences", "[\"leadership\", \"public\"]")])
}

/// A site with two public measures, evaluated, and two releases announced.
pub fn announced() -> Site {
    let due = today();
    let mut site = site();
    let sql = boroughs(0);
    lay(
        &mut site,
        &[public("t.1"), public("t.2")],
        &[("t.1", &sql), ("t.2", &sql)],
    );
    for folder in std::fs::read_dir(site.dir.join("jobs/commitment-measures")).unwrap() {
        let path = folder.unwrap().path();
        if path.is_dir() && !path.ends_with("99-trial") {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    site.grant("press.office", Role::Publisher);
    for name in ["First", "Second"] {
        site.told(&[
            "release",
            "plan",
            name,
            "--due",
            &due,
            "--by",
            "press.office",
        ]);
    }
    site
}

pub fn issue(site: &mut Site, name: &str, more: &[&str]) -> std::process::Output {
    let arguments = [&["release", "issue", name, "--by", "press.office"], more].concat();
    site.command(&arguments)
}

pub(super) fn error(output: std::process::Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

pub(super) fn figures(site: &Site, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(site.dir.join(format!("releases/{name}/figures.csv")));
    let text = text.unwrap();
    let rows = text.lines().skip(1);
    rows.map(|row| row.split(',').map(ToOwned::to_owned).collect())
        .collect()
}

#[test]
fn a_release_holds_rounded_counts_hides_small_ones_and_is_kept() {
    let mut site = announced();
    let output = issue(&mut site, "First", &[]);
    assert!(output.status.success(), "{output:?}");
    let figures = figures(&site, "first");
    let of = |area: &str| {
        let row = figures.iter().find(|row| row[1] == "t.1" && row[6] == area);
        row.map(|row| row[8..].join(" ")).unwrap()
    };
    // 12 x 16 + 4 of 12 x 190, and 4 of 480 in Ealing.
    assert_eq!(of("Force"), "195 2280 8.6");
    assert!(of("Ealing").starts_with("[c]"), "{}", of("Ealing"));
    let other = [of("Brent"), of("Camden")];
    let hidden = other.iter().filter(|row| row.starts_with("[c]")).count();
    assert_eq!(
        hidden, 1,
        "Ealing is what they leave of the force: {other:?}"
    );
    let kept = site.query(
        "select name, issued_by, count(*), count(distinct subject) from ledger.releases \
         inner join ledger.release_issues using (release_id) \
         inner join ledger.release_tables using (release_id) group by all",
    );
    assert_eq!(kept, [["First", "press.office", "2", "2"]]);
    let page = std::fs::read(site.dir.join("releases/first/release.html")).unwrap();
    let again = site.dir.join("again");
    site.told(&["release", "show", "First", "--to", again.to_str().unwrap()]);
    assert_eq!(std::fs::read(again.join("release.html")).unwrap(), page);
    assert!(!String::from_utf8(page).unwrap().contains("196"));
    let told = error(issue(&mut site, "First", &[]));
    assert!(told.contains("\"First\" was issued at"), "{told}");
}

#[test]
fn a_correction_that_would_tell_a_small_count_is_refused_and_nothing_changes() {
    let mut site = announced();
    assert!(issue(&mut site, "First", &[]).status.success());
    let changed = boroughs(3);
    let folder = site.dir.join(super::FOLDER);
    std::fs::write(folder.join("t.1.sql"), &changed).unwrap();
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    let told = error(issue(&mut site, "Second", &[]));
    assert!(told.contains("nothing was issued: t.1: "), "{told}");
    assert!(told.contains("would be known by its change"), "{told}");
    assert!(!told.contains("t.2: "), "{told}");
    let count = site.one("select count(*) from ledger.release_tables");
    assert_eq!(count, "2");
    assert!(!site.dir.join("releases/second").exists());
    let preview = site.command(&["release", "preview", "Second", "--by", "press.office"]);
    let text = String::from_utf8(preview.stdout).unwrap();
    assert!(text.contains("t.1 A trial: refused: "), "{text}");
    assert!(
        issue(&mut site, "Second", &["--leave-out", "t.1"])
            .status
            .success()
    );
    assert!(figures(&site, "second").iter().all(|row| row[1] == "t.2"));
    let page = std::fs::read_to_string(site.dir.join("releases/second/release.html")).unwrap();
    assert!(page.contains("t.1 A trial: left out by whoever issued the release"));
}

#[test]
fn a_measure_that_could_not_be_worked_out_is_named_and_nothing_is_told_of_it() {
    let mut site = announced();
    let folder = site.dir.join(super::FOLDER);
    let sql = boroughs(0).replace("sum(counted) as numerator", "9999 as numerator");
    std::fs::write(folder.join("t.1.sql"), sql).unwrap();
    site.deployment = daybook::schedule::context::Deployment::load(&site.dir).unwrap();
    site.run("commitment-measures", MORNING).unwrap();
    let kept = site.one(
        "select reason from ledger.measure_sets where measure_id = 't.1' \
         order by set_id desc limit 1",
    );
    assert!(
        kept.contains("rows have a numerator above the denominator"),
        "{kept}"
    );
    assert!(!kept.contains("9999"), "{kept}");
    assert!(issue(&mut site, "First", &[]).status.success());
    let page = std::fs::read_to_string(site.dir.join("releases/first/release.html")).unwrap();
    assert!(page.contains("t.1 A trial: could not be worked out."));
    assert!(!page.contains("numerator above"));
}

#[test]
fn releases_are_announced_by_publishers_before_they_are_due() {
    let mut site = announced();
    let due = today();
    let due = due.as_str();
    let mut refused = |arguments: &[&str]| error(site.command(arguments));
    let plan = |name, due, by| ["release", "plan", name, "--due", due, "--by", by];
    let told = refused(&plan("Third", due, "j.officer"));
    assert!(told.contains("j.officer is not publisher"), "{told}");
    let told = refused(&plan("First", due, "press.office"));
    assert!(
        told.contains("there is a release \"First\" already"),
        "{told}"
    );
    let told = refused(&plan("Third", "2020-01-31", "press.office"));
    assert!(told.contains("2020-01-31 has passed"), "{told}");
    let told = refused(&plan("../Third", due, "press.office"));
    assert!(
        told.contains("\"../Third\" is no name of a release"),
        "{told}"
    );
    let told = refused(&["release", "issue", "Fourth", "--by", "press.office"]);
    assert!(told.contains("no release is called \"Fourth\""), "{told}");
    let told = refused(&["release", "issue", "First", "--by", "j.officer"]);
    assert!(told.contains("j.officer is not publisher"), "{told}");
    let told = refused(&[
        "release",
        "issue",
        "First",
        "--by",
        "press.office",
        "--leave-out",
        "9",
    ]);
    assert!(told.contains("no measure has the id \"9\""), "{told}");
    let told = refused(&["release", "show", "First"]);
    assert!(told.contains("not issued yet"), "{told}");
    assert_eq!(site.one("select count(*) from ledger.release_issues"), "0");
    assert_eq!(site.one("select count(*) from ledger.releases"), "2");
}

#[test]
fn of_groups_that_may_hold_one_another_only_the_headline_is_published() {
    let mut site = announced();
    let sql = "with months as (
            select cast(unnest(generate_series(
                cast($from as timestamp),
                cast($until as timestamp) - interval 1 month,
                interval 1 month
            )) as date) as period
        ),
        followed(\"group\", numerator) as (values ('90 days', 40), ('180 days', 41))
        select period, 'Force' as area, \"group\", numerator, 80 as denominator
        from months cross join followed";
    let changes = [
        ("audiences", "[\"leadership\", \"public\"]"),
        ("headline", "\"90 days\""),
    ];
    lay(&mut site, &[measure("t.3", &changes)], &[("t.3", sql)]);
    site.run("commitment-measures", MORNING).unwrap();
    let output = issue(&mut site, "First", &[]);
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("t.3 groups A trial: left out: only \"90 days\""),
        "{told}"
    );
    let figures = figures(&site, "first");
    assert_eq!(figures.len(), 1);
    assert_eq!(figures[0][6..].join(" "), "Force 90 days 480 960 50.0");
}
