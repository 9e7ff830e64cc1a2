//! The mail server: how it is reached, and what must never reach it in clear.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::address::is_domain;
use super::problem::{Problem, Source};

/// The mail server, needed when the transport is `smtp`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name or address.
    #[schemars(with = "String")]
    pub host: Spanned<String>,
    /// The port it listens on.
    #[serde(default = "default_port")]
    pub port: u16,
    /// How the connection is encrypted.
    #[serde(default = "default_tls")]
    #[schemars(with = "Tls")]
    pub tls: Spanned<Tls>,
    /// The name given to the server; the machine's own, or the sender's domain
    /// where that is not qualified, when left out.
    #[schemars(with = "Option<String>")]
    pub helo: Option<Spanned<String>>,
    /// Seconds of silence before an attempt fails.
    #[serde(default = "default_timeout")]
    #[schemars(with = "u16")]
    pub timeout_seconds: Spanned<u16>,
    /// Seconds of silence after a whole message was handed over; a mail without
    /// an answer by then is uncertain and not sent again.
    #[serde(default = "default_final_timeout")]
    #[schemars(with = "u16")]
    pub final_timeout_seconds: Spanned<u16>,
    /// Name to log in with.
    #[schemars(with = "Option<String>")]
    pub user: Option<Spanned<String>>,
    /// Name of the environment variable that holds the password.
    #[schemars(with = "Option<String>")]
    pub password_env: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Not at all, which only a server on this machine itself is given.
    None,
    /// After the greeting, before anything of ours is sent.
    Starttls,
    /// From the first byte.
    Wrapper,
}

impl SmtpConfig {
    /// Whether mail would leave the machine unencrypted.
    pub fn is_in_clear(&self) -> bool {
        *self.tls.as_ref() == Tls::None && !is_loopback(self.host.as_ref())
    }

    pub(super) fn problems(&self, source: &Source) -> Vec<Problem> {
        let mut problems = Vec::new();
        let host = self.host.as_ref();
        if !is_domain(host) && host.parse::<IpAddr>().is_err() {
            problems.push(source.problem(
                self.host.span(),
                "not a host's name or address; the port stands in a line of its own",
            ));
        }
        if self.is_in_clear() {
            problems.push(source.problem(
                self.tls.span(),
                "mail and password would leave this machine in clear; expected \"starttls\" or \
                 \"wrapper\", or a host on loopback",
            ));
        }
        for seconds in [&self.timeout_seconds, &self.final_timeout_seconds] {
            if *seconds.as_ref() == 0 {
                problems.push(source.problem(seconds.span(), "expected at least 1 second"));
            }
        }
        if let Some(helo) = &self.helo
            && !is_domain(helo.as_ref())
        {
            problems.push(source.problem(
                helo.span(),
                "not a host's name; expected one such as \"daybook.example.police.uk\"",
            ));
        }
        match (&self.user, &self.password_env) {
            (Some(user), None) => problems.push(source.problem(
                user.span(),
                "a user needs password_env, the environment variable that holds the password",
            )),
            (None, Some(variable)) => {
                problems.push(source.problem(variable.span(), "a password needs a user"));
            }
            _ => {}
        }
        problems
    }
}

/// Whether a host is this machine itself, by its name or address.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn default_port() -> u16 {
    587
}

fn default_tls() -> Spanned<Tls> {
    Spanned::new(0..0, Tls::Starttls)
}

fn default_timeout() -> Spanned<u16> {
    Spanned::new(0..0, 45)
}

/// RFC 5321, 4.5.3.2.6: a server may take ten minutes to answer.
fn default_final_timeout() -> Spanned<u16> {
    Spanned::new(0..0, 600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(settings: &str) -> Vec<String> {
        let source = Source::new("daybook.toml", settings);
        let smtp: SmtpConfig = source.parse().unwrap();
        let told = smtp.problems(&source);
        told.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn mail_in_clear_is_refused_unless_the_host_is_this_machine() {
        for host in ["localhost", "LocalHost", "127.0.0.1", "127.8.9.10", "::1"] {
            assert_eq!(
                problems(&format!("host = \"{host}\"\ntls = \"none\"\n")),
                [""; 0]
            );
        }
        for host in [
            "192.0.2.2",
            "mail.force.example",
            "localhost.force.example",
            "127.0.0.1.example",
            "128.0.0.1",
            "0.0.0.0",
            "::",
            "::2",
        ] {
            let told = problems(&format!("host = \"{host}\"\ntls = \"none\"\n"));
            assert_eq!(told.len(), 1, "{host}");
            assert!(
                told[0].starts_with("daybook.toml:2:7: tls = \"none\""),
                "{told:?}"
            );
            let told = problems(&format!("host = \"{host}\"\ntls = \"starttls\"\n"));
            assert_eq!(told, [""; 0], "{host}");
        }
    }

    #[test]
    fn a_host_with_its_port_is_told() {
        let told = problems("host = \"mail.force.example:25\"\n");
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("daybook.toml:1:8"), "{told:?}");
    }

    #[test]
    fn settings_that_would_lose_mail_are_told_at_their_lines() {
        for (settings, place) in [
            ("timeout_seconds = 0", "daybook.toml:2:19"),
            ("final_timeout_seconds = 0", "daybook.toml:2:25"),
            ("helo = \"two words\"", "daybook.toml:2:8"),
            ("user = \"daybook\"", "daybook.toml:2:8"),
            ("password_env = \"P\"", "daybook.toml:2:16"),
        ] {
            let told = problems(&format!("host = \"mail.force.example\"\n{settings}\n"));
            assert_eq!(told.len(), 1, "{settings}");
            assert!(told[0].starts_with(place), "{told:?}");
        }
    }
}
