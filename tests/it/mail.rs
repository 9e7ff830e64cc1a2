//! Mail by the phase that its conversation had reached: whatever a server
//! does, nobody gets a report twice, and nobody is forgotten.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use daybook::mail::outbox::{Envelope, Settled};
use daybook::mail::send::Mailer;
use daybook::schedule::context::Deployment;
use daybook::store::Store;

use crate::support::post_office::{At, Does, PostOffice};
use crate::support::{SETTINGS, Site, day};

const REPORT: &str = "operations-report";

/// The order in which they are written to.
const FIRST: &str = "first@example.invalid";
const SECOND: &str = "second@example.invalid";

/// A site that mails its operations report to two people through a server.
fn mailing_to(port: u16, tls: &str) -> Site {
    let site = Site::new();
    let recipients = format!("operations = [\"{FIRST}\", \"{SECOND}\"]");
    let settings = SETTINGS.replace("operations = [\"operations@example.invalid\"]", &recipients);
    // Any variable does for a password that is always right.
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"daybook@example.invalid\"\n[mail.smtp]\n\
         host = \"127.0.0.1\"\nport = {port}\ntls = \"{tls}\"\ntimeout_seconds = 1\n\
         final_timeout_seconds = 2\nuser = \"daybook\"\npassword_env = \"PATH\"\n"
    );
    configured(site, &format!("{settings}{mail}"))
}

fn configured(site: Site, settings: &str) -> Site {
    std::fs::write(site.dir.join("daybook.toml"), settings).unwrap();
    let deployment = Deployment::load(&site.dir).unwrap();
    Site { deployment, ..site }
}

fn states(site: &Site, as_of: &str) -> [String; 2] {
    let rows = site.query(&format!(
        "select state from ledger.outbox where as_of = '{as_of}' order by recipient"
    ));
    rows.concat().try_into().unwrap()
}

fn slot(site: &Site, as_of: &str) -> String {
    site.one(&format!(
        "select state from ledger.slots where job = '{REPORT}' and as_of = '{as_of}'"
    ))
}

/// The days of May, one for each case.
fn date(case: usize) -> String {
    format!("2026-05-{:02}", case + 1)
}

/// Plays one case after the other against one server: what becomes of both
/// envelopes, and how often each arrives once the server is well again.
fn play(site: &Site, office: &PostOffice, cases: &[(At, Does, [&str; 2])]) {
    for (number, (at, does, wanted)) in cases.iter().enumerate() {
        let (case, as_of) = (format!("{at:?} {does:?}"), date(number));
        office.is_told(at.clone(), does.clone());
        let outcome = site.run(REPORT, &as_of);
        assert_eq!(states(site, &as_of), *wanted, "{case}");
        assert_eq!(outcome.is_ok(), *wanted == ["sent"; 2], "{case}");
        for (recipient, state) in [FIRST, SECOND].into_iter().zip(wanted) {
            let told = outcome.as_ref().err().map(|error| format!("{error:#}"));
            let is_named = told.is_some_and(|told| told.contains(recipient));
            assert_eq!(is_named, *state != "sent", "{case}: {recipient}");
        }
        office.is_well();
        let outcome = site.run(REPORT, &as_of);
        let after = wanted.map(|state| match state {
            "uncertain" => "uncertain",
            _ => "sent",
        });
        assert_eq!(states(site, &as_of), after, "{case}, then well");
        let is_whole = after == ["sent"; 2];
        assert_eq!(outcome.is_ok(), is_whole, "{case}, then well: {outcome:?}");
        let wanted_slot = if is_whole { "succeeded" } else { "failed" };
        assert_eq!(slot(site, &as_of), wanted_slot, "{case}");
        let mut taken: Vec<String> = office.taken().into_iter().map(|t| t.recipient).collect();
        taken.sort();
        assert_eq!(taken, [FIRST, SECOND], "{case}: how often each has it");
    }
}

