//! Sends what waits: to `.eml` files, or through a mail server.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::outbox::{Envelope, Settled};
use super::smtp::{Attempt, Server};
use crate::config::{MailConfig, Transport};

/// The way out, opened once per round.
pub enum Mailer {
    File(PathBuf),
    Smtp(Box<Server>),
}

impl Mailer {
    pub fn open(config: &MailConfig) -> Result<Self> {
        match (config.transport, &config.smtp) {
            (Transport::Smtp, Some(smtp)) => {
                let server = Server::new(smtp, config.from.as_ref())?;
                Ok(Self::Smtp(Box::new(server)))
            }
            _ => {
                std::fs::create_dir_all(&config.path)
                    .with_context(|| format!("cannot create {}", config.path.display()))?;
                Ok(Self::File(config.path.clone()))
            }
        }
    }

    /// Sends one envelope. Whatever the server says is an outcome, not an
    /// error. `hand_over` is called before the message itself leaves.
    pub fn send(&self, envelope: &Envelope, hand_over: impl FnOnce() -> Result<()>) -> Attempt {
        match self {
            Self::File(folder) => write(folder, envelope),
            Self::Smtp(server) => server.post(envelope, hand_over),
        }
    }
}

/// The file has one name per envelope: a second attempt overwrites it.
fn write(folder: &Path, envelope: &Envelope) -> Attempt {
    let safe = |text: &str| -> String {
        text.chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect()
    };
    let name = format!(
        "{}-{}-{}-{}.eml",
        envelope.as_of,
        safe(&envelope.report),
        safe(&envelope.recipient),
        envelope.envelope_id
    );
    let partial = folder.join(format!("{name}.part"));
    let path = folder.join(name);
    let written =
        std::fs::write(&partial, &envelope.message).and_then(|()| std::fs::rename(&partial, &path));
    match written {
        Ok(()) => Attempt {
            settled: Settled::Sent(path.display().to_string()),
            ends_round: false,
        },
        Err(error) => Attempt {
            settled: Settled::Waiting(format!("cannot write {}: {error}", path.display())),
            ends_round: true,
        },
    }
}
