//! Home Office classification codes: text of the form `NNN/SS`, never a
//! number, because `4.10` and `4.1` are different offences.

use std::fmt;
use std::str::FromStr;

/// A Home Office classification, such as `019/08`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoCode(String);

/// The form every code has; contracts check extracts against the same text.
pub const PATTERN: &str = "^[0-9]{3}/[0-9]{2}$";

impl HoCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HoCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let digits = |range: &[u8]| range.iter().all(u8::is_ascii_digit);
        if bytes.len() == 6 && bytes[3] == b'/' && digits(&bytes[..3]) && digits(&bytes[4..]) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "{text:?} is not a Home Office classification; expected NNN/SS, such as 019/08"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_point_ten_is_neither_four_point_one_nor_a_code() {
        assert!("004/10".parse::<HoCode>().is_ok());
        for wrong in ["4.10", "4.1", "19/8", "0190/8", "019-08", ""] {
            assert!(wrong.parse::<HoCode>().is_err(), "{wrong}");
        }
    }
}
