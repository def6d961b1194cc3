//! The flags of `muster-agent`, and the environment variables that stand in for them.

use crate::collect::Options;
use crate::service::{InstallArgs, UninstallArgs};
use crate::token::DEFAULT_NAME;
use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Answers GET /systeminfo with what this computer is doing: the part of Muster that runs on every
/// watched computer.
///
/// At start it prints the address and the token with which this computer is added to the dashboard.
/// It only reads: nobody can run a command or open a file through it.
#[derive(Clone, Debug, Parser)]
#[command(name = "muster-agent", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// What to do instead of answering.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Where it answers, and who it is.
    #[command(flatten)]
    pub place: Place,

    /// Answer TLS alone, and no plain HTTP
    #[arg(long, env = "MUSTER_AGENT_REQUIRE_TLS", value_parser = clap::builder::FalseyValueParser::new())]
    pub require_tls: bool,

    /// Folder for readings that no server asked for, so that they outlive this agent; made at the first start
    /// [default: client_history beside the token file]
    #[arg(long, env = "MUSTER_AGENT_HISTORY", value_name = "FOLDER")]
    pub history: Option<PathBuf>,

    /// Hours for which such readings are kept, within 1 MB; 0 keeps none
    #[arg(
        long,
        env = "MUSTER_AGENT_KEEP_HOURS",
        default_value_t = 24,
        value_name = "HOURS",
        value_parser = hours
    )]
    pub keep_hours: u16,

    /// Where the watched computer's /proc is, for an agent in a container (Linux)
    #[arg(long, default_value = "/proc", value_name = "FOLDER", value_parser = mounted_proc)]
    pub proc: PathBuf,

    /// Where the watched computer's /sys is, for an agent in a container (Linux)
    #[arg(long, default_value = "/sys", value_name = "FOLDER", value_parser = mounted)]
    pub sys: PathBuf,

    /// Where the watched computer's file systems are, for an agent in a container (Linux)
    #[arg(long, default_value = "/", value_name = "FOLDER", value_parser = mounted)]
    pub root: PathBuf,

    /// End as soon as standard input is closed, and so with the program that started this one
    #[arg(long, hide = true)]
    pub exit_with_parent: bool,
}

/// Where an agent answers, and what it shows.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
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
        default_value = DEFAULT_NAME,
        value_name = "FILE"
    )]
    pub token_file: PathBuf,

    /// File that holds key and certificate for TLS; made at the first start, readable by its owner alone
    /// [default: client_tls.pem beside the token file]
    #[arg(long, env = "MUSTER_AGENT_TLS_FILE", value_name = "FILE")]
    pub tls_file: Option<PathBuf>,
}

/// What `muster-agent token` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct TokenArgs {
    /// Make a new token; the old one is taken until the new one was used, and for a day at most
    #[arg(long)]
    pub new: bool,

    /// Of which agent.
    #[command(flatten)]
    pub place: Place,
}

/// What `muster-agent` can do instead of answering.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print the token, or make a new one
    Token(TokenArgs),
    /// Set the agent up as a service that starts with this computer (Linux with systemd, as root)
    Install(InstallArgs),
    /// Take away what install set up
    Uninstall(UninstallArgs),
}

impl Place {
    /// Where key and certificate are.
    #[must_use]
    pub fn tls_file(&self) -> PathBuf {
        let beside = || self.token_file.with_file_name("client_tls.pem");
        self.tls_file.clone().unwrap_or_else(beside)
    }
}

impl Args {
    /// What was typed; who typed nonsense, or wants help, is told, and the program ends.
    #[must_use]
    pub fn read() -> Self {
        let matches = without_empty(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Where readings are kept.
    #[must_use]
    pub fn history(&self) -> PathBuf {
        let beside = || self.place.token_file.with_file_name("client_history");
        self.history.clone().unwrap_or_else(beside)
    }

    /// For how long readings are kept, if at all.
    #[must_use]
    pub fn kept(&self) -> Option<Duration> {
        (self.keep_hours > 0).then(|| Duration::from_secs(3600 * u64::from(self.keep_hours)))
    }

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

/// A variable that is set to nothing, as compose files leave one, is as one that is not set.
fn without_empty(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|flag| {
        let value = flag.get_env().and_then(std::env::var_os);
        match value.is_some_and(|value| value.is_empty()) {
            true => flag.env(Resettable::Reset),
            false => flag,
        }
    });
    command.mut_subcommands(without_empty)
}

/// A folder that is mounted from the watched computer.
fn mounted(text: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(text);
    // What is usual may be missing: then the readings are, and the agent says so.
    let is_usual = ["/proc", "/sys", "/"].contains(&text);
    match is_usual || folder.is_dir() {
        true => Ok(folder),
        false => {
            Err("there is no such folder: give the one where the computer's own is mounted".into())
        }
    }
}

/// The same, of `/proc`: without it there is next to nothing to tell.
fn mounted_proc(text: &str) -> Result<PathBuf, String> {
    let folder = mounted(text)?;
    match text == "/proc" || folder.join("stat").is_file() {
        true => Ok(folder),
        false => Err(
            "there is no `stat` in it: give the folder where the computer's /proc is mounted"
                .into(),
        ),
    }
}

fn hours(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("give whole hours, up to {}, like 24", u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_contradict_nothing() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_is_no_number_of_hours_is_told_what_would_be() {
        for wrong in ["abc", "1.5", "70000"] {
            let refusal = Args::try_parse_from(["agent", "--keep-hours", wrong]).unwrap_err();
            assert!(refusal.to_string().contains("whole hours"), "{refusal}");
        }
    }

    #[test]
    fn a_folder_that_is_not_mounted_is_told_by_its_flag() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().to_str().unwrap();
        for (flag, value, told) in [
            ("--proc", "/nonexistent", "no such folder"),
            ("--proc", empty, "no `stat`"),
            ("--sys", "/nonexistent", "no such folder"),
            ("--root", "/nonexistent", "no such folder"),
        ] {
            let refusal = Args::try_parse_from(["agent", flag, value]).unwrap_err();
            let refusal = refusal.to_string();
            assert!(
                refusal.contains(told) && refusal.contains(flag),
                "{refusal}"
            );
        }
        assert!(Args::try_parse_from(["agent", "--sys", empty, "--root", empty]).is_ok());
    }

    #[test]
    fn the_help_names_every_flag_that_people_need() {
        let help = Args::command().render_long_help().to_string();
        for word in [
            "--listen",
            "MUSTER_AGENT_TOKEN_FILE",
            "client_token.txt",
            "--root",
            "--require-tls",
            "client_tls.pem",
        ] {
            assert!(help.contains(word), "{word} is missing from:\n{help}");
        }
        assert!(!help.contains("--exit-with-parent"));
    }
}
