//! The `muster-agent` program.

use muster_agent::args::{Args, Command};
use muster_agent::{commands, service, start};
use std::fmt::Display;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::parse_command_line();
    match &args.command {
        None => ended(start::run_agent(&args)),
        Some(Command::Token(args)) => ended(commands::show_or_renew_token(args)),
        Some(Command::Install(args)) => ended(service::install_service(args)),
        Some(Command::Uninstall(args)) => ended(service::uninstall_service(args)),
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
