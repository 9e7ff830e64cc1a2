//! Cells of the official workbook: codes and scores as spreadsheets hold them.

use calamine::Data;
use rust_decimal::Decimal;

use super::weights;
use crate::model::ho_code::HoCode;
use crate::store::failure;

/// A cell's place as people name it: the first cell is A1.
pub(super) fn name(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), row + 1)
}

/// A text cell; anything else as it is shown, empty as nothing.
pub(super) fn text(cell: &Data) -> String {
    let shown = match cell {
        Data::Float(value) => excel(*value).map_or_else(|| value.to_string(), |v| v.to_string()),
        other => other.to_string(),
    };
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A score in days; `None` for an empty cell.
pub(super) fn score(cell: &Data) -> Result<Option<Decimal>, String> {
    let expected = "expected a number of days, such as 547.5";
    match cell {
        Data::Empty => Ok(None),
        Data::String(held) if held.trim().is_empty() => Ok(None),
        Data::String(held) => Err(format!("is the text {held:?}; {expected}")),
        Data::Int(value) => Ok(Some(Decimal::from(*value))),
        Data::Float(value) => excel(*value)
            .map(Some)
            .ok_or_else(|| format!("is {value}; {expected}")),
        other => Err(format!("is {}; {expected}", kind(other))),
    }
    .and_then(|score| match score {
        // Nought is no weight: the code is told as unscored.
        Some(value) if value.is_zero() => Ok(None),
        Some(value) => weights::fault(value).map_or(Ok(score), Err),
        None => Ok(None),
    })
}

/// A whole number, such as a code's class; `None` for an empty cell.
pub(super) fn whole(cell: &Data) -> Result<Option<u32>, String> {
    let held = text(cell);
    if held.is_empty() {
        return Ok(None);
    }
    let is_number = !matches!(cell, Data::DateTime(_) | Data::DateTimeIso(_));
    held.parse()
        .ok()
        .filter(|_| is_number)
        .map(Some)
        .ok_or_else(|| format!("is {held:?}; expected a whole number"))
}

/// What is wrong with the code of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoCode {
    /// It cannot be read.
    Unread(String),
    /// The class and sub-code beside it say another.
    Contradicted(String),
}

/// A Home Office classification, `NNN/SS`, from what a spreadsheet makes of
/// one. Digits without a slash that could be two codes are settled by the
/// class and sub-code beside them, or are wrong. `None` for an empty cell.
pub(super) fn code(
    cell: &Data,
    class: Option<u32>,
    sub_code: Option<u32>,
) -> Result<Option<HoCode>, NoCode> {
    if matches!(cell, Data::DateTime(_) | Data::DateTimeIso(_)) {
        return Err(NoCode::Unread(format!(
            "is {}, which a spreadsheet makes of a code such as 8/6; expected NNN/SS as text",
            kind(cell)
        )));
    }
    let held = text(cell);
    if held.is_empty() {
        return Ok(None);
    }
    let readings = readings(&held, class);
    if readings.is_empty() {
        return Err(NoCode::Unread(format!(
            "is {held:?}; expected a Home Office classification, NNN/SS, such as 019/08"
        )));
    }
    let agrees = |reading: &&(u32, u32)| {
        class.is_none_or(|class| class == reading.0)
            && sub_code.is_none_or(|sub_code| sub_code == reading.1)
    };
    let agreeing: Vec<&(u32, u32)> = readings.iter().filter(agrees).collect();
    match agreeing.as_slice() {
        [(class, sub_code)] => format!("{class:03}/{sub_code:02}")
            .parse()
            .map(Some)
            .map_err(NoCode::Unread),
        [] => Err(NoCode::Contradicted(format!("is {held:?}"))),
        _ => Err(NoCode::Unread(format!(
            "is {held:?}, which could be several codes; expected NNN/SS as text"
        ))),
    }
}

