//! One conversation with a mail server per envelope. What an outcome means
//! depends on how far the conversation had come, not on the kind of error:
//! until the message's end has left, nothing can have been delivered.

use std::cell::Cell;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Severity;

use super::outbox::{Envelope, Settled};
use super::words::{self, Phase};
use crate::config::smtp::{SmtpConfig, Tls};
use crate::store::failure;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub settled: Settled,
    /// The way itself is at fault: the rest would only wait for it, one
    /// timeout after the other.
    pub ends_round: bool,
}

/// How long a server may take to say goodbye, once all is done.
const PARTING: Duration = Duration::from_secs(2);

/// What a server says when it will answer nothing more.
const CLOSING: u16 = 421;

/// What a server says when it waits for the message.
const GO_ON: u16 = 354;

/// How a server is reached.
pub struct Server {
    host: String,
    port: u16,
    encryption: Encryption,
    helo: ClientId,
    credentials: Option<Credentials>,
    timeout: Duration,
    final_timeout: Duration,
}

enum Encryption {
    /// To this machine only.
    None,
    Starttls(TlsParameters),
    Wrapper(TlsParameters),
}

impl Server {
    pub fn new(smtp: &SmtpConfig, sender: &str) -> Result<Self> {
        let host = smtp.host.as_ref().clone();
        ensure!(
            !smtp.is_in_clear(),
            "mail to {host} would leave this machine in clear; see tls in [mail.smtp]"
        );
        let parameters = || TlsParameters::new(host.clone()).context("TLS cannot be set up");
        let encryption = match smtp.tls.as_ref() {
            Tls::None => Encryption::None,
            Tls::Starttls => Encryption::Starttls(parameters()?),
            Tls::Wrapper => Encryption::Wrapper(parameters()?),
        };
        let seconds = |seconds: u16| Duration::from_secs(seconds.into());
        Ok(Self {
            port: smtp.port,
            encryption,
            helo: helo(smtp, sender),
            credentials: credentials(smtp)?,
            timeout: seconds(*smtp.timeout_seconds.as_ref()),
            final_timeout: seconds(*smtp.final_timeout_seconds.as_ref()),
            host,
        })
    }

    /// Sends one envelope. `hand_over` is called before the message leaves.
    pub fn post(&self, envelope: &Envelope, hand_over: impl FnOnce() -> Result<()>) -> Attempt {
        self.converse(envelope, hand_over)
            .unwrap_or_else(|attempt| attempt)
    }

    fn converse(
        &self,
        envelope: &Envelope,
        hand_over: impl FnOnce() -> Result<()>,
    ) -> Result<Attempt, Attempt> {
        let mut connection = self.reach()?;
        self.name_sender(&mut connection, envelope)?;
        let attempt = match self.name_recipient(&mut connection, envelope) {
            Ok(()) => self.hand(&mut connection, envelope, hand_over),
            Err(attempt) => attempt,
        };
        if !attempt.ends_round && connection.set_timeout(Some(PARTING)).is_ok() {
            let _ = connection.quit();
        }
        Ok(attempt)
    }

