//! The log: on standard error, for people or for programs.

use crate::config::LogFormat;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Begins the log, as much of it as `MUSTER_LOG` says.
///
/// # Errors
/// A value of `MUSTER_LOG` that is no level.
pub fn begin(format: LogFormat) -> anyhow::Result<()> {
    let wanted = std::env::var("MUSTER_LOG").unwrap_or_default();
    let wanted = match wanted.is_empty() {
        true => "info".to_owned(),
        false => wanted,
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
            // Whoever reads objects would stumble over the text of a panic.
            std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
        }
    }
    Ok(())
}

/// The last words of a process that failed.
pub fn failed(format: LogFormat, error: &anyhow::Error) {
    let sentence = sentence(error);
    match format {
        LogFormat::Text => eprintln!("muster: {sentence}"),
        LogFormat::Json => tracing::error!("{sentence}"),
    }
}

/// An error and what it came from, each thing once: many say themselves what they came from.
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

/// A level, or directives for those who know the modules (`muster=debug,sqlx=warn`). A bare word that is no
/// level would be taken for a module's name, and silence everything else.
fn filter(wanted: &str) -> Option<EnvFilter> {
    let is_level = wanted.parse::<LevelFilter>().is_ok();
    let filter = EnvFilter::try_new(wanted).ok()?;
    (is_level || wanted.contains('=')).then_some(filter)
}
