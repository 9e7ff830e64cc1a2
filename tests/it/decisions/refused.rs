//! Each thing that cannot be decided is refused in words and changes nothing.

use daybook::harm::accounts::Role;
use daybook::harm::decisions::close::close;
use daybook::harm::decisions::decide;
use daybook::harm::decisions::marks::Mark;

use super::{
    ANALYST, OFFICER, REVIEWER, act, acts, close_list, grant, mark, name, newest, suspects, wish,
};
use crate::support::rows::{CRIMES, crime, file};
use crate::support::{MORNING, Site};

/// The refusal of an act that must leave every row as it was.
fn refused<T: std::fmt::Debug>(site: &Site, work: impl FnOnce() -> anyhow::Result<T>) -> String {
    let before = acts(site);
    let error = work().unwrap_err().to_string();
    assert!(error.ends_with("nothing was changed"), "{error}");
    assert_eq!(acts(site), before, "{error}");
    error
}

fn decide_as(site: &Site, by: &str, nominal: &str, verdict: &str) -> anyhow::Result<Vec<String>> {
    let wishes = [wish(nominal, verdict, "because")];
    decide::decide(&site.store, &newest(site), &wishes, act(&name(by)))
}

#[test]
fn only_an_authorising_officer_decides_closes_and_marks() {
    let site = suspects();
    let list = newest(&site);
    let reason = "because".parse().unwrap();
    for (by, expected) in [
        (ANALYST, "an-analyst is not authorising-officer but analyst"),
        (
            REVIEWER,
            "r.eviewer is not authorising-officer but specialist-reviewer",
        ),
        ("nobody", "no account is called nobody"),
    ] {
        let told = refused(&site, || decide_as(&site, by, "S1", "accept"));
        assert!(told.contains(expected), "{told}");
        let told = refused(&site, || close(&site.store, &list, &reason, act(&name(by))));
        assert!(told.contains(expected), "{told}");
        for what in [
            Mark::Contested,
            Mark::Settled,
            Mark::Restricted,
            Mark::Unrestricted,
        ] {
            let told = refused(&site, || mark(&site, "S1", what, by));
            assert!(told.contains(expected), "{told}");
        }
    }
    let told = refused(&site, || mark(&site, "S2", Mark::CounterReviewed, OFFICER));
    assert!(
        told.contains("j.officer is not specialist-reviewer but authorising-officer"),
        "{told}"
    );
}

