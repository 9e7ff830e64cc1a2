//! What went wrong with a mail server, in words: how far the conversation had
//! come, and what was said or not said.

use std::error::Error as _;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

/// The most characters of a server's words that are kept.
const LONGEST: usize = 200;

/// How far a conversation had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Greeting,
    Encryption,
    Login,
    Sender,
    Recipient,
    Data,
    Message,
    Answer,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "when connecting and greeting",
            Self::Encryption => "when starting TLS",
            Self::Login => "when logging in",
            Self::Sender => "when naming the sender",
            Self::Recipient => "when naming the recipient",
            Self::Data => "before the message",
            Self::Message => "within the message",
            Self::Answer => "after the whole message",
        })
    }
}

/// One line on an error.
pub(super) fn told(phase: Phase, error: &Error, timeout: Duration) -> String {
    let what = match (error.status(), io_kind(error)) {
        (Some(code), _) => format!("the server said {code} {}", server_text(error)),
        (None, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)) => {
            format!("no answer within {} s", timeout.as_secs())
        }
        (None, Some(ErrorKind::ConnectionRefused)) => "the connection was refused".to_owned(),
        (
            None,
            Some(
                ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::BrokenPipe
                | ErrorKind::ConnectionAborted,
            ),
        ) => "the connection was cut".to_owned(),
        _ if error.to_string().ends_with("incomplete response") => {
            "the connection was closed".to_owned()
        }
        _ if error.is_response() => "the server did not speak SMTP".to_owned(),
        _ => one_line(&error.to_string()),
    };
    format!("{phase}: {what}")
}

/// What a server said when it agreed.
pub(super) fn reply(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), lines.join(" ")))
}

/// What a server said when it did not.
pub(super) fn server_text(error: &Error) -> String {
    error
        .source()
        .map_or_else(String::new, |text| one_line(&text.to_string()))
}

/// The kind of the system's error behind one; a silent socket would block.
fn io_kind(error: &Error) -> Option<ErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        cause = error.source();
    }
    None
}

fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}
