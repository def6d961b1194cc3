//! What `muster` can be told to do.

/// Prints a line. Whoever reads it may have gone (`muster user list | head`), which is no failure of ours.
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

/// Does what the command line says.
///
/// # Errors
/// Why it could not be done, in words for whoever typed it.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let path = cli.database.path()?;
    match cli.command {
        Command::Serve(args) => serve::serve(&path, args).await,
        Command::Quickstart(args) => quickstart::quickstart(&path, args).await,
        Command::Computer(command) => computer::run(&path, command).await,
        Command::User(command) => user::run(&path, command).await,
        Command::Backup { file } => database::backup(&path, &file).await,
        Command::Verify => database::verify(&path).await,
        Command::Healthcheck { listen, tls_cert } => {
            healthcheck::healthcheck(listen, tls_cert.as_deref()).await
        }
    }
}

fn print_line(line: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
