//! What officers decide, what is refused, and what readers are told of it.

mod held_back;
mod readers;
mod recorded;
mod refused;

use daybook::harm::accounts::{self, Role};
use daybook::harm::decisions::close::close;
use daybook::harm::decisions::decide::{self, Wish};
use daybook::harm::decisions::marks::{self, Mark, Marked};
use daybook::harm::decisions::overrides::Closed;
use daybook::harm::decisions::{self, Which};
use daybook::harm::list::List;
use daybook::model::account_name::AccountName;
use daybook::model::operator::Operator;
use daybook::schedule::context::Deployment;
use std::sync::OnceLock;

use crate::support::kept::Kept;
use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, OFFICER, Site, act};

/// Sexual assault on a girl under 13: 182 days.
pub const ASSAULT: &str = "020/06";
const REVIEWER: &str = "r.eviewer";
const ANALYST: &str = "an-analyst";

/// Five suspects on a list of four, S1 the most harmful, each with a name that
/// no other text holds. S0 was merged into S1; S2 and V2 accuse each other.
pub fn suspects() -> Site {
    static MADE: OnceLock<Kept> = OnceLock::new();
    Kept::once(&MADE, || {
        let mut site = Site::new();
        site.land("crimes_20261121.csv", file(CRIMES, &crimes()));
        site.land("parties_20261121.csv", file(PARTIES, &parties()));
        site.land("nominals_20261121.csv", file(NOMINALS, &nominals()));
        edit(&mut site, "size = 100", "size = 4");
        site.run("nightly-ingest", MORNING).unwrap();
        site.run("harm-list", MORNING).unwrap();
        site.grant(OFFICER, Role::AuthorisingOfficer);
        site.grant(REVIEWER, Role::SpecialistReviewer);
        site.grant(ANALYST, Role::Analyst);
        site
    })
}

fn crimes() -> Vec<String> {
    let mut crimes: Vec<String> = (1..=5)
        .map(|n| {
            let count = (11 - n).to_string();
            let changes = [("offence_count", count.as_str())];
            crime(&format!("C{n}"), ASSAULT, "2026-06-01", &changes)
        })
        .collect();
    crimes.push(crime("C2B", ASSAULT, "2026-06-02", &[]));
    crimes
}

fn parties() -> Vec<String> {
    let mut parties: Vec<String> = (1..=5)
        .flat_map(|n| {
            let suspect = if n == 1 {
                "S0".to_owned()
            } else {
                format!("S{n}")
            };
            [
                party(&format!("C{n}"), &suspect, "suspect"),
                party(&format!("C{n}"), &format!("V{n}"), "victim"),
            ]
        })
        .collect();
    parties.push(party("C2B", "V2", "suspect"));
    parties.push(party("C2B", "S2", "victim"));
    parties
}

fn nominals() -> Vec<String> {
    let mut nominals: Vec<String> = (1..=5)
        .flat_map(|n| {
            let surname = surname(n);
            let changes = [
                ("surname", surname.as_str()),
                ("forenames", "Zebedee"),
                ("date_of_birth", "1971-03-09"),
            ];
            [
                nominal(&format!("S{n}"), "M", &changes),
                nominal(&format!("V{n}"), "F", &[]),
            ]
        })
        .collect();
    nominals.push(nominal("S0", "M", &[("merged_into", "S1")]));
    nominals
}

fn surname(number: i32) -> String {
    format!("Quillfeather{number}")
}

/// Changes the list job's settings and reads them again.
fn edit(site: &mut Site, from: &str, to: &str) {
    let path = site.dir.join("jobs/harm-list/job.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&path, text.replace(from, to)).unwrap();
    site.deployment = Deployment::load(&site.dir).unwrap();
}

fn name(text: &str) -> AccountName {
    text.parse().unwrap()
}

fn grant(site: &Site, account: &str, role: Role, by: &str) -> anyhow::Result<()> {
    let uid = Some(Operator::current().uid);
    accounts::grant(&site.store, &name(account), role, uid, act(&name(by)))
}

fn newest(site: &Site) -> List {
    decisions::find(site.store.connection(), Which::Newest).unwrap()
}

fn wish(nominal: &str, verdict: &str, reason: &str) -> Wish {
    Wish {
        nominal: nominal.parse().unwrap(),
        verdict: verdict.parse().unwrap(),
        reason: reason.parse().unwrap(),
    }
}

/// Decides on the newest list, as the officer.
pub fn decide(site: &Site, wishes: &[(&str, &str)]) -> anyhow::Result<Vec<String>> {
    let wishes: Vec<Wish> = wishes
        .iter()
        .map(|(nominal, verdict)| wish(nominal, verdict, "read and weighed"))
        .collect();
    decide::decide(&site.store, &newest(site), &wishes, act(&name(OFFICER)))
}

pub fn close_list(site: &Site) -> anyhow::Result<Closed> {
    let reason = "the month is over".parse().unwrap();
    close(&site.store, &newest(site), &reason, act(&name(OFFICER)))
}

pub fn mark(site: &Site, nominal: &str, what: Mark, by: &str) -> anyhow::Result<Marked> {
    marks::mark(
        &site.store,
        &nominal.parse().unwrap(),
        what,
        &"a reason of its own".parse().unwrap(),
        act(&name(by)),
    )
}

/// Every row that anybody's act has left behind.
fn acts(site: &Site) -> Vec<Vec<String>> {
    [
        "account_roles",
        "list_decisions",
        "list_closes",
        "person_marks",
    ]
    .iter()
    .flat_map(|table| {
        site.query(&format!(
            "select '{table}' as t, r::varchar as row_text from ledger.{table} as r order by 2"
        ))
    })
    .collect()
}

fn page(site: &Site, date: &str, report: &str) -> String {
    std::fs::read_to_string(site.dir.join(format!("reports/{date}/{report}.html"))).unwrap()
}

/// Text and HTML of the one mail of a report.
fn mail(site: &Site, report: &str) -> String {
    let path = std::fs::read_dir(site.dir.join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains(report))
        .unwrap();
    let bytes = std::fs::read(path).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    format!(
        "{}\n{}\n{}",
        mail.subject().unwrap(),
        mail.body_text(0).unwrap(),
        mail.body_html(0).unwrap()
    )
}

/// Words as they flow, whatever the lines.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
