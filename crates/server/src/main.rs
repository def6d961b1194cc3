//! `muster`: the server, and the administrator's commands.

use clap::Parser as _;
use muster::config::{Cli, with_default_command};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    let cli = Cli::parse_from(with_default_command(std::env::args_os()));
    let wanted = std::env::var("MUSTER_LOG").unwrap_or_else(|_| "info".to_owned());
    let Some(filter) = log_filter(&wanted) else {
        eprintln!("muster: MUSTER_LOG must be error, warn, info, debug or trace, not \"{wanted}\"");
        return ExitCode::FAILURE;
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A level, or directives for those who know the modules (`muster=debug,sqlx=warn`). A bare word that is no
/// level would be taken for a module's name, and silence everything else.
fn log_filter(wanted: &str) -> Option<EnvFilter> {
    let is_level = wanted.parse::<LevelFilter>().is_ok();
    let filter = EnvFilter::try_new(wanted).ok()?;
    (is_level || wanted.contains('=')).then_some(filter)
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(muster::commands::run(cli));
    // A name that the resolver still ponders keeps nobody from stopping.
    runtime.shutdown_background();
    result
}