/// Class and sub-code as a text may mean them.
fn readings(held: &str, class: Option<u32>) -> Vec<(u32, u32)> {
    let number = |part: &str, digits: usize| {
        let part = part.trim();
        let is_number =
            (1..=digits).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    if let Some((class, sub_code)) = held.split_once('/') {
        return number(class, 3)
            .zip(number(sub_code, 2))
            .into_iter()
            .collect();
    }
    let joined = (held.len() > 2 && held.is_ascii())
        .then(|| held.split_at(held.len() - 2))
        .and_then(|(class, sub_code)| number(class, 3).zip(number(sub_code, 2)));
    // Up to three digits may be a class alone; only its own column can say so.
    let alone = number(held, 3).map(|class| (class, 0));
    match (held.len() <= 3, class) {
        (false, _) => joined.into_iter().collect(),
        (true, Some(_)) => joined.into_iter().chain(alone).collect(),
        (true, None) => Vec::new(),
    }
}

/// A number as a spreadsheet shows it: to fifteen digits.
fn excel(value: f64) -> Option<Decimal> {
    Decimal::from_scientific(&format!("{value:.14e}"))
        .ok()
        .map(|value| value.normalize())
}

fn kind(cell: &Data) -> String {
    match cell {
        Data::Bool(value) => format!("the truth value {value}"),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => {
            "a date or time".to_owned()
        }
        Data::Error(error) => format!("the error {error}"),
        other => format!("{:?}", failure::cut(&other.to_string())),
    }
}

fn letters(column: u32) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
    match column / 26 {
        0 => letter.to_string(),
        more => format!("{}{letter}", letters(more - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Data {
        Data::String(text.to_owned())
    }

    #[test]
    fn a_code_is_read_from_whatever_a_spreadsheet_makes_of_it() {
        for (held, class, sub_code, wanted) in [
            (cell("019/08"), None, None, "019/08"),
            (cell(" 19 / 8 "), None, None, "019/08"),
            (cell("8/06"), Some(8), Some(6), "008/06"),
            (cell("10501"), None, None, "105/01"),
            (Data::Float(1908.0), None, None, "019/08"),
            (Data::Int(19_594), Some(195), Some(94), "195/94"),
            (Data::Float(806.0), Some(8), Some(6), "008/06"),
            (Data::Float(802.0), Some(802), Some(0), "802/00"),
            (Data::Float(12.0), Some(12), None, "012/00"),
        ] {
            let code = code(&held, class, sub_code).unwrap().unwrap();
            assert_eq!(code.as_str(), wanted, "{held:?}");
        }
        assert_eq!(code(&Data::Empty, None, None), Ok(None));
        assert_eq!(code(&cell("  "), None, None), Ok(None));
    }

    #[test]
    fn what_may_be_two_codes_or_none_is_wrong() {
        for (held, class, wanted) in [
            (Data::Float(4.1), None, "\"4.1\"; expected a Home Office"),
            (Data::Float(802.0), None, "expected a Home Office"),
            (Data::Float(12.0), None, "expected a Home Office"),
            (cell("19-08"), None, "expected a Home Office"),
            (cell("1900/8"), None, "expected a Home Office"),
            (cell("various"), None, "expected a Home Office"),
            (Data::DateTimeIso("2026-06-08".to_owned()), None, "a date"),
        ] {
            let Err(NoCode::Unread(error)) = code(&held, class, None) else {
                panic!("{held:?} was read");
            };
            assert!(error.contains(wanted), "{held:?}: {error}");
        }
        assert_eq!(
            code(&cell("8/6"), Some(9), None),
            Err(NoCode::Contradicted("is \"8/6\"".to_owned()))
        );
    }

    #[test]
    fn a_score_is_a_decimal_with_three_decimals_at_most() {
        let wanted = |text: &str| Ok(Some(text.parse().unwrap()));
        assert_eq!(score(&Data::Float(547.5)), wanted("547.5"));
        // Fifteen digits are shown; the rest is how binary numbers add up.
        assert_eq!(score(&Data::Float(182.500_000_000_000_03)), wanted("182.5"));
        assert_eq!(score(&Data::Int(5475)), wanted("5475"));
        assert_eq!(score(&Data::Float(0.125)), wanted("0.125"));
        for empty in [Data::Empty, cell("  "), Data::Float(0.0)] {
            assert_eq!(score(&empty), Ok(None), "{empty:?}");
        }
        for wrong in [
            cell("365"),
            cell("n/a"),
            Data::Float(-1.0),
            Data::Float(0.1234),
            Data::Float(46_000.0),
            Data::Bool(true),
        ] {
            assert!(score(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn cells_have_the_names_that_people_use() {
        for (row, column, wanted) in [
            (0, 0, "A1"),
            (16, 2, "C17"),
            (9, 26, "AA10"),
            (0, 701, "ZZ1"),
        ] {
            assert_eq!(name(row, column), wanted);
        }
    }
}
