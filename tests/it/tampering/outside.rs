//! What only the anchors outside the database can tell: a chain made anew to
//! its end, one cut at its end, a database put in another's place.

use daybook::store::Store;
use daybook::store::chain;
use daybook::store::chain::anchor::{self, Anchor, Head};
use duckdb::{Connection, params};

use super::{Copy, Still, decided, found, logged};

/// Turns a rejection into an acceptance and makes every later entry of the
/// chain anew, as the program would have.
fn forge_decision(copy: &Copy) {
    copy.run("update ledger.list_decisions set decision = 'accept' where nominal_id = 'S3'");
    let store = Store::open(&copy.config).unwrap();
    let connection = store.connection();
    let ledger = chain::catalogue::named("ledger.list_decisions").unwrap();
    let now = chain::content::take(connection, &ledger, chain::content::Keys::All).unwrap();
    let mut head = String::new();
    for mut entry in chain::entries(connection, &ledger.name).unwrap() {
        let held = now.iter().find(|content| content.key == entry.key);
        entry.content = held.map(|content| content.sha256.clone());
        entry.sha256 = chain::link(&head, &ledger.name, &entry);
        connection
            .execute(
                "update conduct_ledger.chain set content_sha256 = ?, entry_sha256 = ? \
                 where ledger = ? and entry = ?",
                params![entry.content, entry.sha256, ledger.name, entry.number],
            )
            .unwrap();
        head = entry.sha256;
    }
    store.checkpoint().unwrap();
}

/// Makes every anchor anew over the chains as they are.
fn forge_anchors(copy: &Copy) {
    copy.run(
        "update conduct_ledger.anchor_heads as heads set head = chain.entry_sha256 \
         from conduct_ledger.chain as chain \
         where chain.ledger = heads.ledger and chain.entry = heads.entries",
    );
    let store = Store::open(&copy.config).unwrap();
    let connection = store.connection();
    let mut before = String::new();
    for number in 1..=count(connection, "conduct_ledger.anchors") {
        let at = connection
            .query_row(
                "select taken_at from conduct_ledger.anchors where anchor_id = ?",
                [number],
                |row| row.get(0),
            )
            .unwrap();
        before = anchor::link(&before, number, at, &heads(connection, number));
        connection
            .execute(
                "update conduct_ledger.anchors set sha256 = ? where anchor_id = ?",
                params![before, number],
            )
            .unwrap();
    }
    store.checkpoint().unwrap();
}

