//! What the operations report says, against the database and against the
//! command, and what it must never say.

use daybook::ingest::status;
use daybook::ingest::status::{Moment, SourceStatus, State};
use mail_parser::MessageParser;
use std::sync::OnceLock;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site, day, london};

const REPORT: &str = "operations-report";
const NEXT: &str = "2026-11-22";

/// The report as page, mail and plain text, spaces made equal.
fn bodies(site: &Site, morning: &str) -> [String; 3] {
    let page = site.dir.join(format!("reports/{morning}/{REPORT}.html"));
    let mail = std::fs::read_dir(site.dir.join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.to_string_lossy()
                .contains(&format!("{morning}-{REPORT}"))
        })
        .unwrap();
    let bytes = std::fs::read(mail).unwrap();
    let mail = MessageParser::default().parse(&bytes).unwrap();
    [
        std::fs::read_to_string(page).unwrap(),
        mail.body_html(0).unwrap().into_owned(),
        format!("{} {}", mail.subject().unwrap(), mail.body_text(0).unwrap()),
    ]
    .map(|body| body.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The figures of `daybook ingest status` at the time the report is due.
fn figures(site: &Site, morning: &str) -> Vec<SourceStatus> {
    let due = day(morning).and_hms_opt(6, 45, 0).unwrap();
    status::status(
        site.store.connection(),
        &site.deployment.contracts,
        &site.deployment.broken,
        Moment::now(due),
    )
    .unwrap()
}

/// The cells of a source's row in the page's table below a heading.
fn cells(page: &str, section: &str, title: &str) -> Vec<String> {
    let from = page.find(&format!("<section id=\"{section}\"")).unwrap();
    let to = page[from + 1..]
        .find("<h2 id=")
        .map(|at| from + 1 + at)
        .unwrap();
    let next = page[to + 1..]
        .find("<h2 id=")
        .map_or(page.len(), |at| to + 1 + at);
    let row = page[from..next]
        .split("<tr>")
        .find(|row| row.contains("scope=\"row\"") && row.contains(&format!(">{title}<")))
        .unwrap_or_else(|| panic!("no row of {title} in {section}"));
    row.split("<td")
        .skip(1)
        .map(|cell| {
            let text = cell
                .split_once('>')
                .unwrap()
                .1
                .split("</td>")
                .next()
                .unwrap();
            text.replace("<b>", "").replace("</b>", "")
        })
        .collect()
}

#[test]
fn the_page_shows_the_figures_of_the_command() {
    let site = london();
    let [page, ..] = bodies(&site, MORNING);
    let sources = figures(&site, MORNING);
    assert_eq!(sources.len(), site.deployment.contracts.len());
    let mut seen = 0;
    for source in &sources {
        let standing = cells(&page, "sources", &source.title);
        assert_eq!(standing[0], source.state.as_str(), "{}", source.source);
        let Some(last) = &source.last else { continue };
        assert_eq!(standing[2], last.age_hours.to_string(), "{}", source.source);
        assert!(page.contains(&last.file));
        let held = cells(&page, "rows", &source.title);
        let counts: Vec<String> = [0, 3, 4, 5, 6, 7, 8]
            .map(|at: usize| held[at].replace(',', ""))
            .to_vec();
        let wanted = [
            last.rows_read,
            last.rows_accepted,
            last.rows_rejected,
            last.rows_duplicate,
            last.rows_warned,
            source.open_rejects,
            source.overdue_rows,
        ]
        .map(|count| count.to_string());
        assert_eq!(counts, wanted, "{}", source.source);
        if let Some(share) = source.share_of_usual {
            assert_eq!(held[2], format!("{share:.2}"), "{}", source.source);
        }
        seen += 1;
    }
    assert!(seen >= 21, "{seen}");
}

#[test]
fn the_rows_of_the_day_are_the_ledgers_and_add_up() {
    let site = london();
    let sum = |column: &str| {
        let held = site.one(&format!(
            "select sum({column})::bigint from ledger.batches \
             where state = 'accepted' and as_at::date = '{MORNING}'"
        ));
        held.parse::<u64>().unwrap()
    };
    let [read, accepted, rejected, duplicate] = [
        "rows_read",
        "rows_accepted",
        "rows_rejected",
        "rows_duplicate",
    ]
    .map(sum);
    assert_eq!(read, accepted + rejected + duplicate);
    assert!(rejected > 0, "{rejected}");
    let said = format!(
        "{} rows: {} accepted, {rejected} rejected, {duplicate} duplicate",
        daybook::report::format::count(read),
        daybook::report::format::count(accepted)
    );
    for body in bodies(&site, MORNING) {
        assert!(body.contains(&said), "{said}");
    }
}

#[test]
fn rejects_of_the_day_are_counted_by_source_column_and_reason() {
    let site = london();
    let [page, ..] = bodies(&site, MORNING);
    let from = page.find("<section id=\"rejects\"").unwrap();
    let to = page.find("<section id=\"overdue\"").unwrap();
    let groups = site.query(&format!(
        "select source, coalesce(column_name, 'whole line'), \
             regexp_replace(r.reason, '^lines [0-9, ]+', 'lines '), \
             count(distinct (batch_id, line)) filter (not is_warning) \
         from ledger.rejects as r join ledger.batches using (batch_id) \
         where state = 'accepted' and as_at = '{MORNING}' group by all"
    ));
    assert!(groups.len() > 1, "{groups:?}");
    assert_eq!(page[from..to].matches("<tr>").count(), groups.len() + 1);
    for group in &groups {
        let contracts = &site.deployment.contracts;
        let contract = contracts.iter().find(|c| c.name == group[0]).unwrap();
        let told = page[from..to].split("<tr>").any(|row| {
            row.contains(&contract.title)
                && row.contains(&format!(">{}<", group[1]))
                && row.contains(&group[3])
        });
        assert!(told, "{group:?}");
    }
}

/// A site on which one source is in, one late, one refused and all others that
/// are due have never come.
fn troubled() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let site = Site::new();
        let lands = |stamp: &str| {
            site.land(
                &format!("parties_{stamp}.csv"),
                file(PARTIES, &[party("C1", "S1", "suspect")]),
            );
            site.land(
                &format!("crimes_{stamp}.csv"),
                file(CRIMES, &[crime("C1", "008/06", "2026-11-20", &[])]),
            );
        };
        lands("20261121");
        site.land(
            "nominals_20261121.csv",
            file(NOMINALS, &[nominal("S1", "M", &[])]),
        );
        site.run("nightly-ingest", MORNING).unwrap();
        // The next night people do not come, and nominals come without a header.
        site.land(
            "crimes_20261122.csv",
            file(
                CRIMES,
                &[
                    crime("C2", "008/06", "2026-11-21", &[]),
                    crime("C3", "Quillfeather", "2026-11-21", &[]),
                ],
            ),
        );
        site.land(
            "nominals_20261122.csv",
            nominal("S1", "M", &[("surname", "Thistlewick")]) + "\n",
        );
        site.run("nightly-ingest", NEXT).unwrap();
        site.run(REPORT, NEXT).unwrap();
        site
    })
}

