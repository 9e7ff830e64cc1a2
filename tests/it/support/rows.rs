//! House-format files from a few words: every column has a default that lets
//! the row count.

pub const CRIMES: &str = "crime_ref,force,recorded_at,reported_at,committed_from,committed_to,ho_code,offence_title,offence_count,borough,ward,easting,northing,location_type,domestic_abuse,honour_based,proactive,status,status_at,outcome_code,outcome_at,unit";
pub const PARTIES: &str = "crime_ref,nominal_id,role,relationship,named_by";
pub const NOMINALS: &str = "nominal_id,surname,forenames,date_of_birth,sex,ethnicity,home_borough,deceased_on,merged_into,police_employee";
pub const CUSTODY: &str = "nominal_id,starts_at,kind,ends_at";

/// One crime: reference, code and report date, then `column=value` changes.
pub fn crime(reference: &str, code: &str, reported_on: &str, changes: &[(&str, &str)]) -> String {
    let reported = format!("{reported_on} 10:00:00");
    let defaults = [
        ("crime_ref", reference),
        ("force", "metropolitan"),
        ("recorded_at", &reported),
        ("reported_at", &reported),
        ("committed_from", &reported),
        ("ho_code", code),
        ("offence_title", "an offence"),
        ("offence_count", "1"),
        ("borough", "Camden"),
        ("domestic_abuse", "false"),
        ("honour_based", "false"),
        ("proactive", "false"),
        ("status", "open"),
        ("status_at", &reported),
    ];
    row(CRIMES, &defaults, changes)
}

pub fn party(crime: &str, nominal: &str, role: &str) -> String {
    row(
        PARTIES,
        &[
            ("crime_ref", crime),
            ("nominal_id", nominal),
            ("role", role),
        ],
        &[],
    )
}

pub fn nominal(id: &str, sex: &str, changes: &[(&str, &str)]) -> String {
    let defaults = [
        ("nominal_id", id),
        ("surname", "Aldermoss"),
        ("forenames", "Wren"),
        ("date_of_birth", "1985-06-15"),
        ("sex", sex),
        ("police_employee", "false"),
    ];
    row(NOMINALS, &defaults, changes)
}

/// A file from its header and rows.
pub fn file(header: &str, rows: &[String]) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

fn row(header: &str, defaults: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let cell = |column: &str| {
        let found = changes
            .iter()
            .chain(defaults)
            .find(|(name, _)| *name == column);
        found.map_or("", |(_, value)| *value)
    };
    for (name, _) in changes {
        assert!(
            header.split(',').any(|column| column == *name),
            "no column {name}"
        );
    }
    header.split(',').map(cell).collect::<Vec<_>>().join(",")
}
