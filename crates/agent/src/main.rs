//! The `muster-agent` program.

use muster_agent::args::{Args, Command};
use muster_agent::{commands, service, start};
use std::fmt::Display;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::read();
    match &args.command {
        None => ended(start::start(&args)),
        Some(Command::Token(args)) => ended(commands::token(args)),
        Some(Command::Install(args)) => ended(service::install(args)),
        Some(Command::Uninstall(args)) => ended(service::uninstall(args)),
    }
}

fn ended(result: Result<(), impl Display>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster-agent: {error}");
            ExitCode::FAILURE
        }
    }
}