#[test]
fn late_refused_and_never_arrived_are_told_in_words_with_what_they_affect() {
    let site = troubled();
    let of = |name: &str| {
        let sources = figures(&site, NEXT);
        sources
            .into_iter()
            .find(|s| s.source == name)
            .unwrap()
            .state
    };
    assert_eq!(of("parties"), State::Late);
    assert_eq!(of("nominals"), State::Refused);
    assert_eq!(of("patrols"), State::Never);
    assert_eq!(of("crimes"), State::Fresh);
    let [page, mail, text] = bodies(&site, NEXT);
    for body in [&page, &mail, &text] {
        for said in [
            "People in crime reports: late, due today by 03:30; last file of 21 Nov, 00:00, 30 \
             hours old. Do not rely on the harm list.",
            "refused, because its columns are not those of its contract",
            "never arrived, though due each day by 03:30. Do not rely on measure 9.2",
            "1 refused, 1 late and",
        ] {
            assert!(body.contains(said), "{said}: {body}");
        }
    }
    let affects = "Do not rely on names, ages and merged identities on the harm list";
    assert!(page.contains(affects));
    assert!(text.contains(": 1 refused, 1 late, "), "{text}");
}

#[test]
fn no_value_of_a_rejected_row_or_a_refused_file_is_on_page_or_mail() {
    let site = troubled();
    let held = site.query("select value from ledger.rejects").concat();
    assert!(held.contains(&"Quillfeather".to_owned()), "{held:?}");
    let reason = site.one("select reason from ledger.batches where state = 'refused'");
    assert!(!reason.contains("Thistlewick"), "{reason}");
    for body in bodies(&site, NEXT) {
        for value in ["Quillfeather", "Thistlewick", "Aldermoss", "Wren"] {
            assert!(!body.contains(value), "{value}");
        }
        assert!(body.contains("ho_code"), "the column itself is told");
    }
}

