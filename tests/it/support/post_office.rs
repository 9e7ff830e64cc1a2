//! A mail server that does as it is told, on a thread of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where in the conversation the server leaves the usual way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    Accept,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt(&'static str),
    Data,
    /// Within the message, after its first line.
    Body,
    Dot,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    Says(&'static str),
    Closes,
    Resets,
    /// Answers nothing until the other side gives up.
    IsSilent,
    /// Reads nothing either.
    IsSlow,
    SaysAfter(Duration, &'static str),
}

/// A message that came to its end, and was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub recipient: String,
    pub message: String,
}

pub struct PostOffice {
    pub port: u16,
    /// Every phase that was reached at which the server was told something.
    pub reached: Receiver<At>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Option<(At, Does)>>,
    taken: Mutex<Vec<Taken>>,
    heard: Mutex<Vec<String>>,
}

impl PostOffice {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let (reaches, reached) = channel();
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, reaches) = (Arc::clone(&served), reaches.clone());
                std::thread::spawn(move || {
                    // A client that goes away is part of the play.
                    let _ = serve(stream.unwrap(), &shared, &reaches);
                });
            }
        });
        Self {
            port,
            reached,
            shared,
        }
    }

    pub fn is_told(&self, at: At, does: Does) {
        *self.shared.script.lock().unwrap() = Some((at, does));
    }

    pub fn is_well(&self) {
        *self.shared.script.lock().unwrap() = None;
    }

    /// What came to its end since the last look.
    pub fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut self.shared.taken.lock().unwrap())
    }

    /// Every command since the last look.
    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.heard.lock().unwrap())
    }
}

/// Ok says that the conversation may go on.
type Goes = std::io::Result<bool>;

struct Line<'a> {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    shared: &'a Shared,
    reaches: &'a Sender<At>,
}

fn serve(stream: TcpStream, shared: &Shared, reaches: &Sender<At>) -> std::io::Result<()> {
    let reader = BufReader::new(stream.try_clone()?);
    let mut line = Line {
        stream,
        reader,
        shared,
        reaches,
    };
    if !line.answer(&At::Accept, "220 post.office ready")? {
        return Ok(());
    }
    let mut recipient = String::new();
    loop {
        let mut command = String::new();
        if line.reader.read_line(&mut command)? == 0 {
            return Ok(());
        }
        let command = command.trim_end().to_owned();
        shared.heard.lock().unwrap().push(command.clone());
        let word = command.split([' ', ':']).next().unwrap_or_default();
        let goes_on = match word {
            "EHLO" => line.answer(
                &At::Ehlo,
                "250-post.office\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            )?,
            "STARTTLS" => {
                line.answer(&At::Starttls, "220 go on\r\nthis is no handshake")?;
                false
            }
            "AUTH" => line.answer(&At::Auth, "235 welcome")?,
            "MAIL" => line.answer(&At::Mail, "250 ok")?,
            "RCPT" => {
                let start = command.find('<').map_or(0, |at| at + 1);
                command[start..]
                    .trim_end_matches('>')
                    .clone_into(&mut recipient);
                line.answer_recipient(&recipient)?
            }
            "DATA" => line.take(&recipient)?,
            "QUIT" => {
                line.say("221 goodbye")?;
                false
            }
            _ => line.say("250 ok")?,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

impl Line<'_> {
    fn say(&mut self, text: &str) -> Goes {
        self.stream.write_all(format!("{text}\r\n").as_bytes())?;
        Ok(true)
    }

    fn told(&self, at: &At) -> Option<Does> {
        let script = self.shared.script.lock().unwrap();
        let does = script.as_ref().filter(|(told, _)| told == at)?.1.clone();
        let _ = self.reaches.send(at.clone());
        Some(does)
    }

    fn answer(&mut self, at: &At, usual: &str) -> Goes {
        match self.told(at) {
            None => self.say(usual),
            Some(does) => self.do_as_told(&does),
        }
    }

    fn answer_recipient(&mut self, recipient: &str) -> Goes {
        let script = self.shared.script.lock().unwrap().clone();
        match script {
            Some((At::Rcpt(whom), does)) if whom == recipient => {
                let _ = self.reaches.send(At::Rcpt(whom));
                self.do_as_told(&does)
            }
            _ => self.say("250 ok"),
        }
    }

    fn do_as_told(&mut self, does: &Does) -> Goes {
        match does {
            Does::Says(text) => self.say(text),
            Does::SaysAfter(pause, text) => {
                std::thread::sleep(*pause);
                self.say(text)
            }
            Does::Closes | Does::Resets => Ok(false),
            Does::IsSlow => {
                std::thread::sleep(Duration::from_secs(4));
                Ok(false)
            }
            Does::IsSilent => {
                self.reader.read_to_end(&mut Vec::new())?;
                Ok(false)
            }
        }
    }

    /// From DATA to the word after the dot.
    fn take(&mut self, recipient: &str) -> Goes {
        if let Some(does) = self.told(&At::Data) {
            return self.do_as_told(&does);
        }
        self.say("354 go on")?;
        let script = self.shared.script.lock().unwrap().clone();
        if script == Some((At::Dot, Does::Resets)) {
            self.wait_for_the_end()?;
            self.keep(recipient, "unread");
            // Closed with bytes unread, a connection is reset.
            return Ok(false);
        }
        let mut message = String::new();
        while !message.ends_with("\r\n.\r\n") {
            if self.reader.read_line(&mut message)? == 0 {
                return Ok(false);
            }
            if let Some(does) = self.told(&At::Body) {
                return self.do_as_told(&does);
            }
        }
        match self.told(&At::Dot) {
            Some(Does::Says(text)) if !text.starts_with('2') => self.say(text),
            told => {
                self.keep(recipient, &message);
                match told {
                    None => self.say("250 taken"),
                    Some(does) => self.do_as_told(&does),
                }
            }
        }
    }

    fn wait_for_the_end(&mut self) -> std::io::Result<()> {
        let mut seen = vec![0; 4 << 20];
        loop {
            let length = self.stream.peek(&mut seen)?;
            if length == 0 || seen[..length].ends_with(b"\r\n.\r\n") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn keep(&self, recipient: &str, message: &str) {
        self.shared.taken.lock().unwrap().push(Taken {
            recipient: recipient.to_owned(),
            message: message.to_owned(),
        });
    }
}
