//! What the reports say, checked against the database a second way, and what
//! they must never say.

use mail_parser::{Message, MessageParser, MimeHeaders};
use sha2::Digest as _;

use crate::support::{MORNING, Site, london};

fn page(site: &Site, report: &str) -> String {
    std::fs::read_to_string(site.dir.join(format!("reports/{MORNING}/{report}.html"))).unwrap()
}

fn mails(site: &Site, report: &str) -> Vec<Vec<u8>> {
    let mut found: Vec<_> = std::fs::read_dir(site.dir.join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(report))
        .collect();
    found.sort();
    found
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

#[test]
fn every_page_carries_marking_date_and_edition_at_both_ends() {
    let site = london();
    for report in [
        "morning-briefing",
        "commitment-scorecard",
        "harm-list-pack",
        "operations-report",
    ] {
        let page = page(&site, report);
        assert!(page.matches("OFFICIAL-SENSITIVE").count() >= 2, "{report}");
        assert!(page.contains("21 November 2026"), "{report}");
        let is_scored = ["morning-briefing", "harm-list-pack"].contains(&report);
        assert_eq!(page.contains("starter 2026"), is_scored, "{report}");
        assert!(page.contains("Synthetic data"), "{report}");
        assert!(page.len() > 20_000, "{report}");
    }
}

#[test]
fn the_night_in_the_briefing_equals_the_database() {
    let site = london();
    let count =
        site.one("select count(*) from core.crimes where is_vawg and recorded_on = '2026-11-20'");
    let before = site.query(
        "select min(n), max(n) from (select count(*) as n from core.crimes where is_vawg \
         and recorded_on between '2026-09-25' and '2026-11-13' and dayofweek(recorded_on) = 5 group by recorded_on)",
    );
    let page = page(&site, "morning-briefing");
    let said = format!("{count} VAWG crimes");
    assert!(page.contains(&said), "{said}");
    let range = format!("({} to {},", before[0][0], before[0][1]);
    assert!(page.contains(&range), "{range}");
}

#[test]
fn the_movement_in_the_briefing_equals_two_lists_compared() {
    let site = london();
    let on = |list: u32| -> Vec<String> {
        site.query(&format!("select nominal_id from ledger.list_entries where list_id = {list} and rank <= 100 order by 1")).concat()
    };
    let (before, after) = (on(3), on(4));
    let stayed = after.iter().filter(|id| before.contains(id)).count();
    let came = after.len() - stayed;
    let left = before.len() - stayed;
    let said = format!("List 4: {came} joined, {left} left, {stayed} stayed");
    assert!(page(&site, "morning-briefing").contains(&said), "{said}");
}

#[test]
fn no_mail_no_briefing_and_no_pack_of_a_proposed_list_names_a_person() {
    let site = london();
    let people = site.query(
        "select people.surname, people.person_id from ledger.list_entries as e \
         join core.people as people on people.person_id = e.nominal_id \
         where e.rank <= 200 and surname is not null",
    );
    assert!(people.len() > 500);
    let mut texts = vec![
        ("briefing".to_owned(), page(&site, "morning-briefing")),
        ("operations".to_owned(), page(&site, "operations-report")),
        ("scorecard".to_owned(), page(&site, "commitment-scorecard")),
        ("pack".to_owned(), page(&site, "harm-list-pack")),
    ];
    for bytes in &mails(&site, "") {
        let mail = parsed(bytes);
        let whole = format!(
            "{} {} {}",
            mail.subject().unwrap(),
            mail.body_text(0).unwrap(),
            mail.body_html(0).unwrap()
        );
        texts.push((mail.subject().unwrap().to_owned(), whole));
    }
    for person in &people {
        for (title, text) in &texts {
            assert!(
                !text.contains(&person[1]),
                "{title} has the nominal id {}",
                person[1]
            );
            let names = text
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == person[0]);
            assert!(!names, "{title} has the surname {}", person[0]);
        }
    }
}

#[test]
fn a_mail_is_whole_small_and_carries_its_pictures() {
    let site = london();
    let found = mails(&site, "morning-briefing");
    assert_eq!(found.len(), 2);
    for bytes in &found {
        let mail = parsed(bytes);
        let html = mail.body_html(0).unwrap();
        assert!(html.len() < 102_400, "{} bytes of HTML", html.len());
        assert!(
            mail.subject()
                .unwrap()
                .starts_with("OFFICIAL-SENSITIVE Morning briefing, Saturday 21 November 2026")
        );
        assert!(mail.body_text(0).unwrap().contains("VAWG crimes"));
        let named: Vec<&str> = html
            .split("cid:")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let carried: Vec<&str> = mail
            .attachments()
            .map(|part| part.content_id().unwrap())
            .collect();
        assert!(!named.is_empty());
        assert_eq!(named, carried);
        for part in mail.attachments() {
            assert_eq!(part.contents()[..4], [0x89, b'P', b'N', b'G']);
        }
        assert!(!html.contains("<script") && !html.contains("<svg"));
    }
}