#[test]
fn a_whole_night_is_quiet() {
    let site = Site::with_london(600, 5, 0.0);
    for job in ["nightly-ingest", "commitment-measures", REPORT] {
        site.run(job, MORNING).unwrap();
    }
    for body in bodies(&site, MORNING) {
        for said in [
            "All 20 sources with a set time are in",
            " is asked of you today.",
            "No row of the last day was rejected",
            "No row waits longer than it may for another source",
            "and all 9 checks hold",
            "All 2 jobs of the last day ended well",
        ] {
            assert!(body.contains(said), "{said}");
        }
        assert!(!body.contains("need attention") && !body.contains("Do not rely"));
    }
}

#[test]
fn a_job_that_failed_or_was_missed_is_told_without_its_reason() {
    let site = Site::new();
    site.land(
        "crimes_20261121.csv",
        file(CRIMES, &[crime("C1", "008/06", "2026-11-20", &[])]),
    );
    site.run("nightly-ingest", MORNING).unwrap();
    site.store
        .connection()
        .execute_batch(
            "update ledger.slots set state = 'failed', reason = 'mail to Quillfeather failed'; \
             update ledger.runs set state = 'failed', ended_at = started_at + interval 75 second; \
             insert into ledger.slots values \
                 ('harm-list', '2026-11-21 04:30', '2026-11-21', 'missed', 'not running'), \
                 ('harm-list', '2026-11-20 06:44', '2026-11-20', 'failed', 'too long ago')",
        )
        .unwrap();
    site.run(REPORT, MORNING).unwrap();
    for body in bodies(&site, MORNING) {
        assert!(
            body.contains("2 of 2 jobs of the last day did not end well"),
            "{body}"
        );
        assert!(body.contains("1 min 15 s") && body.contains("missed"));
        assert!(!body.contains("Quillfeather"));
    }
}

#[test]
fn a_night_on_which_nothing_ever_came_is_reported_too() {
    let site = Site::new();
    site.run(REPORT, MORNING).unwrap();
    for body in bodies(&site, MORNING) {
        assert!(body.contains("20 never arrived"), "{body}");
        assert!(body.contains("No file has been accepted yet"));
    }
}

#[test]
fn an_earlier_report_made_again_leaves_out_what_came_later() {
    let site = troubled();
    site.run(REPORT, MORNING).unwrap();
    let [page, ..] = bodies(&site, MORNING);
    assert!(page.contains("nominals_20261121.csv"));
    assert!(!page.contains("20261122"));
    let once = page;
    site.run(REPORT, MORNING).unwrap();
    assert_eq!(once, bodies(&site, MORNING)[0]);
    assert_eq!(
        site.one("select count(*) from ledger.reports where as_of = '2026-11-21'"),
        "1"
    );
}

#[test]
fn the_page_is_whole_and_the_mail_is_not_clipped() {
    let site = london();
    let [page, mail, _] = bodies(&site, MORNING);
    for (open, close) in [
        ("<section", "</section>"),
        ("<table", "</table>"),
        ("<tr", "</tr>"),
        ("<ul", "</ul>"),
        ("<details", "</details>"),
        ("<svg", "</svg>"),
    ] {
        assert_eq!(
            page.matches(open).count(),
            page.matches(close).count(),
            "{open}"
        );
    }
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(page.matches("<main").count(), 1);
    assert!(!page.contains("NaN") && !mail.contains("NaN"));
    assert!(!mail.contains("<svg") && !mail.contains("<script"));
    assert!(mail.len() < 102_400, "{} bytes of HTML", mail.len());
    for body in [&page, &mail] {
        assert!(body.matches("OFFICIAL-SENSITIVE").count() >= 2);
    }
}

#[test]
fn a_deployment_without_the_list_of_recipients_is_told_where() {
    let site = Site::new();
    let path = site.dir.join("daybook.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let without = text.replace("operations = [\"operations@example.invalid\"]\n", "");
    assert_ne!(text, without);
    std::fs::write(&path, without).unwrap();
    let problems = daybook::schedule::context::Deployment::load(&site.dir)
        .err()
        .unwrap()
        .to_string();
    for said in [
        "jobs/operations-report/job.toml:13:",
        "no such list in [recipients] of daybook.toml; there are leadership, officers",
    ] {
        assert!(problems.contains(said), "{said}: {problems}");
    }
}
