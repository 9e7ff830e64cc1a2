//! What `daybook check` refuses.

use super::{edit, write};
use crate::support::Site;

const SAMPLES: &str = "jobs/nightly-ingest/sources/samples.toml";

/// What check says of a deployment, line by line; it must refuse it.
fn refused(site: &mut Site) -> Vec<String> {
    let output = site.binary(&["check"]);
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    told.lines().map(str::to_owned).collect()
}

fn of_column(column: &str) -> String {
    let mut site = Site::new();
    let text = format!(
        "title = \"Samples\"\nmode = \"delta\"\nkey = [\"id\"]\nfiles = [\"samples_{{date}}.csv\"]\n\
         columns = [\n    {{ name = \"id\", type = \"identifier\", required = true }},\n    \
         {{ name = \"x\", {column} }},\n]\n"
    );
    write(&site, SAMPLES, &text);
    let told = refused(&mut site).join("\n");
    assert!(told.contains(&format!("{SAMPLES}:7:")), "{told}");
    told
}

#[test]
fn what_the_night_could_not_run_or_would_misread_is_refused() {
    for (column, words) in [
        (
            "type = \"text\", pattern = '(?x) [A-Z] [0-9]+'",
            "RE2: invalid perl operator",
        ),
        (
            "type = \"text\", pattern = '[\\w--\\d]+'",
            "RE2: invalid escape sequence",
        ),
        (
            "type = \"text\", pattern = 'a(?=b)'",
            "RE2: invalid perl operator",
        ),
        (
            "type = \"date\", formats = [\"%d %b %Y\", \"%d Sept %Y\"]",
            "\"%d Sept %Y\" has no month",
        ),
        ("type = \"date\", formats = [\"%d %Y\"]", "has no month"),
        ("type = \"date\", formats = [\"%d/%m\"]", "has no year"),
        (
            "type = \"timestamp\", formats = [\"%Y-%m %H:%M\"]",
            "has no day",
        ),
        (
            "type = \"timestamp\", formats = [\"%d/%m/%Y %I:%M\"]",
            "%I or %p alone",
        ),
        (
            "type = \"timestamp\", formats = [\"%Y-%m-%dT%H:%M:%SZ\"]",
            "zone = \"UTC\"",
        ),
        (
            "type = \"timestamp\", formats = [\"%Y-%m-%dT%H:%M:%S+00:00\"]",
            "zone = \"UTC\"",
        ),
        (
            "type = \"timestamp\", zone = \"UTC\", formats = [\"%Y-%m-%d %H:%M+01:00\"]",
            "another offset",
        ),
        ("type = \"date\", zone = \"UTC\"", "zone is for timestamps"),
        (
            "type = \"date\", formats = [\"%d/%m/%y\"]",
            "two_digit_years_from",
        ),
        (
            "type = \"date\", two_digit_years_from = 1930",
            "for formats with %y",
        ),
        (
            "type = \"text\", values_from = \"none.csv\"",
            "cannot read jobs/nightly-ingest/values/none.csv",
        ),
        (
            "type = \"text\", values_from = \"../daybook.toml\"",
            "name of a .csv file",
        ),
        (
            "type = \"text\", values_from = \"boroughs.csv\", values = [\"x\"]",
            "not in both",
        ),
        (
            "type = \"date\", as_in_name = \"month\"",
            "as_in_name wants {month}",
        ),
        (
            "type = \"text\", values = [\"open\", \"closed\"], map = { O = \"opened\" }",
            "map gives \"opened\", which is not allowed here; expected one of open, closed",
        ),
        (
            "type = \"boolean\", map = { Y = \"yes\" }",
            "map gives \"yes\"",
        ),
        (
            "type = \"ho_code\", map = { GBH = \"5/1\" }",
            "map gives \"5/1\"",
        ),
        (
            "type = \"decimal\", map = { none = \"nan\" }",
            "map gives \"nan\"",
        ),
        (
            "type = \"text\", values_from = \"boroughs.csv\", default = \"Nowhere\"",
            "\"Nowhere\" is none of the values of boroughs.csv",
        ),
        (
            "type = \"text\", values_from = \"boroughs.csv\", map = { LBC = \"Camdn\" }",
            "\"Camdn\" is none of the values of boroughs.csv",
        ),
    ] {
        let told = of_column(column);
        assert!(told.contains(words), "{column}: {told}");
    }
}

#[test]
fn a_cron_that_never_comes_and_a_link_that_is_none_are_refused() {
    let mut site = Site::new();
    let job = "jobs/morning-briefing/job.toml";
    edit(&site, job, "cron = \"0 6 * * *\"", "cron = \"0 0 31 2 *\"");
    for link in [
        "daybook",
        "https://",
        "ftp://x.example",
        "javascript:alert(1)",
        "https://a b",
        "https://x.example:0",
    ] {
        write(
            &site,
            "daybook.toml",
            &format!("force = \"X\"\n[reports]\nlink = \"{link}\"\n"),
        );
        let told = refused(&mut site).join("\n");
        assert!(
            told.contains("daybook.toml:3:8: link = ") && told.contains("not a web address"),
            "{link}: {told}"
        );
    }
    write(
        &site,
        "daybook.toml",
        "force = \"X\"\n[reports]\nlink = \"https://x.example:8443/daybook\"\n",
    );
    let told = refused(&mut site).join("\n");
    assert!(
        told.contains(&format!("{job}:7:8:")) && told.contains("no day of any year"),
        "{told}"
    );
    assert!(!told.contains("web address"), "{told}");
    edit(&site, job, "0 0 31 2 *", "0 0 29 2 *");
    edit(
        &site,
        "jobs/nightly-ingest/sources/street_crimes.toml",
        "https://data.police.uk/data/",
        "data.police.uk",
    );
    let told = refused(&mut site).join("\n");
    assert!(
        told.contains("url is not a web address") && !told.contains("no day"),
        "{told}"
    );
}

#[test]
fn a_house_column_that_a_contract_lacks_is_told_once() {
    let mut site = Site::new();
    let crimes = "jobs/nightly-ingest/sources/crimes.toml";
    edit(
        &site,
        crimes,
        "    { name = \"unit\", type = \"text\" },\n",
        "",
    );
    edit(
        &site,
        crimes,
        "{ name = \"easting\", type = \"integer\" }",
        "{ name = \"easting\", type = \"text\" }",
    );
    let told = refused(&mut site);
    assert_eq!(told.len(), 1, "{}", told.join("\n"));
    for word in [
        crimes,
        "easting (integer), unit (text)",
        "may_be_absent = true",
    ] {
        assert!(told[0].contains(word), "{}", told[0]);
    }
}

#[test]
fn a_table_of_values_is_held_to_its_form() {
    let mut site = Site::new();
    for (text, words) in [
        ("name\nCamden\n", "1:0"),
        ("value\n", "expected a value at least"),
        ("value\nCamden\nCamden\n", "twice"),
        ("value\nCam\u{200b}den\n", "not seen"),
    ] {
        write(&site, "jobs/nightly-ingest/values/boroughs.csv", text);
        let told = refused(&mut site).join("\n");
        assert!(
            told.contains("jobs/nightly-ingest/values/boroughs.csv"),
            "{told}"
        );
        assert!(told.contains(words) || words == "1:0", "{told}");
    }
}
