//! A measure of London's size, released month after month.

use super::tables::months;
use crate::disclosure::measure::{Measure, Monthly, tables};
use crate::disclosure::release::{Refusal, Release, release};
use crate::disclosure::rules::Rules;
use crate::disclosure::table::{Kind, Table};

#[test]
fn london_speed() {
    let mut seed = 7_u32;
    let mut random = move |most: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % (most + 1)
    };
    let mut monthly = Vec::new();
    for month in 0..40 {
        let month = months(month, 1).from();
        let mut counts = Vec::new();
        let mut add = |area: &str, group: &str, counted: u32, among: u32| {
            counts.push(Monthly {
                month,
                area: area.into(),
                group: group.into(),
                counted,
                among: Some(among),
            });
        };
        let (mut n, mut d) = (0, 0);
        for borough in 0..33 {
            let (counted, among) = (random(1 + borough % 4), random(borough * 2 + 3));
            let among = among + counted;
            add(&format!("B{borough}"), "All", counted, among);
            n += counted;
            d += among;
        }
        let (mut left_n, mut left_d) = (n, d - n);
        for group in 0..11 {
            let (a, b) = if group == 10 {
                (left_n, left_d)
            } else {
                (random(left_n / 3), random(left_d / 3))
            };
            left_n -= a;
            left_d -= b;
            add("Force", &format!("G{group}"), a, a + b);
        }
        add("Force", "Flag", n / 2, n / 2 + (d - n) / 3);
        add("Force", "All", n, d);
        monthly.extend(counts);
    }
    let measure = Measure {
        subject: "6.4".into(),
        kind: Kind::Other,
        reach: months(0, 40),
        monthly,
    };
    let mut earlier: Vec<Release> = Vec::new();
    for at in 0..8 {
        let years = [months(at, 12), months(at + 12, 12)];
        let mut table = tables(&measure, &years, &earlier).unwrap().remove(0);
        let start = std::time::Instant::now();
        let mut made = release("r", &table, &earlier, &Rules::default());
        let mut said = String::new();
        if let Err(Refusal::Revealing { remedy, findings }) = &made {
            said = format!(
                "{} findings, remedy {:?} {}",
                findings.len(),
                remedy.as_ref().map(|r| r.len()),
                findings[0]
            );
            if let Some(withheld) = remedy.clone() {
                table = Table { withheld, ..table };
                made = release("r", &table, &earlier, &Rules::default());
            }
        }
        let hidden = made
            .as_ref()
            .map(|r| r.cells.iter().filter(|c| c.exact.is_none()).count());
        eprintln!(
            "{at}: {:?} {} cells, hidden {:?} {said}",
            start.elapsed(),
            table.cells.len(),
            hidden.map_err(|e| e.to_string().chars().take(300).collect::<String>())
        );
        if let Ok(made) = made {
            earlier.push(made);
        }
    }
}
