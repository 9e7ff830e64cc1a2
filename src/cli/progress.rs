//! A progress bar on a terminal; nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One bar for one stretch of work.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn start(title: &str) -> Self {
        // Draws on standard error, and hides itself when that is no terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style =
            ProgressStyle::with_template("{prefix:<22} {bar:30} {pos}/{len} {elapsed} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_prefix(title.to_owned());
        Self(bar)
    }

    pub fn at(&self, what: &str, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
        self.0.set_message(what.to_owned());
    }

    pub fn finish(self) {
        self.0.finish_and_clear();
    }
}
