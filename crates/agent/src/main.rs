//! The `muster-agent` program.

use clap::Parser;
use muster_agent::{args::Args, start};
use std::process::ExitCode;

fn main() -> ExitCode {
    match start::start(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster-agent: {error}");
            ExitCode::FAILURE
        }
    }
}
