//! What readers are told: nobody before the decision, then only whom officers
//! accepted, and never a name in a mail.

use daybook::harm::accounts::Role;
use daybook::harm::decisions::decide;
use daybook::harm::decisions::marks::Mark;

use super::{
    OFFICER, REVIEWER, act, close_list, decide as decide_on, flowing, grant, mail, mark, name,
    newest, page, surname, suspects, wish,
};
use crate::support::rows::{CRIMES, PARTIES, crime, file, party};
use crate::support::{MORNING, Site};

const PACK: &str = "harm-list-pack";
const BRIEFING: &str = "morning-briefing";

fn publish(site: &Site) {
    for job in [PACK, BRIEFING] {
        site.run(job, MORNING).unwrap();
    }
}

/// Whether a text holds an identifier as a word of its own.
fn holds(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|found| found == word)
}

fn names_nobody(what: &str, text: &str) {
    for number in 1..=5 {
        assert!(!text.contains(&surname(number)), "{what} names {number}");
    }
    assert!(
        !text.contains("Zebedee") && !text.contains("1971"),
        "{what}"
    );
}

#[test]
fn before_the_decision_nothing_named_is_rendered_anywhere() {
    let site = suspects();
    decide_on(&site, &[("S1", "accept"), ("S3", "accept")]).unwrap();
    publish(&site);
    let pack = page(&site, MORNING, PACK);
    for (what, text) in [
        ("pack", pack.clone()),
        ("briefing", page(&site, MORNING, BRIEFING)),
        ("mail of the pack", mail(&site, PACK)),
        ("mail of the briefing", mail(&site, BRIEFING)),
    ] {
        names_nobody(what, &text);
        for reference in ["S1", "S2", "S3", "S4", "C1", "C2"] {
            assert!(!holds(&text, reference), "{what} refers to {reference}");
        }
        assert!(
            flowing(&text).contains("2 people await a decision"),
            "{what}"
        );
    }
    for text in [pack, flowing(&mail(&site, PACK))] {
        assert!(text.contains("Nobody is named yet. Names follow the decision"));
        assert!(text.contains("partly decided"));
    }
}

#[test]
fn after_it_those_accepted_are_named_and_the_others_are_not() {
    let site = suspects();
    mark(&site, "S4", Mark::Restricted, OFFICER).unwrap();
    decide_on(
        &site,
        &[
            ("S1", "accept"),
            ("S2", "defer"),
            ("S3", "reject"),
            ("S4", "defer"),
        ],
    )
    .unwrap();
    publish(&site);
    let pack = page(&site, MORNING, PACK);
    assert!(pack.contains(&format!("Zebedee {}", surname(1))));
    assert!(
        pack.contains("Accepted by j.officer on 21 November 2026: <bdi>read and weighed</bdi>")
    );
    for number in 2..=5 {
        assert!(!pack.contains(&surname(number)), "{number}");
    }
    assert!(!pack.contains("1971"));
    assert!(holds(&pack, "S2") && holds(&pack, "S3"));
    assert!(!holds(&pack, "S4"), "a restricted person is only counted");
    assert!(pack.contains("1 person is restricted and only counted"));
    assert!(pack.contains("Officers accepted 1 person, deferred 2 and rejected 1."));
    assert!(pack.contains("75.0% (3 of 4 decisions) on this list"));
    for report in [PACK, BRIEFING] {
        let told = flowing(&mail(&site, report));
        names_nobody(report, &told);
        assert!(!holds(&told, "S1") && !told.contains("read and weighed"));
        assert!(told.contains("Officers accepted 1 person, deferred 2 and rejected 1."));
        assert!(told.contains("75.0% (3 of 4 decisions) on this list"));
    }
}

#[test]
fn a_pack_before_and_after_are_two_versions_and_one_mail() {
    let site = suspects();
    publish(&site);
    decide_on(
        &site,
        &[
            ("S1", "accept"),
            ("S2", "defer"),
            ("S3", "accept"),
            ("S4", "accept"),
        ],
    )
    .unwrap();
    publish(&site);
    publish(&site);
    let kept = site.query(
        "select version, html like '%Quillfeather1%' from ledger.reports \
         where report = 'harm-list-pack' order by version",
    );
    assert_eq!(kept, [["1", "false"], ["2", "true"]]);
    assert!(page(&site, MORNING, PACK).contains(&surname(1)));
    assert_eq!(
        site.one("select count(*) from ledger.outbox where report = 'harm-list-pack'"),
        "1"
    );
}

#[test]
fn whoever_is_contested_or_accused_in_return_after_the_decision_is_named_no_more() {
    let site = suspects();
    mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    let all = ["S1", "S2", "S3", "S4"].map(|nominal| (nominal, "accept"));
    decide_on(&site, &all).unwrap();
    site.run(PACK, MORNING).unwrap();
    let pack = page(&site, MORNING, PACK);
    assert!((1..=4).all(|number| pack.contains(&surname(number))));
    mark(&site, "S3", Mark::Contested, OFFICER).unwrap();
    let later = crime("C6", "008/06", "2026-11-20", &[]);
    site.land("crimes_20261122.csv", file(CRIMES, &[later]));
    let parties = [party("C6", "V2", "suspect"), party("C6", "S2", "victim")];
    site.land("parties_20261122.csv", file(PARTIES, &parties));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    site.run(PACK, MORNING).unwrap();
    let pack = page(&site, MORNING, PACK);
    assert!(pack.contains(&surname(1)) && pack.contains(&surname(4)));
    assert!(!pack.contains(&surname(2)) && !pack.contains(&surname(3)));
    assert!(holds(&pack, "S2") && pack.contains("blocked since"));
    assert!(!holds(&pack, "S3"));
}

