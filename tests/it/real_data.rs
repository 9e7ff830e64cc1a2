//! Real published files, where they lie beside the project.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::support::{MORNING, Site, shared_data};

fn ingest(site: &Site, files: &[PathBuf]) -> daybook::schedule::ingest_job::Ingested {
    let today = MORNING.parse().unwrap();
    site.with_context(|context| daybook::schedule::ingest_job::ingest(context, today, Some(files)))
        .unwrap()
}

#[test]
fn the_mets_published_offences_reproduce_their_totals() {
    let Some(data) = shared_data() else { return };
    let site = Site::new();
    let done = ingest(&site, &[data.join("met-vawg/offences.parquet")]);
    assert_eq!(
        (
            done.accepted.len(),
            done.accepted[0].rows_accepted,
            done.accepted[0].rows_rejected
        ),
        (1, 411_341, 0)
    );
    let sheets = site.query(
        "select sheet, sum(offences)::bigint from staging.met_vawg_offences group by 1 order by 1",
    );
    assert_eq!(
        sheets,
        [
            ["Offence count classification", "1612003"],
            ["Offence count location", "1612003"]
        ]
    );
    site.run("commitment-measures", MORNING).unwrap();
    let published = published(&site, "P.1", "1612003");
    // Every month equals the small table that the program carries.
    let table = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("jobs/nightly-ingest/published/met_vawg_monthly_20260301.csv");
    let carried: Vec<Vec<String>> = csv::Reader::from_path(table)
        .unwrap()
        .records()
        .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
        .collect();
    let apart = published.replace("'All'", "'Non-VaWG Classification'");
    let months = site.query(&format!(
        "select period, whole.numerator::bigint, apart.numerator::bigint \
         from (select * from {published} and area = 'Force') as whole \
         inner join (select * from {apart} and area = 'Force') as apart using (period) \
         order by period"
    ));
    assert_eq!(months.len(), 146);
    assert_eq!(months, carried);
}

/// The months of a published measure, after its force and its boroughs have
/// each been found to add up to the total.
fn published(site: &Site, id: &str, total: &str) -> String {
    let months = format!(
        "ledger.measure_values join ledger.measure_sets using (set_id) \
         where measure_id = '{id}' and span = 'month' and \"group\" = 'All'"
    );
    let boroughs = format!("{months} and area <> 'Force' and not contains(area, ': ')");
    for areas in [format!("{months} and area = 'Force'"), boroughs.clone()] {
        assert_eq!(
            site.one(&format!("select sum(numerator)::bigint from {areas}")),
            total
        );
    }
    assert_eq!(
        site.one(&format!("select count(distinct area) from {boroughs}")),
        "34"
    );
    months
}

#[test]
fn the_mets_published_victims_reproduce_their_totals_by_month_and_borough() {
    let Some(data) = shared_data() else { return };
    let site = Site::new();
    ingest(&site, &[data.join("met-vawg/victims.parquet")]);
    let sheets = site
        .query("select distinct sum(victims)::bigint from staging.met_vawg_victims group by sheet");
    assert_eq!(sheets, [["1527047"]]);
    site.run("commitment-measures", MORNING).unwrap();
    let published = published(&site, "P.2", "1527047");
    // Every month and borough equals the lines of the sheet.
    let sheet = "select recorded_month as period, coalesce(borough, 'Not stated') as area, \
        sum(victims)::bigint as victims from staging.met_vawg_victims \
        where sheet = 'Victim count by location' group by all";
    let differing = site.one(&format!(
        "select count(*) from ({sheet}) as sheet full join ( \
             select period, area, numerator::bigint as victims from {published} \
                 and area <> 'Force' and not contains(area, ': ') and numerator > 0 \
         ) as told using (period, area) where sheet.victims is distinct from told.victims"
    ));
    assert_eq!(differing, "0");
}

#[test]
fn street_files_load_whole_and_months_equal_their_lines() {
    let Some(data) = shared_data() else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(data.join("street"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.to_string_lossy()
                .ends_with("city-of-london-street.csv")
        })
        .collect();
    files.sort();
    assert_eq!(files.len(), 24);
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for path in &files {
        for row in csv::Reader::from_path(path).unwrap().records() {
            *lines.entry(format!("{}-01", &row.unwrap()[1])).or_default() += 1;
        }
    }
    let site = Site::new();
    let done = ingest(&site, &files);
    assert_eq!((done.accepted.len(), done.refused.len()), (24, 0));
    assert_eq!(
        done.accepted
            .iter()
            .map(|batch| batch.rows_rejected)
            .sum::<u64>(),
        0
    );
    let months: BTreeMap<String, u64> = site
        .query("select month, count(*) from staging.street_crimes group by 1")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].parse().unwrap()))
        .collect();
    assert_eq!(months, lines);
    let again = ingest(&site, &files);
    assert_eq!((again.accepted.len(), again.known.len()), (0, 24));
}
