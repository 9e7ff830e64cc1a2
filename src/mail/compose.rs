//! A letter as bytes: plain text beside HTML, pictures by content id.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use lettre::message::header::{
    ContentDisposition, ContentId, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::store::schema::hex_sha256;

/// What a mail says. It carries counts, references and a link, never a
/// person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
    pub pictures: Vec<Picture>,
}

/// A picture that the HTML names as `cid:<cid>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub cid: String,
    pub png: Vec<u8>,
}

/// Which letter to whom: the same key always gives the same message id, so a
/// receiving server can tell a second copy from a second letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key<'a> {
    pub report: &'a str,
    pub as_of: &'a str,
    pub recipient: &'a str,
    /// The anchor of the record at that moment, which whoever keeps the mail
    /// can hold the record to.
    pub anchor: &'a str,
}

impl Key<'_> {
    /// The message id, without angle brackets.
    pub fn message_id(&self, sender: &str) -> String {
        let text = format!("{}\n{}\n{}", self.report, self.as_of, self.recipient);
        let domain = sender.rsplit('@').next().unwrap_or("localhost");
        format!(
            "{}.{}@{domain}",
            self.report,
            &hex_sha256(text.as_bytes())[..32]
        )
    }
}

impl Picture {
    /// The content id within one mail: telephones keep pictures by it, and
    /// would show yesterday's under today's words.
    fn cid_in(&self, message_id: &str) -> String {
        format!("{}.{message_id}", self.name())
    }

    fn name(&self) -> &str {
        self.cid.split('@').next().unwrap_or(&self.cid)
    }
}

/// Composes the whole message.
pub fn compose(letter: &Letter, key: &Key<'_>, sender: &str, at: DateTime<Utc>) -> Result<Vec<u8>> {
    let id = key.message_id(sender);
    let boundary = |part: &str| format!("daybook-{part}-{}", &hex_sha256(id.as_bytes())[..24]);
    let html = letter.pictures.iter().fold(letter.html.clone(), |html, p| {
        html.replace(&format!("cid:{}", p.cid), &format!("cid:{}", p.cid_in(&id)))
    });
    let html = SinglePart::builder()
        .header(ContentType::TEXT_HTML)
        .body(html);
    let mut related = MultiPart::related()
        .boundary(boundary("related"))
        .singlepart(html);
    for picture in &letter.pictures {
        related = related.singlepart(inline(picture, &id)?);
    }
    let text = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone());
    let body = MultiPart::alternative()
        .boundary(boundary("alternative"))
        .singlepart(text)
        .multipart(related);
    let message = Message::builder()
        .from(mailbox(sender)?)
        .to(mailbox(key.recipient)?)
        .subject(&letter.subject)
        .message_id(Some(format!("<{id}>")))
        .date(at.into())
        .header(Ledger(key.anchor.to_owned()))
        .multipart(body)?;
    Ok(message.formatted())
}

fn mailbox(address: &str) -> Result<Mailbox> {
    let parsed: Address = address
        .parse()
        .with_context(|| format!("{address:?} is not a mail address"))?;
    Ok(Mailbox::new(None, parsed))
}

/// `X-Daybook-Ledger`.
#[derive(Debug, Clone)]
struct Ledger(String);

impl Header for Ledger {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Daybook-Ledger")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

fn inline(picture: &Picture, message_id: &str) -> Result<SinglePart> {
    let kind = ContentType::parse("image/png").context("image/png is a content type")?;
    Ok(SinglePart::builder()
        .header(kind)
        .header(ContentDisposition::inline_with_name(&format!(
            "{}.png",
            picture.name()
        )))
        .header(ContentId::from(format!("<{}>", picture.cid_in(message_id))))
        .body(picture.png.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::{prop_assert, proptest};

    use crate::config::address::is_address;

    fn letter() -> Letter {
        Letter {
            subject: "OFFICIAL-SENSITIVE Morning briefing, 21 November 2026: café".to_owned(),
            text: "Quiet night.".to_owned(),
            html: "<p>Quiet night.</p><img src=\"cid:daily@daybook\">".to_owned(),
            pictures: vec![Picture {
                cid: "daily@daybook".to_owned(),
                png: vec![137, 80, 78, 71],
            }],
        }
    }

    fn key(recipient: &str) -> Key<'_> {
        Key {
            report: "morning-briefing",
            as_of: "2026-11-21",
            recipient,
            anchor: "12:0f",
        }
    }

    #[test]
    fn the_parts_arrive_as_they_were_written() {
        let bytes = compose(
            &letter(),
            &key("a@example.invalid"),
            "d@example.invalid",
            DateTime::default(),
        )
        .unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(message.subject().unwrap(), letter().subject);
        assert_eq!(message.body_text(0).unwrap().trim(), "Quiet night.");
        let cid = format!(
            "daily.{}",
            key("a@example.invalid").message_id("d@example.invalid")
        );
        assert_eq!(
            message.body_html(0).unwrap().trim(),
            letter().html.replace("daily@daybook", &cid)
        );
        let picture = message.attachment(0).unwrap();
        assert_eq!(picture.content_id().unwrap(), cid);
        assert_eq!(picture.contents(), [137, 80, 78, 71]);
        assert_eq!(
            message.to().unwrap().first().unwrap().address().unwrap(),
            "a@example.invalid"
        );
    }

    #[test]
    fn one_key_has_one_message_id_and_the_same_bytes() {
        let at = DateTime::default();
        let once = compose(&letter(), &key("a@b.invalid"), "d@b.invalid", at).unwrap();
        assert_eq!(
            once,
            compose(&letter(), &key("a@b.invalid"), "d@b.invalid", at).unwrap()
        );
        assert_ne!(
            key("a@b.invalid").message_id("d@b"),
            key("c@b.invalid").message_id("d@b")
        );
    }

    #[test]
    fn no_two_mails_name_a_picture_alike() {
        let cid = |as_of: &str, recipient: &str| {
            let key = Key {
                as_of,
                ..key(recipient)
            };
            let bytes = compose(&letter(), &key, "d@b.invalid", DateTime::default()).unwrap();
            let message = MessageParser::default().parse(&bytes).unwrap();
            message
                .attachment(0)
                .unwrap()
                .content_id()
                .unwrap()
                .to_owned()
        };
        let today = cid("2026-11-21", "a@b.invalid");
        assert_ne!(today, cid("2026-11-22", "a@b.invalid"));
        assert_ne!(today, cid("2026-11-21", "c@b.invalid"));
    }

    proptest! {
        #[test]
        fn every_address_that_check_lets_pass_can_be_written_to(
            address in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~ü,;\"-]{1,8}@[a-zA-Z0-9.ü_-]{1,8}"
        ) {
            if is_address(&address) {
                let composed = compose(&letter(), &key(&address), &address, DateTime::default());
                prop_assert!(composed.is_ok(), "{address}: {composed:?}");
            }
        }
    }

    #[test]
    fn a_subject_cannot_smuggle_a_header() {
        let mut letter = letter();
        letter.subject = "Hello\r\nBcc: x@example.invalid".to_owned();
        let bytes = compose(
            &letter,
            &key("a@b.invalid"),
            "d@b.invalid",
            DateTime::default(),
        )
        .unwrap();
        assert!(
            MessageParser::default()
                .parse(&bytes)
                .unwrap()
                .bcc()
                .is_none()
        );
    }
}
