//! Who is trained at the end of each month, from an extract that tells its
//! past and from one that does not.

use crate::support::rows::file;
use crate::support::{MORNING, Site};

const DATED: &str =
    "staff_id,course,renewal,role,eligible,eligible_from,eligible_until,completed_on,expires_on";
const NEWEST_ONLY: &str = "staff_id,course,role,eligible,completed_on,expires_on";

const CALLED_OUT: &str =
    include_str!("../../../jobs/commitment-measures/04-culture/staff-trained.sql");
const IN_DATE: &str =
    include_str!("../../../jobs/commitment-measures/03-resources/staff-in-date.sql");

fn site(header: &str, rows: &[&str]) -> Site {
    let site = Site::new();
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    site.land("training_20261120.csv", file(header, &rows));
    site.run("nightly-ingest", MORNING).unwrap();
    site
}

/// Month, trained and staff of everybody, from one month to before another.
fn months(site: &Site, sql: &str, from: &str, until: &str) -> Vec<String> {
    let bound = sql
        .replace("$from", &format!("date '{from}'"))
        .replace("$until", &format!("date '{until}'"));
    let rows = site.query(&format!(
        "select period, numerator, denominator from ({bound}) \
         where \"group\" = 'All' order by period"
    ));
    rows.iter().map(|row| row.join(" ")).collect()
}

#[test]
fn a_renewal_goes_on_where_the_last_completion_ends_and_is_not_counted_beside_it() {
    let site = site(
        DATED,
        &[
            "S1,call_it_out,0,constable,true,2026-06-30,,2026-07-31,2026-09-30",
            "S1,call_it_out,1,constable,true,2026-06-30,,2026-10-31,2027-10-31",
            "S2,call_it_out,0,sergeant,false,2026-01-01,2026-08-31,,",
            "S3,call_it_out,0,staff,true,2026-01-01,,2026-06-01,2026-09-15",
            "S3,call_it_out,1,staff,true,2026-01-01,,2026-08-20,2028-09-01",
        ],
    );
    assert_eq!(
        months(&site, CALLED_OUT, "2026-05-01", "2026-11-01"),
        [
            "2026-05-01 0 2",
            "2026-06-01 1 3",
            "2026-07-01 2 3",
            "2026-08-01 2 3",
            "2026-09-01 2 2",
            "2026-10-01 2 2",
        ]
    );
}

#[test]
fn who_needs_two_courses_is_in_date_only_on_both() {
    let site = site(
        DATED,
        &[
            "S1,vawg_awareness,0,investigator,true,2026-06-01,,2026-06-10,2029-06-10",
            "S1,vawg_investigation,0,investigator,true,2026-07-01,,2026-09-01,2026-10-30",
            "S1,call_it_out,0,investigator,true,2026-07-01,,,",
        ],
    );
    assert_eq!(
        months(&site, IN_DATE, "2026-05-01", "2026-11-01"),
        [
            "2026-06-01 1 1",
            "2026-07-01 0 1",
            "2026-08-01 0 1",
            "2026-09-01 1 1",
            "2026-10-01 0 1",
        ]
    );
}

#[test]
fn an_extract_of_newest_completions_tells_its_own_month_alone() {
    let site = site(
        NEWEST_ONLY,
        &[
            "S1,vawg_awareness,constable,true,2026-10-05,2029-10-05",
            "S1,call_it_out,constable,true,2026-10-15,2028-10-15",
            "S2,call_it_out,constable,true,,",
            "S3,call_it_out,constable,false,2026-01-01,2028-01-01",
        ],
    );
    assert_eq!(
        months(&site, CALLED_OUT, "2025-01-01", "2026-11-01"),
        ["2026-10-01 1 2"]
    );
    assert_eq!(
        months(&site, IN_DATE, "2025-01-01", "2026-11-01"),
        ["2026-10-01 1 1"]
    );
    assert!(months(&site, CALLED_OUT, "2025-01-01", "2026-07-01").is_empty());
    assert!(months(&site, IN_DATE, "2025-01-01", "2026-07-01").is_empty());
}
