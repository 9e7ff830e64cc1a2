//! Names and texts that would move a terminal, turn a line or start a formula:
//! every way out of the program writes them out.

use daybook::model::control_chars;

use crate::support::rows::{CRIMES, NOMINALS, PARTIES, crime, file, nominal, party};
use crate::support::{MORNING, Site};

/// Escape, bell, a control of one byte, and a mark that turns what follows.
const NAME: &str = "\u{1b}]0;PWNED\u{7}\u{9b}31m\u{202e}nothgirw";

fn is_seen(text: &str) -> bool {
    !text
        .chars()
        .any(|c| control_chars::is_unseen(c) && c != '\n')
}

fn asked(site: &mut Site, sql: &str, format: &str) -> String {
    site.told(&["query", sql, "--format", format])
}

#[test]
fn a_query_writes_out_names_in_every_format() {
    let mut site = Site::new();
    let sql = "select chr(27) || '[2J' || chr(8238) || chr(155) || chr(8232) || 'x' as name";
    for format in ["table", "csv", "json"] {
        let told = asked(&mut site, sql, format);
        assert!(is_seen(&told) && told.contains('x'), "{format}: {told:?}");
    }
    let told = asked(&mut site, sql, "json");
    let read: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(read[0]["name"], "\u{1b}[2J\u{202e}\u{9b}\u{2028}x");
    let told = asked(&mut site, sql, "csv");
    assert_eq!(told, "name\n\\u{1b}[2J\\u{202e}\\u{9b}\\u{2028}x\n");
}

#[test]
fn a_query_gives_a_spreadsheet_no_formula_and_leaves_numbers_as_they_are() {
    let mut site = Site::new();
    let sql = "select -5 as n, -1.5 as d, '=1+1' as a, '+44' as b, '-5' as c, '@x' as e, \
               chr(9) || '=1' as f, chr(13) || '=1' as g, 'a=1' as h, null as i, 1 as \"=j\"";
    assert_eq!(
        asked(&mut site, sql, "csv"),
        "n,d,a,b,c,e,f,g,h,i,'=j\n-5,-1.5,'=1+1,'+44,'-5,'@x,'\t=1,'\\u{d}=1,a=1,,1\n"
    );
}

#[test]
fn what_goes_wrong_is_told_without_moving_the_terminal() {
    let mut site = Site::new();
    for arguments in [
        vec!["query", "select \"\u{1b}]0;PWNED\u{7}\u{202e}\u{9b}31m\""],
        vec!["release", "show", NAME],
        vec!["run", NAME],
        vec!["ingest", NAME],
        vec!["measures", "explain", NAME],
        vec!["query", "select 1", "--as", NAME],
    ] {
        let output = site.command(&arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.len() > 10, "{arguments:?}");
        assert!(is_seen(&told), "{arguments:?}: {told:?}");
    }
}

#[test]
fn a_hostile_name_is_shown_for_what_it_is_from_the_extract_to_the_pack() {
    let mut site = Site::new();
    let crimes = [crime("C1", "008/06", "2026-06-01", &[])];
    let parties = [party("C1", "N1", "suspect"), party("C1", "V1", "victim")];
    let changes = [("surname", NAME), ("forenames", "\u{5d0}\u{5d1}")];
    let nominals = [nominal("N1", "M", &changes), nominal("V1", "F", &[])];
    site.land("crimes_20261121.csv", file(CRIMES, &crimes));
    site.land("parties_20261121.csv", file(PARTIES, &parties));
    site.land("nominals_20261121.csv", file(NOMINALS, &nominals));
    site.ranked(MORNING);
    for arguments in [
        vec!["list", "show"],
        vec!["list", "explain", "--rank", "1"],
        vec!["list", "explain", "--rank", "1", "--json"],
    ] {
        let told = site.told(&arguments);
        assert!(is_seen(&told) && told.contains("N1"), "{told:?}");
    }
    let told = asked(&mut site, "select surname from history.nominals", "json");
    assert!(told.contains("\\u009b31m\\u202enothgirw"), "{told:?}");
    for query in [
        "select * from history.nominals",
        "select * from core.people",
    ] {
        for format in ["table", "csv", "json"] {
            let told = asked(&mut site, query, format);
            assert!(is_seen(&told), "{query} {format}: {told:?}");
        }
    }
}