#[test]
fn until_the_message_has_ended_nothing_was_delivered_and_all_wait() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    let both = ["queued"; 2];
    play(
        &site,
        &office,
        &[
            (At::Accept, Does::Closes, both),
            (At::Accept, Does::IsSilent, both),
            (At::Accept, Does::Says("HTTP/1.1 400 Bad Request"), both),
            (At::Accept, Does::Says("SSH-2.0-OpenSSH_9.2"), both),
            (At::Accept, Does::Says("554 no service here"), both),
            (At::Accept, Does::Says("421 later"), both),
            (At::Ehlo, Does::Says("504 need a qualified name"), both),
            (At::Ehlo, Does::IsSilent, both),
            (At::Auth, Does::Says("535 wrong password"), both),
            (At::Auth, Does::Says("454 later"), both),
            (At::Mail, Does::Says("550 not from you"), both),
            (At::Mail, Does::Says("530 log in first"), both),
            (At::Mail, Does::Says("450 later"), both),
            (At::Mail, Does::Closes, both),
            (At::Data, Does::Says("554 no"), both),
            (At::Data, Does::Says("451 later"), both),
            (At::Data, Does::Says("250 what?"), both),
            (At::Data, Does::IsSilent, both),
        ],
    );
}

#[test]
fn a_message_that_breaks_off_within_was_not_delivered() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    let mailer = Mailer::open(&site.deployment.config.mail).unwrap();
    let envelope = Envelope {
        envelope_id: 1,
        report: REPORT.to_owned(),
        as_of: day("2026-05-01"),
        sender: "daybook@example.invalid".to_owned(),
        recipient: FIRST.to_owned(),
        // More than lies between two programs on the way.
        message: b"a line of the message\r\n".repeat(2_000_000),
    };
    for does in [Does::Closes, Does::IsSlow] {
        office.is_told(At::Body, does);
        let attempt = mailer.send(&envelope, || Ok(()));
        // Cut or timed out, as the machine's buffers have it.
        let Settled::Waiting(reason) = attempt.settled else {
            panic!("{:?}", attempt.settled);
        };
        assert!(reason.starts_with("within the message: "), "{reason}");
        assert!(attempt.ends_round);
        assert_eq!(office.taken(), []);
    }
}

#[test]
fn a_recipient_who_is_refused_keeps_nothing_from_the_other() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    let no = |text| (At::Rcpt(FIRST), Does::Says(text));
    let cases = [
        (no("550 5.1.1 no such mailbox"), ["failed", "sent"]),
        (no("553 not a mailbox"), ["failed", "sent"]),
        (no("450 greylisted"), ["queued", "sent"]),
        (no("452 full"), ["queued", "sent"]),
        // A no to us that some servers say only here.
        (
            no("504 5.5.2 <vm>: need a qualified name"),
            ["queued", "sent"],
        ),
        (no("421 closing"), ["queued", "queued"]),
        (
            (At::Rcpt(SECOND), Does::Says("550 gone")),
            ["sent", "failed"],
        ),
    ];
    let cases = cases.map(|((at, does), states)| (at, does, states));
    play(&site, &office, &cases);
}

#[test]
fn after_the_message_only_the_servers_word_settles_it() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    let slow = |seconds| Does::SaysAfter(Duration::from_secs(seconds), "250 taken");
    play(
        &site,
        &office,
        &[
            (At::Dot, Does::IsSilent, ["uncertain", "queued"]),
            (At::Dot, Does::Closes, ["uncertain", "queued"]),
            (At::Dot, Does::Resets, ["uncertain", "queued"]),
            (At::Dot, slow(4), ["uncertain", "queued"]),
            // Longer than the server may be silent before, not than after.
            (At::Dot, slow(1), ["sent", "sent"]),
            (At::Dot, Does::Says("451 later"), ["queued", "queued"]),
            (At::Dot, Does::Says("552 too large"), ["failed", "failed"]),
            (At::Dot, Does::Says("554 not wanted"), ["failed", "failed"]),
            (At::Dot, Does::Says("250 taken"), ["sent", "sent"]),
        ],
    );
}