#[test]
fn a_restricted_person_who_left_the_list_is_not_referred_to() {
    let site = suspects();
    mark(&site, "S1", Mark::Restricted, OFFICER).unwrap();
    let gone: Vec<String> = ["C1", "C3"]
        .iter()
        .map(|reference| {
            crime(
                reference,
                "008/06",
                "2026-06-01",
                &[("status", "cancelled")],
            )
        })
        .collect();
    site.land("crimes_20261122.csv", file(CRIMES, &gone));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    site.run("harm-list", "2026-11-22").unwrap();
    close_list(&site).unwrap();
    site.run(PACK, "2026-11-22").unwrap();
    let pack = page(&site, "2026-11-22", PACK);
    assert!(holds(&pack, "S3"), "who left stands by reference");
    assert!(!holds(&pack, "S1") && !holds(&pack, "S0"));
    assert!(pack.contains("2 people left"));
}

#[test]
fn a_closed_list_names_whom_it_accepted_and_refers_to_the_rest() {
    let site = suspects();
    decide_on(&site, &[("S3", "accept")]).unwrap();
    close_list(&site).unwrap();
    publish(&site);
    let pack = page(&site, MORNING, PACK);
    assert!(pack.contains(&surname(3)));
    assert!([1, 2, 4].iter().all(|n| !pack.contains(&surname(*n))));
    assert_eq!(pack.matches("Left undecided</td>").count(), 3);
    assert!(pack.contains("3 people were left undecided when the list was closed"));
    let told = flowing(&mail(&site, BRIEFING));
    assert!(
        !told.contains("Decide on"),
        "nothing is asked of a closed list"
    );
}

#[test]
fn a_list_that_is_always_accepted_is_told_with_a_warning() {
    let site = suspects();
    mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    let all = ["S1", "S2", "S3", "S4"].map(|nominal| (nominal, "accept"));
    decide_on(&site, &all).unwrap();
    publish(&site);
    let warning = "Warning: nobody has been deferred or rejected in 4 decisions: a list that is \
                   always accepted is decided by the program.";
    for text in [
        page(&site, MORNING, PACK),
        page(&site, MORNING, BRIEFING),
        flowing(&mail(&site, PACK)),
        flowing(&mail(&site, BRIEFING)),
    ] {
        assert!(text.contains(warning));
        assert!(text.contains("0.0% (0 of 4 decisions) on this list"));
    }
}

#[test]
fn a_hostile_reason_stays_a_text_on_every_page_and_is_in_no_mail() {
    let site = suspects();
    let hostile = "</p><script>alert(1)</script>\r\nSubject: x\n\n<img src=x onerror=alert(1)> {{ page }} '; drop table ledger.lists; --";
    let long = format!("{hostile} {}", "wordwithoutend".repeat(120));
    assert!(long.chars().count() <= 2_000);
    let by = name(OFFICER);
    let wishes = [
        wish("S1", "accept", hostile),
        wish("S2", "defer", &long),
        wish("S3", "accept", &long),
        wish("S4", "reject", hostile),
    ];
    decide::decide(&site.store, &newest(&site), &wishes, act(&by)).unwrap();
    assert!(
        "x".repeat(3_000)
            .parse::<daybook::model::reason::Reason>()
            .is_err()
    );
    for job in [PACK, BRIEFING, "operations-report"] {
        site.run(job, MORNING).unwrap();
        let page = page(&site, MORNING, job);
        assert!(
            !page.contains("<script") && !page.contains("<img src=x"),
            "{job}"
        );
        let told = mail(&site, job);
        for part in ["alert(1)", "wordwithoutend", "Subject: x", "drop table"] {
            assert!(!told.contains(part), "{job}: {part}");
        }
    }
    let pack = page(&site, MORNING, PACK);
    assert_eq!(pack.matches("script&#62;alert(1)").count(), 2, "{pack}");
    assert_eq!(
        site.one("select reason from ledger.list_decisions where nominal_id = 'S4'"),
        hostile
    );
}

#[test]
fn an_officer_of_another_name_is_told_beside_the_decision() {
    let site = suspects();
    grant(&site, "k.second", Role::AuthorisingOfficer, OFFICER).unwrap();
    let wishes = ["S1", "S3", "S4"].map(|nominal| wish(nominal, "accept", "agreed"));
    let by = name("k.second");
    decide::decide(&site.store, &newest(&site), &wishes, act(&by)).unwrap();
    decide_on(&site, &[("S2", "reject")]).unwrap();
    site.run(PACK, MORNING).unwrap();
    let pack = page(&site, MORNING, PACK);
    assert_eq!(pack.matches("Accepted by k.second on").count(), 3);
    assert!(pack.contains("j.officer<bdi class=\"note\">21 November 2026"));
}