    /// Connected, encrypted as the settings say, and logged in.
    fn reach(&self) -> Result<SmtpConnection, Attempt> {
        let wrapper = match &self.encryption {
            Encryption::Wrapper(parameters) => Some(parameters),
            _ => None,
        };
        let mut connection = SmtpConnection::connect(
            self.addresses().as_slice(),
            Some(self.timeout),
            &self.helo,
            wrapper,
            None,
        )
        .map_err(|error| self.waits(Phase::Greeting, &error))?;
        if let Encryption::Starttls(parameters) = &self.encryption {
            connection
                .starttls(parameters, &self.helo)
                .map_err(|error| self.waits(Phase::Encryption, &error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .map_err(|error| self.waits(Phase::Login, &error))?;
        }
        Ok(connection)
    }

    /// Without encryption no name may lead off this machine.
    fn addresses(&self) -> Vec<SocketAddr> {
        let is_clear = matches!(self.encryption, Encryption::None);
        (self.host.as_str(), self.port)
            .to_socket_addrs()
            .into_iter()
            .flatten()
            .filter(|address| !is_clear || address.ip().is_loopback())
            .collect()
    }

    fn name_sender(
        &self,
        connection: &mut SmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), Attempt> {
        let sender = address(&envelope.sender)?;
        let is_wide = !envelope.sender.is_ascii() || !envelope.recipient.is_ascii();
        if is_wide
            && !connection
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
        {
            let reason = "the server takes no addresses with letters beyond ASCII";
            return Err(goes_on(Settled::Failed(reason.to_owned())));
        }
        let options = is_wide.then_some(MailParameter::SmtpUtfEight);
        connection
            .command(Mail::new(Some(sender), options.into_iter().collect()))
            .map(drop)
            .map_err(|error| self.waits(Phase::Sender, &error))
    }

    fn name_recipient(
        &self,
        connection: &mut SmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), Attempt> {
        let recipient = address(&envelope.recipient)?;
        connection
            .command(Rcpt::new(recipient, Vec::new()))
            .map(drop)
            .map_err(|error| {
                let reason = words::told(Phase::Recipient, &error, self.timeout);
                match code(&error) {
                    None | Some(CLOSING) => ends(Settled::Waiting(reason)),
                    Some(code) if is_of_recipient(code, &error) => goes_on(Settled::Failed(reason)),
                    Some(_) => goes_on(Settled::Waiting(reason)),
                }
            })
    }

    /// From the message's first byte to the server's word on it.
    fn hand(
        &self,
        connection: &mut SmtpConnection,
        envelope: &Envelope,
        hand_over: impl FnOnce() -> Result<()>,
    ) -> Attempt {
        match connection.command(Data) {
            Ok(answer) if answer.has_code(GO_ON) => {}
            Ok(answer) => {
                let reply = words::reply(&answer);
                return ends(Settled::Waiting(format!("{}: {reply}", Phase::Data)));
            }
            Err(error) => return self.waits(Phase::Data, &error),
        }
        if let Err(error) = hand_over() {
            return ends(Settled::Waiting(format!(
                "could not be recorded: {}",
                failure::told(&error)
            )));
        }
        if let Err(error) = connection.set_timeout(Some(self.final_timeout)) {
            return ends(Settled::Waiting(format!(
                "no timeout could be set: {error}"
            )));
        }
        let is_ending = Cell::new(false);
        let end = std::iter::from_fn(|| {
            // Asked for more, the library has written all and ends the message.
            is_ending.set(true);
            None
        });
        let message = std::iter::once(envelope.message.as_slice()).chain(end);
        let answer = connection.message_iter(message);
        let told = |error: &Error| words::told(Phase::Answer, error, self.final_timeout);
        match answer {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
                goes_on(Settled::Sent(words::reply(&answer)))
            }
            Ok(answer) => ends(Settled::Uncertain(words::reply(&answer))),
            Err(error) if !is_ending.get() => {
                let reason = words::told(Phase::Message, &error, self.final_timeout);
                ends(Settled::Waiting(reason))
            }
            Err(error) if error.is_permanent() => goes_on(Settled::Failed(told(&error))),
            Err(error) if code(&error) == Some(CLOSING) => ends(Settled::Waiting(told(&error))),
            Err(error) if error.is_transient() => goes_on(Settled::Waiting(told(&error))),
            Err(error) => ends(Settled::Uncertain(told(&error))),
        }
    }

    /// The server's no to us is not a no to the reader.
    fn waits(&self, phase: Phase, error: &Error) -> Attempt {
        ends(Settled::Waiting(words::told(phase, error, self.timeout)))
    }
}

/// An outcome of this envelope alone.
fn goes_on(settled: Settled) -> Attempt {
    Attempt {
        settled,
        ends_round: false,
    }
}

/// An outcome that any other envelope would meet as well.
fn ends(settled: Settled) -> Attempt {
    Attempt {
        settled,
        ends_round: true,
    }
}

fn address(text: &str) -> Result<Address, Attempt> {
    text.parse()
        .map_err(|_| goes_on(Settled::Failed(format!("{text:?} is not a mail address"))))
}

fn code(error: &Error) -> Option<u16> {
    error.status()?.to_string().parse().ok()
}

/// Whether a no at RCPT speaks of the mailbox, for good. Servers also tell here
/// what they think of us: Postfix refuses our name or our host only now.
fn is_of_recipient(code: u16, error: &Error) -> bool {
    let text = words::server_text(error);
    error.is_permanent()
        && (matches!(code, 550..=553 | 556) || text.starts_with("5.1.") || text.starts_with("5.2."))
}

/// The name that the settings give; else the machine's own, or the sender's
/// domain where that is not qualified, which servers commonly refuse.
fn helo(smtp: &SmtpConfig, sender: &str) -> ClientId {
    if let Some(helo) = &smtp.helo {
        return ClientId::Domain(helo.as_ref().clone());
    }
    match (ClientId::default(), sender.rsplit_once('@')) {
        (ClientId::Domain(name), Some((_, domain))) if !name.contains('.') => {
            ClientId::Domain(domain.to_owned())
        }
        (own, _) => own,
    }
}

fn credentials(smtp: &SmtpConfig) -> Result<Option<Credentials>> {
    let (Some(user), Some(variable)) = (&smtp.user, &smtp.password_env) else {
        return Ok(None);
    };
    let variable = variable.as_ref();
    let password = std::env::var(variable).with_context(|| {
        format!("the mail password is not in the environment variable {variable}")
    })?;
    Ok(Some(Credentials::new(user.as_ref().clone(), password)))
}