#[test]
fn a_server_without_the_encryption_asked_for_is_given_nothing() {
    for (tls, heard) in [("starttls", 2), ("wrapper", 0)] {
        let office = PostOffice::open();
        let site = mailing_to(office.port, tls);
        let told = format!("{:#}", site.run(REPORT, "2026-05-01").unwrap_err());
        assert!(told.contains("queued, when"), "{told}");
        assert_eq!(states(&site, "2026-05-01"), ["queued"; 2], "{tls}");
        let commands = office.heard();
        assert!(
            commands
                .iter()
                .all(|c| !c.contains("AUTH") && !c.contains("MAIL"))
        );
        assert!(commands.len() >= heard, "{tls}: {commands:?}");
        assert_eq!(office.taken(), []);
    }
}

#[test]
fn a_server_that_takes_no_connection_is_waited_for_once_a_round() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) =
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100))
    {
        waiting.push(stream);
    }
    let site = mailing_to(address.port(), "none");
    let silent = format!("{:#}", site.run(REPORT, "2026-05-01").unwrap_err());
    assert!(silent.contains("no answer within 1 s"), "{silent}");
    assert_eq!(states(&site, "2026-05-01"), ["queued"; 2]);
    let attempts = "select string_agg(attempts, ' ' order by recipient) from ledger.outbox";
    assert_eq!(site.one(attempts), "1 0");
    drop((listener, waiting));
    let refused = format!("{:#}", site.run(REPORT, "2026-05-01").unwrap_err());
    assert!(refused.contains("the connection was refused"), "{refused}");
    // Each round begins with whom it has tried least.
    assert_eq!(site.one(attempts), "1 1");
}

#[test]
fn a_message_that_always_breaks_the_connection_does_not_hold_up_the_others() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    office.is_told(At::Rcpt(FIRST), Does::Closes);
    assert!(site.run(REPORT, "2026-05-01").is_err());
    assert_eq!(states(&site, "2026-05-01"), ["queued"; 2]);
    assert!(site.run(REPORT, "2026-05-01").is_err());
    assert_eq!(states(&site, "2026-05-01"), ["queued", "sent"]);
}

fn start(site: &Site) -> Child {
    Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(["run", REPORT, "--as-of", "2026-05-01", "--dir"])
        .arg(&site.dir)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A site whose program was killed while its server was at a phase.
fn killed_at(office: &PostOffice, at: At) -> Site {
    let mut site = mailing_to(office.port, "none");
    let settings = std::fs::read_to_string(site.dir.join("daybook.toml")).unwrap();
    // Nothing times out before the kill.
    let patient = settings.replace("timeout_seconds = 1", "timeout_seconds = 60");
    site = configured(site, &patient.replace("seconds = 2", "seconds = 60"));
    site.store = Store::in_memory().unwrap();
    office.is_told(at, Does::IsSilent);
    let mut child = start(&site);
    office.reached.recv_timeout(Duration::from_mins(1)).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    office.is_well();
    site.store = site.deployment.open_store().unwrap();
    assert_eq!(states(&site, "2026-05-01"), ["sending", "queued"]);
    site
}

#[test]
fn a_program_killed_before_it_handed_a_message_over_sends_it_again() {
    for at in [At::Accept, At::Auth, At::Rcpt(FIRST), At::Data] {
        let office = PostOffice::open();
        let site = killed_at(&office, at.clone());
        site.run(REPORT, "2026-05-01").unwrap();
        assert_eq!(states(&site, "2026-05-01"), ["sent"; 2], "{at:?}");
        assert_eq!(office.taken().len(), 2, "{at:?}");
    }
}

#[test]
fn a_program_killed_after_it_handed_a_message_over_does_not_repeat_it() {
    let office = PostOffice::open();
    let site = killed_at(&office, At::Dot);
    let told = format!("{:#}", site.run(REPORT, "2026-05-01").unwrap_err());
    assert!(
        told.contains(
            "1 recipient has not got it: first@example.invalid: uncertain, the program stopped \
             while the message was handed over"
        ),
        "{told}"
    );
    assert_eq!(states(&site, "2026-05-01"), ["uncertain", "sent"]);
    let taken = office.taken();
    assert_eq!(taken.len(), 2);
    assert_ne!(taken[0].recipient, taken[1].recipient);
}

#[test]
fn a_mail_says_hello_with_a_name_that_a_server_can_take() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    site.run(REPORT, "2026-05-01").unwrap();
    let hello = office.heard().remove(0);
    assert!(hello.starts_with("EHLO ") && hello.contains('.'), "{hello}");
    let settings = std::fs::read_to_string(site.dir.join("daybook.toml")).unwrap();
    let site = configured(
        site,
        &format!("{settings}helo = \"daybook.force.example\"\n"),
    );
    site.run(REPORT, "2026-05-02").unwrap();
    assert_eq!(office.heard()[0], "EHLO daybook.force.example");
}

