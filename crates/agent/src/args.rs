//! The flags of `muster-agent`, and the environment variables that stand in for them.

use crate::collect::Options;
use clap::Parser;
use std::path::PathBuf;

/// Answers GET /systeminfo with what this computer is doing: the part of Muster that runs on every
/// watched computer.
///
/// At start it prints the address and the token with which this computer is added to the dashboard.
/// It only reads: nobody can run a command or open a file through it.
#[derive(Clone, Debug, Parser)]
#[command(name = "muster-agent", version)]
pub struct Args {
    /// Address and port to answer on; 127.0.0.1:8000 answers this computer alone, port 0 takes a free one
    #[arg(
        long,
        env = "MUSTER_AGENT_LISTEN",
        default_value = "0.0.0.0:8000",
        value_name = "ADDRESS:PORT"
    )]
    pub listen: String,

    /// File that holds the token; made at the first start, readable by its owner alone
    #[arg(
        long,
        env = "MUSTER_AGENT_TOKEN_FILE",
        default_value = "client_token.txt",
        value_name = "FILE"
    )]
    pub token_file: PathBuf,

    /// Where the watched computer's /proc is, for an agent in a container (Linux)
    #[arg(long, default_value = "/proc", value_name = "FOLDER")]
    pub proc: PathBuf,

    /// Where the watched computer's /sys is, for an agent in a container (Linux)
    #[arg(long, default_value = "/sys", value_name = "FOLDER")]
    pub sys: PathBuf,

    /// Where the watched computer's file systems are, for an agent in a container (Linux)
    #[arg(long, default_value = "/", value_name = "FOLDER")]
    pub root: PathBuf,

    /// End as soon as standard input is closed, and so with the program that started this one
    #[arg(long, hide = true)]
    pub exit_with_parent: bool,
}

impl Args {
    /// Where the collectors read.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            proc: self.proc.clone(),
            sys: self.sys.clone(),
            root: self.root.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_contradict_nothing() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_flag_that_people_need() {
        let help = Args::command().render_long_help().to_string();
        for word in [
            "--listen",
            "MUSTER_AGENT_TOKEN_FILE",
            "client_token.txt",
            "--root",
        ] {
            assert!(help.contains(word), "{word} is missing from:\n{help}");
        }
        assert!(!help.contains("--exit-with-parent"));
    }
}
