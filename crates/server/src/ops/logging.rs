//! Log output to standard error, as text or JSON.

use crate::config::LogFormat;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts logging at the level that `MUSTER_LOG` sets.
///
/// # Errors
/// The value of `MUSTER_LOG` is invalid.
pub fn init_logging(format: LogFormat) -> anyhow::Result<()> {
    let wanted = std::env::var("MUSTER_LOG").unwrap_or_default();
    let wanted = if wanted.is_empty() {
        "info".to_owned()
    } else {
        wanted
    };
    let Some(filter) = filter(&wanted) else {
        anyhow::bail!("MUSTER_LOG must be error, warn, info, debug or trace, not \"{wanted}\"");
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => {
            log.json().with_current_span(false).init();
            // A parser of JSON lines could not read the plain text of a panic.
            std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
        }
    }
    Ok(())
}

/// Prints the error with which the process exits.
pub fn report_failure(format: LogFormat, error: &anyhow::Error) {
    let sentence = sentence(error);
    match format {
        LogFormat::Text => eprintln!("muster: {sentence}"),
        LogFormat::Json => tracing::error!("{sentence}"),
    }
}

/// Joins an error and its causes, leaving out a cause that the message already contains.
fn sentence(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |sentence, cause| {
        let cause = cause.to_string();
        match sentence.contains(&cause) {
            true => sentence,
            false if sentence.is_empty() => cause,
            false => format!("{sentence}: {cause}"),
        }
    })
}

/// Parses a level or directives (`muster=debug,sqlx=warn`). A single word that is not a level is refused: it would be
/// taken for a module name and silence everything else.
fn filter(wanted: &str) -> Option<EnvFilter> {
    let is_level = wanted.parse::<LevelFilter>().is_ok();
    let filter = EnvFilter::try_new(wanted).ok()?;
    (is_level || wanted.contains('=')).then_some(filter)
}
