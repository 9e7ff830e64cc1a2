//! Logs go to standard error: one story per run, JSON lines on request. What
//! they tell of can come from files, so every line is written out.

use std::io::{self, Write};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use super::{Arguments, output};
use crate::model::control_chars;

/// Starts logging. `DAYBOOK_LOG` sets the level, such as `daybook=debug`.
pub fn start(arguments: &Arguments) {
    let default = if arguments.is_daemon() {
        "warn,daybook=info"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_env("DAYBOOK_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    subscriber(arguments.log_json, filter, io::stderr).init();
    std::panic::set_hook(Box::new(|panic| {
        // Its words may quote what was being read; the place never does.
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {at}"));
        output::error(format!("a fault in the program{place}"));
    }));
}

fn subscriber<W: Write + 'static>(
    is_json: bool,
    filter: EnvFilter,
    to: impl Fn() -> W + Send + Sync + 'static,
) -> Box<dyn Subscriber + Send + Sync> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false);
    if is_json {
        let writer = move || WrittenOut::new(to(), control_chars::in_json);
        Box::new(
            builder
                .json()
                .flatten_event(true)
                .with_writer(writer)
                .finish(),
        )
    } else {
        let writer = move || WrittenOut::new(to(), control_chars::in_one_line);
        Box::new(
            builder
                .with_target(false)
                .compact()
                .with_writer(writer)
                .finish(),
        )
    }
}

/// Takes one event at a time and passes it on as one line.
struct WrittenOut<W> {
    to: W,
    how: fn(&str) -> String,
}

impl<W> WrittenOut<W> {
    fn new(to: W, how: fn(&str) -> String) -> Self {
        Self { to, how }
    }
}

impl<W: Write> Write for WrittenOut<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = (self.how)(text.strip_suffix('\n').unwrap_or(&text));
        self.to.write_all(format!("{line}\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(is_json: bool) -> String {
        let kept = Kept::default();
        let to = kept.clone();
        let subscriber = subscriber(is_json, EnvFilter::new("warn"), move || to.clone());
        tracing::subscriber::with_default(subscriber, || {
            let file = "a\u{1b}]0;PWNED\u{7}\u{9b}31m\u{202e}b\nERROR forged\u{2028}line";
            tracing::warn!(file.name = file, "{file} could not be accepted");
        });
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_event_is_one_line_and_moves_no_terminal() {
        for is_json in [false, true] {
            let told = logged(is_json);
            assert_eq!(told.matches('\n').count(), 1, "{told}");
            let line = told.strip_suffix('\n').unwrap();
            assert!(!line.chars().any(control_chars::is_unseen), "{line:?}");
            assert_eq!(line.matches("PWNED").count(), 2);
        }
        let read: serde_json::Value = serde_json::from_str(&logged(true)).unwrap();
        let name = read["file.name"].as_str().unwrap();
        assert!(name.starts_with("a\u{1b}]0;PWNED\u{7}\u{9b}31m\u{202e}b\nERROR"));
    }
}
