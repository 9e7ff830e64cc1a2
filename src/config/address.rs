//! What may stand as a mail address and as a host's name: never more than the
//! mail library takes, so that a report cannot fail over an address in the night.

/// Whether a text is `name@domain`: dots stand between other characters, and
/// nothing needs quotes. Letters beyond ASCII may stand in both parts.
pub fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        local.len() <= 64 && local.split('.').all(is_atom) && is_domain(domain)
    })
}

/// Whether a text is a domain: labels of letters, digits and inner hyphens.
pub fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

/// RFC 5322, 3.2.3: what needs no quotes.
fn is_atom(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
}

fn is_label(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 63
        && !part.starts_with('-')
        && !part.ends_with('-')
        && part.chars().all(|c| c.is_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_the_mail_library_refuses_are_no_addresses() {
        for wrong in [
            "",
            "a",
            "a@",
            "@x",
            "a..b@x.uk",
            ".a@x.uk",
            "a.@x.uk",
            "a@-x.uk",
            "a@x-.uk",
            "a@x..uk",
            "a@.x",
            "a@x.",
            "a,b@x.uk",
            "a;b@x.uk",
            "a b@x.uk",
            "a@x uk",
            "a@b@x.uk",
            "<a@x.uk>",
            "A <a@x.uk>",
            "\"a b\"@x.uk",
            "a@[127.0.0.1]",
            "a@x_y.uk",
            "a@x\r\n",
            "a\u{202e}b@x.uk",
        ] {
            assert!(!is_address(wrong), "{wrong:?}");
        }
        let long = "a".repeat(65);
        for wrong in [format!("{long}@x.uk"), format!("a@{long}.uk")] {
            assert!(!is_address(&wrong), "{wrong}");
        }
    }

    #[test]
    fn addresses_of_every_day_are_addresses() {
        for right in [
            "commissioner@example.invalid",
            "o'neill+daybook@met.police.uk",
            "a.b-c_d@x",
            "daybook@localhost.localdomain",
            "jörg@example.invalid",
            "a@bücher.example",
            "a@1-2.uk",
        ] {
            assert!(is_address(right), "{right}");
        }
    }
}
