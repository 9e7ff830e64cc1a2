//! The letters that bytes stand for: the encodings of the Encoding Standard,
//! and the two code pages of MS-DOS that old systems still write, which it
//! leaves out.

use encoding_rs::Encoding;

/// How a text's bytes are letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Standard(&'static Encoding),
    Page(&'static CodePage),
}

/// One letter a byte; the lower half is ASCII.
#[derive(Debug, PartialEq, Eq)]
pub struct CodePage {
    pub name: &'static str,
    /// The letters of 0x80 to 0xFF.
    pub upper: &'static str,
}

impl Charset {
    pub const UTF_8: Self = Self::Standard(encoding_rs::UTF_8);

    /// By a label such as `utf-8`, `windows-1252` or `cp850`.
    pub fn of_label(label: &str) -> Option<Self> {
        let plain = label.trim().to_ascii_lowercase();
        let number = ["cp", "ibm", "dos-"]
            .iter()
            .find_map(|before| plain.strip_prefix(before))
            .unwrap_or(&plain);
        match number.trim_start_matches('-') {
            "437" => Some(Self::Page(&CP437)),
            "850" => Some(Self::Page(&CP850)),
            // Two of the standard's are none that a file could be in.
            _ => Encoding::for_label_no_replacement(label.as_bytes())
                .filter(|encoding| *encoding != encoding_rs::X_USER_DEFINED)
                .map(Self::Standard),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Standard(encoding) => encoding.name(),
            Self::Page(page) => page.name,
        }
    }
}

/// The United States' code page.
static CP437: CodePage = CodePage {
    name: "code page 437",
    upper: concat!(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ",
        "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
        "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
        "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    ),
};

/// Western Europe's code page.
static CP850: CodePage = CodePage {
    name: "code page 850",
    upper: concat!(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ",
        "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
        "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀",
        "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_page_has_a_letter_for_every_byte_and_is_known_by_its_labels() {
        for (label, byte, letter) in [
            ("cp437", 0x9c, '£'),
            ("IBM437", 0x82, 'é'),
            ("850", 0x9c, '£'),
            ("cp-850", 0xe0, 'Ó'),
            ("437", 0xe0, 'α'),
        ] {
            let Some(Charset::Page(page)) = Charset::of_label(label) else {
                panic!("{label} is no code page")
            };
            assert_eq!(page.upper.chars().count(), 128);
            assert_eq!(page.upper.chars().nth(byte - 0x80), Some(letter), "{label}");
        }
        assert_eq!(Charset::of_label("utf8"), Some(Charset::UTF_8));
        assert_eq!(Charset::of_label("latin1").unwrap().name(), "windows-1252");
        assert_eq!(Charset::of_label("1252"), None);
    }
}