#[test]
fn every_person_of_the_pack_adds_up() {
    let site = london();
    let wrong = site.query(
        "select e.nominal_id from ledger.list_entries as e \
         join (select list_id, nominal_id, sum(harm_days) as days, \
                   count(*) filter (where is_counted) as allegations, max(harm_days) as worst \
               from ledger.list_contributions group by all) as c using (list_id, nominal_id) \
         where c.days <> e.score_days or c.allegations <> e.allegations or c.worst <> e.worst_days",
    );
    assert_eq!(wrong, Vec::<Vec<String>>::new());
    let checked =
        site.one("select count(distinct (list_id, nominal_id)) from ledger.list_contributions");
    assert_eq!(checked, (4 * 200).to_string());
}

#[test]
fn a_report_is_kept_with_its_envelopes() {
    let site = london();
    let rows = site.query(
        "select r.report, r.version, count(*), count(distinct o.recipient), min(o.state), max(o.state) \
         from ledger.reports as r join ledger.outbox as o using (report_id) group by all order by 1",
    );
    assert_eq!(
        rows,
        [
            ["commitment-scorecard", "1", "2", "2", "sent", "sent"],
            ["harm-list-pack", "1", "1", "1", "sent", "sent"],
            ["morning-briefing", "1", "2", "2", "sent", "sent"],
            ["operations-report", "1", "1", "1", "sent", "sent"]
        ]
    );
    let kept = site.one("select sha256 from ledger.reports where report = 'morning-briefing'");
    let on_disk = sha2::Sha256::digest(page(&site, "morning-briefing").as_bytes());
    assert_eq!(kept, daybook::store::schema::to_hex(&on_disk));
}

#[test]
fn an_extract_that_did_not_come_is_told_and_no_zero_is_shown_for_it() {
    let site = Site::with_london(300, 5, 0.0);
    for date in ["20261121"] {
        for source in ["crimes", "arrests"] {
            std::fs::remove_file(site.landing().join(format!("{source}_{date}.csv"))).unwrap();
        }
    }
    for job in [
        "nightly-ingest",
        "harm-list",
        "commitment-measures",
        "morning-briefing",
    ] {
        site.run(job, MORNING).unwrap();
    }
    let page = page(&site, "morning-briefing");
    assert!(
        !page.contains("0 VAWG crimes"),
        "an absent night is shown as none"
    );
    assert!(page.contains("Crime reports") && page.contains("[x]"));
    let mail = mails(&site, "morning-briefing").remove(0);
    assert!(
        parsed(&mail)
            .subject()
            .unwrap()
            .contains("2 extracts not in"),
        "{:?}",
        parsed(&mail).subject()
    );
}

#[test]
fn a_report_never_speaks_of_tables_older_than_what_arrived() {
    let site = Site::with_london(300, 5, 0.0);
    for job in ["nightly-ingest", "harm-list", "commitment-measures"] {
        site.run(job, MORNING).unwrap();
    }
    // As after a stop between the last file and the rebuild.
    site.store
        .connection()
        .execute_batch("delete from core.crimes where recorded_on = '2026-11-20'; update mart.warehouse set known_at = known_at - 1")
        .unwrap();
    site.run("morning-briefing", MORNING).unwrap();
    let count =
        site.one("select count(*) from core.crimes where is_vawg and recorded_on = '2026-11-20'");
    assert_ne!(count, "0");
    assert!(page(&site, "morning-briefing").contains(&format!("{count} VAWG crimes")));
}

#[test]
fn mail_that_cannot_leave_fails_the_run_and_leaves_at_the_next() {
    let site = Site::with_london(300, 5, 0.0);
    site.run("nightly-ingest", MORNING).unwrap();
    std::fs::write(site.dir.join("mail"), "in the way").unwrap();
    assert!(site.run("morning-briefing", MORNING).is_err());
    assert_eq!(
        site.one("select state from ledger.slots where job = 'morning-briefing'"),
        "failed"
    );
    std::fs::remove_file(site.dir.join("mail")).unwrap();
    site.run("morning-briefing", MORNING).unwrap();
    assert_eq!(mails(&site, "morning-briefing").len(), 2);
    assert_eq!(
        site.one("select count(*) from ledger.outbox where state = 'sent'"),
        "2"
    );
}