#[test]
fn one_address_in_two_cases_is_one_reader_and_a_wrong_one_stops_nobody() {
    let office = PostOffice::open();
    let mut site = mailing_to(office.port, "none");
    // `check` finds it; the run goes on where it came in another way.
    let list = [
        "a..b@example.invalid",
        "A@example.invalid",
        "a@example.invalid",
    ];
    let list = list.map(|address| toml::Spanned::new(0..0, address.to_owned()));
    let recipients = &mut site.deployment.config.recipients;
    recipients.insert("operations".to_owned(), list.to_vec());
    let told = format!("{:#}", site.run(REPORT, "2026-05-01").unwrap_err());
    assert!(
        told.contains("1 recipient has not got it: a..b@example.invalid: not queued"),
        "{told}"
    );
    let taken: Vec<String> = office.taken().into_iter().map(|t| t.recipient).collect();
    assert_eq!(taken, ["A@example.invalid"]);
    assert_eq!(slot(&site, "2026-05-01"), "failed");
    let path = site.dir.join(format!("reports/2026-05-01/{REPORT}.html"));
    assert!(path.is_file(), "the page is there all the same");
}

#[test]
fn mail_in_clear_off_this_machine_is_refused_twice() {
    let office = PostOffice::open();
    let mut site = mailing_to(office.port, "none");
    let settings = std::fs::read_to_string(site.dir.join("daybook.toml")).unwrap();
    let open = settings.replace("\"127.0.0.1\"", "\"192.0.2.2\"");
    std::fs::write(site.dir.join("daybook.toml"), open).unwrap();
    let problems = Deployment::load(&site.dir).err().unwrap().to_string();
    assert!(
        problems.contains("daybook.toml:17:7: tls = \"none\"\n    mail and password would leave"),
        "{problems}"
    );
    let smtp = site.deployment.config.mail.smtp.as_mut().unwrap();
    smtp.host = toml::Spanned::new(0..0, "192.0.2.2".to_owned());
    let told = format!("{:#}", site.run(REPORT, "2026-05-01").unwrap_err());
    assert!(told.contains("would leave this machine in clear"), "{told}");
    assert_eq!(states(&site, "2026-05-01"), ["queued"; 2]);
}

#[test]
fn no_mail_names_a_page_that_could_not_be_written() {
    let office = PostOffice::open();
    let site = mailing_to(office.port, "none");
    std::fs::write(site.dir.join("reports"), "in the way").unwrap();
    assert!(site.run(REPORT, "2026-05-01").is_err());
    assert_eq!(site.one("select count(*) from ledger.outbox"), "0");
    assert_eq!(site.one("select count(*) from ledger.reports"), "0");
    std::fs::remove_file(site.dir.join("reports")).unwrap();
    site.run(REPORT, "2026-05-01").unwrap();
    assert_eq!(office.taken().len(), 2);
}
