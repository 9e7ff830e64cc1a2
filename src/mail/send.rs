//! Sends what waits: to `.eml` files, or through a mail server.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use lettre::address::Envelope as Route;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as SmtpTls, TlsParameters};
use lettre::{SmtpTransport, Transport as _};

use super::outbox::{Envelope, Settled};
use crate::config::{MailConfig, SmtpConfig, Tls, Transport};

/// The way out, opened once per run.
pub enum Mailer {
    File(std::path::PathBuf),
    Smtp(Box<SmtpTransport>),
}

impl Mailer {
    pub fn open(config: &MailConfig) -> Result<Self> {
        match (config.transport, &config.smtp) {
            (Transport::Smtp, Some(smtp)) => Ok(Self::Smtp(Box::new(connect(smtp)?))),
            _ => {
                std::fs::create_dir_all(&config.path)
                    .with_context(|| format!("cannot create {}", config.path.display()))?;
                Ok(Self::File(config.path.clone()))
            }
        }
    }

    /// Sends one envelope. Whatever the server says is an outcome, not an
    /// error, so that one recipient never holds up the others.
    pub fn send(&self, envelope: &Envelope) -> Settled {
        match self {
            Self::File(folder) => write(folder, envelope),
            Self::Smtp(transport) => post(transport, envelope),
        }
    }
}

/// The file has one name per envelope: a second attempt overwrites it.
fn write(folder: &Path, envelope: &Envelope) -> Settled {
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
        Ok(()) => Settled::Sent(path.display().to_string()),
        Err(error) => Settled::Waiting(format!("cannot write {}: {error}", path.display())),
    }
}

fn post(transport: &SmtpTransport, envelope: &Envelope) -> Settled {
    let route = match (envelope.sender.parse(), envelope.recipient.parse()) {
        (Ok(from), Ok(to)) => Route::new(Some(from), vec![to]),
        _ => return Settled::Failed("sender or recipient is not a mail address".to_owned()),
    };
    let route = match route {
        Ok(route) => route,
        Err(error) => return Settled::Failed(error.to_string()),
    };
    match transport.send_raw(&route, &envelope.message) {
        Ok(response) => Settled::Sent(response.message().collect::<Vec<_>>().join(" ")),
        Err(error) if error.is_permanent() => Settled::Failed(error.to_string()),
        Err(error) if error.is_transient() => Settled::Waiting(error.to_string()),
        // No answer: it may have been taken after all.
        Err(error) if error.is_timeout() || error.is_response() => {
            Settled::Uncertain(error.to_string())
        }
        Err(error) => Settled::Waiting(error.to_string()),
    }
}

fn connect(smtp: &SmtpConfig) -> Result<SmtpTransport> {
    let parameters = || TlsParameters::new(smtp.host.clone()).context("TLS cannot be set up");
    let tls = match smtp.tls {
        Tls::None => SmtpTls::None,
        Tls::Starttls => SmtpTls::Required(parameters()?),
        Tls::Wrapper => SmtpTls::Wrapper(parameters()?),
    };
    // The library's pool is left out of the build: a connection that an attempt
    // left half used could hand its late replies to the next letter.
    let mut builder = SmtpTransport::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(smtp.timeout_seconds.into())));
    if let (Some(user), Some(variable)) = (&smtp.user, &smtp.password_env) {
        let password = std::env::var(variable).with_context(|| {
            format!("the mail password is not in the environment variable {variable}")
        })?;
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}