fn count(connection: &Connection, table: &str) -> i64 {
    connection
        .query_row(&format!("select count(*) from {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

fn heads(connection: &Connection, number: i64) -> Vec<Head> {
    let mut statement = connection
        .prepare(
            "select ledger, entries, head from conduct_ledger.anchor_heads \
             where anchor_id = ? order by ledger",
        )
        .unwrap();
    let rows = statement.query_map([number], |row| {
        Ok(Head {
            ledger: row.get(0)?,
            entries: row.get(1)?,
            sha256: row.get(2)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The anchor that a mail of a report carries.
fn of_mail(still: &Still, report: &str) -> Anchor {
    let connection = Connection::open(&still.copy().config.path).unwrap();
    let message: Vec<u8> = connection
        .query_row(
            "select message from ledger.outbox where report = ? order by envelope_id limit 1",
            [report],
            |row| row.get(0),
        )
        .unwrap();
    let text = String::from_utf8_lossy(&message);
    let header = text
        .lines()
        .find_map(|line| line.strip_prefix("X-Daybook-Ledger: "))
        .unwrap();
    daybook::audit::heads::parse(header).unwrap()
}

#[test]
fn a_chain_made_anew_to_its_end_is_told_by_the_anchors_alone() {
    let still = Still::new(decided());
    let mail = of_mail(&still, "morning-briefing");
    let copy = still.copy();
    forge_decision(&copy);
    let told = found(&copy.verify(false, &[]));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("ledger.list_decisions entry 2: forged: anchor "),
        "{told:?}"
    );

    forge_anchors(&copy);
    assert_eq!(found(&copy.verify(false, &[])), [""; 0]);

    // The first line was written before the decision.
    let lines = logged(&copy.log()).len();
    let told = found(&copy.verify(true, &[]));
    assert_eq!(told.len(), lines - 1, "{told:?}");
    assert!(told[0].starts_with("audit-heads.log line 2: forged: anchor "));

    std::fs::remove_file(copy.log()).unwrap();
    assert_eq!(
        found(&copy.verify(true, &[])),
        ["audit-heads.log line 1: deleted: the log of anchors is gone"]
    );
    assert_eq!(
        found(&copy.verify(false, std::slice::from_ref(&mail))),
        [format!(
            "conduct_ledger.anchors anchor {}: forged: the database has another hash for it",
            mail.number
        )]
    );
}

#[test]
fn rows_cut_off_with_their_entries_are_told_by_the_anchors_alone() {
    let still = Still::new(decided());
    let copy = still.copy();
    copy.run(
        "delete from ledger.list_decisions where decision_id = 2; \
         delete from conduct_ledger.chain where ledger = 'ledger.list_decisions' and entry = 2",
    );
    let told = found(&copy.verify(false, &[]));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("ledger.list_decisions entry 2: cut: anchor "));

    copy.run(
        "delete from conduct_ledger.anchor_heads \
             where ledger = 'ledger.list_decisions' and entries >= 2",
    );
    forge_anchors(&copy);
    assert_eq!(found(&copy.verify(false, &[])), [""; 0]);
    assert_eq!(
        found(&copy.verify(true, &[])).len(),
        logged(&copy.log()).len() - 1
    );
}

#[test]
fn an_earlier_database_put_back_is_told_by_the_log() {
    let mut site = decided();
    site.store.checkpoint().unwrap();
    let database = site.deployment.config.store.path.clone();
    let earlier = site.dir.join("earlier.duckdb");
    std::fs::copy(&database, &earlier).unwrap();
    site.run("nightly-ingest", "2026-11-24").unwrap();
    site.run("operations-report", "2026-11-24").unwrap();
    assert_eq!(site.altered(), [""; 0]);
    site.store = Store::in_memory().unwrap();
    std::fs::copy(&earlier, &database).unwrap();
    site.store = site.deployment.open_store().unwrap();
    let told = site.altered();
    let (log, pages): (Vec<_>, Vec<_>) = told.iter().partition(|line| line.contains("heads.log"));
    assert_eq!(pages, Vec::<&String>::new());
    assert_eq!(log.len(), 2, "{told:?}");
    for line in log {
        assert!(line.contains(": cut: anchor "), "{line}");
        assert!(line.ends_with("the database has no such anchor"), "{line}");
    }
}

#[test]
fn a_line_written_over_in_the_log_is_found() {
    let still = Still::new(decided());
    let copy = still.copy();
    let text = std::fs::read_to_string(copy.log()).unwrap();
    let first = text.lines().next().unwrap();
    let (anchor, before) = first.rsplit_once(' ').unwrap();
    let (rest, last) = anchor.split_at(anchor.len() - 1);
    let last = if last == "0" { "1" } else { "0" };
    let other = format!("{rest}{last} {before}");
    for (line, told) in [
        ("gone", "it holds no anchor"),
        (other.as_str(), "the database has another hash for it"),
    ] {
        std::fs::write(copy.log(), text.replace(first, line)).unwrap();
        let all = found(&copy.verify(true, &[]));
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].starts_with("audit-heads.log line 1: "), "{all:?}");
        assert!(all[0].ends_with(told), "{all:?}");
    }
}

#[test]
fn a_line_taken_out_of_the_log_or_off_its_end_is_found() {
    let still = Still::new(decided());
    let copy = still.copy();
    let text = std::fs::read_to_string(copy.log()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let keep = |kept: &[&str]| {
        std::fs::write(copy.log(), kept.join("\n") + "\n").unwrap();
        found(&copy.verify(true, &[]))
    };
    let last = lines.len() - 1;
    assert!(last > 1, "{text}");
    for out in 0..last {
        let all = keep(&[&lines[..out], &lines[out + 1..]].concat());
        let place = format!("audit-heads.log line {}: deleted: ", out + 1);
        assert_eq!(all.len(), 1, "without line {}: {all:?}\n{text}", out + 1);
        assert!(all[0].starts_with(&place), "{all:?}");
    }
    // The second line was written by the newest verification.
    assert_eq!(keep(&lines[..2]), [""; 0]);
    let all = keep(&lines[..1]);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    assert!(all[0].starts_with("audit-heads.log line 2: cut: it ends before anchor 8,"));
    let mut swapped = lines.clone();
    swapped.swap(0, 1);
    std::fs::write(copy.log(), swapped.join("\n") + "\n").unwrap();
    assert_ne!(found(&copy.verify(true, &[])), [""; 0]);
    std::fs::write(copy.log(), &text).unwrap();
    assert_eq!(found(&copy.verify(true, &[])), [""; 0]);
}

#[test]
fn every_mail_and_receipt_carries_an_anchor_that_the_record_holds() {
    let still = Still::new(decided());
    let copy = still.copy();
    let anchors: Vec<Anchor> = ["morning-briefing", "harm-list-pack", "operations-report"]
        .iter()
        .map(|report| of_mail(&still, report))
        .collect();
    assert!(anchors.windows(2).all(|two| two[0].number < two[1].number));
    assert_eq!(found(&copy.verify(true, &anchors)), [""; 0]);
    let other = Anchor {
        number: anchors[0].number,
        sha256: anchors[1].sha256.clone(),
    };
    assert_eq!(found(&copy.verify(true, &[other])).len(), 1);
}
