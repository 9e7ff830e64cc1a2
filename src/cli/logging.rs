//! Logs go to standard error: one story per run, JSON lines on request.

use tracing_subscriber::EnvFilter;

use super::Arguments;

/// Starts logging. `DAYBOOK_LOG` sets the level, such as `daybook=debug`.
pub fn start(arguments: &Arguments) {
    let default = if arguments.is_daemon() {
        "warn,daybook=info"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_env("DAYBOOK_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if arguments.log_json {
        builder.json().flatten_event(true).init();
    } else {
        builder.with_target(false).compact().init();
    }
}
