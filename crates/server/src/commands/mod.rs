//! The commands of `muster`.

/// Prints a line. Ignores a closed pipe, as in `muster user list | head`.
macro_rules! say {
    ($($text:tt)*) => { $crate::commands::print_line(format_args!($($text)*)) };
}

mod computer;
mod database;
mod healthcheck;
mod listen;
mod quickstart;
mod serve;
mod user;

use crate::config::{Cli, Command};
use std::io::Write as _;
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// A sentence that says why it failed.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let path = cli.database.path()?;
    let done = run_on(&path, cli.command).await;
    // SQLite's errors name neither the file nor what to do.
    done.map_err(|error| match error.downcast::<muster_store::Error>() {
        Ok(error) => muster_store::sqlite::name_file(error, &path).into(),
        Err(error) => error,
    })
}

async fn run_on(path: &Path, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve::serve(path, args).await,
        Command::Quickstart(args) => quickstart::quickstart(path, args).await,
        Command::Computer(command) => computer::run(path, command).await,
        Command::User(command) => user::run(path, command).await,
        Command::Backup { file } => database::backup(path, &file).await,
        Command::Verify => database::verify(path).await,
        Command::Healthcheck { listen, tls_cert } => {
            healthcheck::healthcheck(listen, tls_cert.as_deref()).await
        }
    }
}

fn print_line(line: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