#[test]
fn only_the_people_of_the_list_are_decided_on() {
    let site = suspects();
    for (nominal, expected) in [
        ("S5", "S5 has rank 5 and is not on list 1, which holds 4"),
        ("V1", "V1 is not on list 1"),
        ("s1", "s1 is not on list 1"),
    ] {
        let told = refused(&site, || decide_as(&site, OFFICER, nominal, "reject"));
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn nobody_is_decided_on_twice_under_any_identity() {
    let site = suspects();
    decide_as(&site, OFFICER, "S1", "defer").unwrap();
    for nominal in ["S1", "S0"] {
        let told = refused(&site, || decide_as(&site, OFFICER, nominal, "accept"));
        assert!(
            told.contains(
                "S1 was deferred on list 1 by j.officer at 2026-11-21 12:00 UTC; a decision does \
                 not change"
            ),
            "{told}"
        );
    }
    let wishes = [
        wish("S3", "accept", "because"),
        wish("S3", "reject", "because"),
    ];
    let told = refused(&site, || {
        decide::decide(&site.store, &newest(&site), &wishes, act(&name(OFFICER)))
    });
    assert!(told.contains("S3 is decided twice here"), "{told}");
}

#[test]
fn a_decided_and_a_closed_list_take_nothing_more() {
    let site = suspects();
    decide_as(&site, OFFICER, "S1", "accept").unwrap();
    close_list(&site).unwrap();
    let told = refused(&site, || decide_as(&site, OFFICER, "S3", "accept"));
    assert!(
        told.contains("list 1 was closed by j.officer at 2026-11-21 12:00 UTC"),
        "{told}"
    );
    let told = refused(&site, || close_list(&site));
    assert!(told.contains("list 1 was closed by j.officer"), "{told}");

    let site = suspects();
    for nominal in ["S1", "S2", "S3", "S4"] {
        decide_as(&site, OFFICER, nominal, "reject").unwrap();
    }
    let told = refused(&site, || decide_as(&site, OFFICER, "S3", "accept"));
    assert!(told.contains("S3 was rejected"), "{told}");
    let told = refused(&site, || close_list(&site));
    assert!(told.contains("list 1 is decided: each of its 4 people is"));
}

#[test]
fn a_list_that_another_of_its_date_replaced_is_named_with_the_newer_one() {
    let site = suspects();
    let old = newest(&site);
    let changed = crime("C5", "008/06", "2026-06-01", &[("offence_count", "2")]);
    site.land("crimes_20261122.csv", file(CRIMES, &[changed]));
    site.run("nightly-ingest", "2026-11-22").unwrap();
    site.run("harm-list", MORNING).unwrap();
    assert_eq!(newest(&site).list_id, 2);
    let wishes = [wish("S1", "accept", "because")];
    let by = name(OFFICER);
    let told = refused(&site, || {
        decide::decide(&site.store, &old, &wishes, act(&by))
    });
    assert!(
        told.contains("list 1 was replaced by list 2 of the same date, 2026-11-21"),
        "{told}"
    );
    let told = refused(&site, || {
        close(&site.store, &old, &"late".parse().unwrap(), act(&by))
    });
    assert!(told.contains("replaced by list 2"), "{told}");
    // An earlier date's list stays open to be decided.
    site.run("harm-list", "2026-11-22").unwrap();
    decide::decide(&site.store, &old_of(&site, 2), &wishes, act(&by)).unwrap();
}

fn old_of(site: &Site, number: i64) -> daybook::harm::list::List {
    let which = daybook::harm::decisions::Which::Number(number);
    daybook::harm::decisions::find(site.store.connection(), which).unwrap()
}

#[test]
fn blocked_and_restricted_people_can_be_deferred_or_rejected_only() {
    for verdict in ["defer", "reject"] {
        let site = suspects();
        let told = refused(&site, || decide_as(&site, OFFICER, "S2", "accept"));
        assert!(
            told.contains(
                "S2 is blocked by a counter-allegation that no specialist has reviewed (C2, C2B)"
            ),
            "{told}"
        );
        decide_as(&site, OFFICER, "S2", verdict).unwrap();
        mark(&site, "S3", Mark::Restricted, OFFICER).unwrap();
        mark(&site, "S4", Mark::Contested, OFFICER).unwrap();
        let told = refused(&site, || decide_as(&site, OFFICER, "S3", "accept"));
        assert!(told.contains("S3 is restricted and cannot"), "{told}");
        let told = refused(&site, || decide_as(&site, OFFICER, "S4", "accept"));
        assert!(
            told.contains("S4 is contested and unsettled and cannot"),
            "{told}"
        );
        decide_as(&site, OFFICER, "S3", verdict).unwrap();
        decide_as(&site, OFFICER, "S4", verdict).unwrap();
    }
}

#[test]
fn a_mark_says_nothing_that_holds_already() {
    let site = suspects();
    for (what, expected) in [
        (Mark::Settled, "S1 is not contested"),
        (Mark::Unrestricted, "S1 is not restricted"),
    ] {
        let told = refused(&site, || mark(&site, "S0", what, OFFICER));
        assert!(told.contains(expected), "{told}");
    }
    for what in [Mark::Contested, Mark::Restricted] {
        mark(&site, "S1", what, OFFICER).unwrap();
        let told = refused(&site, || mark(&site, "S0", what, OFFICER));
        let since = "since 2026-11-21 12:00 UTC, by j.officer";
        assert!(
            told.contains(&format!("S1 has been {} {since}", what.as_str())),
            "{told}"
        );
    }
    let told = refused(&site, || mark(&site, "S3", Mark::CounterReviewed, REVIEWER));
    assert!(
        told.contains("S3 has no counter-allegation to review"),
        "{told}"
    );
    mark(&site, "S2", Mark::CounterReviewed, REVIEWER).unwrap();
    let told = refused(&site, || mark(&site, "S2", Mark::CounterReviewed, REVIEWER));
    assert!(
        told.contains("every counter-allegation of S2 was reviewed"),
        "{told}"
    );
    let told = refused(&site, || mark(&site, "S99", Mark::Contested, OFFICER));
    assert!(told.contains("no extract names a person S99"), "{told}");
}

#[test]
fn nobody_is_marked_before_anything_was_taken_in() {
    let site = Site::new();
    site.grant(OFFICER, Role::AuthorisingOfficer);
    let error = mark(&site, "S1", Mark::Contested, OFFICER).unwrap_err();
    assert!(error.to_string().contains("nothing has been accepted yet"));
}

#[test]
fn a_setting_that_only_marks_blocks_and_restricts_nobody() {
    let mut site = suspects();
    site.set_list(&[
        ("counter_allegation", "\"mark\""),
        ("contested", "\"mark\""),
    ]);
    site.run("harm-list", MORNING).unwrap();
    mark(&site, "S4", Mark::Contested, OFFICER).unwrap();
    decide_as(&site, OFFICER, "S2", "accept").unwrap();
    decide_as(&site, OFFICER, "S4", "accept").unwrap();
    mark(&site, "S3", Mark::Restricted, OFFICER).unwrap();
    refused(&site, || decide_as(&site, OFFICER, "S3", "accept"));
}

#[test]
fn roles_are_given_by_an_officer_to_others_but_for_the_first() {
    let site = Site::new();
    let told = refused(&site, || {
        grant(&site, REVIEWER, Role::SpecialistReviewer, OFFICER)
    });
    assert!(told.contains("daybook account appoint NAME"), "{told}");
    site.grant(REVIEWER, Role::SpecialistReviewer);
    let told = refused(&site, || {
        grant(&site, OFFICER, Role::SpecialistReviewer, OFFICER)
    });
    assert!(told.contains("cannot give themselves a role"), "{told}");
    let told = refused(&site, || {
        grant(&site, "friend", Role::AuthorisingOfficer, REVIEWER)
    });
    assert!(told.contains("r.eviewer is not authorising-officer"));
    let told = refused(&site, || grant(&site, "friend", Role::Analyst, "stranger"));
    assert!(told.contains("no account is called stranger"), "{told}");
    let told = refused(&site, || {
        grant(&site, REVIEWER, Role::SpecialistReviewer, OFFICER)
    });
    assert!(told.contains("has been specialist-reviewer since 2026-11-21 12:00 UTC, by j.officer"));
}

#[test]
fn a_role_that_was_taken_away_decides_no_more() {
    let site = suspects();
    grant(&site, "second", Role::AuthorisingOfficer, OFFICER).unwrap();
    decide_as(&site, "second", "S1", "accept").unwrap();
    let officer = name(OFFICER);
    let change = act(&officer);
    let second = name("second");
    let role = Role::AuthorisingOfficer;
    daybook::harm::accounts::revoke(&site.store, &second, role, change).unwrap();
    let told = refused(&site, || decide_as(&site, "second", "S3", "accept"));
    assert!(
        told.contains("second is not authorising-officer but without a role"),
        "{told}"
    );
    let told = refused(&site, || {
        daybook::harm::accounts::revoke(&site.store, &second, role, change)
    });
    assert!(told.contains("second is not authorising-officer"), "{told}");
    let told = refused(&site, || {
        daybook::harm::accounts::revoke(&site.store, &officer, role, change)
    });
    assert!(
        told.contains(
            "j.officer is the last authorising-officer who is bound to anybody; name another first"
        ),
        "{told}"
    );
    assert_eq!(
        site.one("select count(*) from ledger.list_decisions where decided_by = 'second'"),
        "1"
    );
}
