//! The flags of `muster-agent`, and the environment variables that can replace them.

use crate::collect::Options;
use crate::service::{InstallArgs, UninstallArgs};
use crate::token::DEFAULT_NAME;
use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// The part of Muster that runs on every watched computer: it reports the state of the computer at
/// GET /systeminfo.
///
/// At start it prints the address and the token that add this computer to the dashboard.
/// It is read-only: it cannot be used to run commands or open files.
#[derive(Clone, Debug, Parser)]
#[command(name = "muster-agent", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// The command to run instead of serving requests.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Address, token and certificate of the agent.
    #[command(flatten)]
    pub endpoint: EndpointArgs,

    /// Serve only TLS, no plain HTTP
    #[arg(long, env = "MUSTER_AGENT_REQUIRE_TLS", value_parser = clap::builder::FalseyValueParser::new())]
    pub require_tls: bool,

    /// Folder for recorded readings, so that they survive a restart; created at the first start
    /// [default: client_history beside the token file]
    #[arg(long, env = "MUSTER_AGENT_HISTORY", value_name = "FOLDER")]
    pub history: Option<PathBuf>,

    /// Hours for which recorded readings are kept, in at most 1 MB; 0 records none
    #[arg(
        long,
        env = "MUSTER_AGENT_KEEP_HOURS",
        default_value_t = 24,
        value_name = "HOURS",
        value_parser = hours
    )]
    pub keep_hours: u16,

    /// Path of the watched computer's /proc, for an agent in a container (Linux)
    #[arg(long, default_value = "/proc", value_name = "FOLDER", value_parser = mounted_proc)]
    pub proc: PathBuf,

    /// Path of the watched computer's /sys, for an agent in a container (Linux)
    #[arg(long, default_value = "/sys", value_name = "FOLDER", value_parser = mounted)]
    pub sys: PathBuf,

    /// Path of the watched computer's root file system, for an agent in a container (Linux)
    #[arg(long, default_value = "/", value_name = "FOLDER", value_parser = mounted)]
    pub root: PathBuf,

    /// Exit when standard input is closed, and so together with the program that started the agent
    #[arg(long, hide = true)]
    pub exit_with_parent: bool,
}

/// Address, token and certificate of an agent.
#[derive(Clone, Debug, clap::Args)]
pub struct EndpointArgs {
    /// Address and port to listen on; 127.0.0.1:8000 serves only this computer, port 0 picks a free port
    #[arg(
        long,
        env = "MUSTER_AGENT_LISTEN",
        default_value = "0.0.0.0:8000",
        value_name = "ADDRESS:PORT"
    )]
    pub listen: String,

    /// File for the token; created at the first start, readable only by its owner
    #[arg(
        long,
        env = "MUSTER_AGENT_TOKEN_FILE",
        default_value = DEFAULT_NAME,
        value_name = "FILE"
    )]
    pub token_file: PathBuf,

    /// File for the TLS key and certificate; created at the first start, readable only by its owner
    /// [default: client_tls.pem beside the token file]
    #[arg(long, env = "MUSTER_AGENT_TLS_FILE", value_name = "FILE")]
    pub tls_file: Option<PathBuf>,
}

/// Flags of `muster-agent token`.
#[derive(Clone, Debug, clap::Args)]
pub struct TokenArgs {
    /// Create a new token; the old one stays valid until the new one is used, for at most one day
    #[arg(long)]
    pub new: bool,

    /// The agent that the token belongs to.
    #[command(flatten)]
    pub endpoint: EndpointArgs,
}

/// Commands of `muster-agent`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print the token, or create a new one
    Token(TokenArgs),
    /// Install the agent as a service that starts with the computer (Linux with systemd, as root)
    Install(InstallArgs),
    /// Remove what install set up
    Uninstall(UninstallArgs),
}

impl EndpointArgs {
    /// Path of the TLS key and certificate.
    #[must_use]
    pub fn tls_file(&self) -> PathBuf {
        let beside = || self.token_file.with_file_name("client_tls.pem");
        self.tls_file.clone().unwrap_or_else(beside)
    }
}

impl Args {
    /// Parses the command line. On an error, or for `--help`, it prints a message and exits.
    #[must_use]
    pub fn parse_command_line() -> Self {
        let matches = without_empty(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// Folder for recorded readings.
    #[must_use]
    pub fn history_folder(&self) -> PathBuf {
        let beside = || self.endpoint.token_file.with_file_name("client_history");
        self.history.clone().unwrap_or_else(beside)
    }

    /// How long readings are kept; `None` if they are not.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        (self.keep_hours > 0).then(|| Duration::from_secs(3600 * u64::from(self.keep_hours)))
    }

    /// Paths that the collectors read from.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            proc: self.proc.clone(),
            sys: self.sys.clone(),
            root: self.root.clone(),
        }
    }
}

/// Treats an empty variable as unset; compose files set variables like this.
fn without_empty(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|flag| {
        let value = flag.get_env().and_then(std::env::var_os);
        if value.is_some_and(|value| value.is_empty()) {
            flag.env(Resettable::Reset)
        } else {
            flag
        }
    });
    command.mut_subcommands(without_empty)
}

/// A folder mounted from the watched computer.
fn mounted(text: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(text);
    // The default may be missing: then values are missing, and the agent logs it.
    let is_usual = ["/proc", "/sys", "/"].contains(&text);
    match is_usual || folder.is_dir() {
        true => Ok(folder),
        false => Err(
            "there is no such folder; give the path where the computer's folder is mounted".into(),
        ),
    }
}

/// Like `mounted`, and requires `stat`: without it almost nothing can be read.
fn mounted_proc(text: &str) -> Result<PathBuf, String> {
    let folder = mounted(text)?;
    match text == "/proc" || folder.join("stat").is_file() {
        true => Ok(folder),
        false => {
            Err("it contains no `stat`; give the path where the computer's /proc is mounted".into())
        }
    }
}

fn hours(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| format!("must be whole hours, at most {}, such as 24", u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_contradict_nothing() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_invalid_number_of_hours_is_refused_with_an_example() {
        for wrong in ["abc", "1.5", "70000"] {
            let refusal = Args::try_parse_from(["agent", "--keep-hours", wrong]).unwrap_err();
            assert!(refusal.to_string().contains("whole hours"), "{refusal}");
        }
    }

    #[test]
    fn an_error_about_a_missing_folder_names_its_flag() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().to_str().unwrap();
        for (flag, value, expected) in [
            ("--proc", "/nonexistent", "no such folder"),
            ("--proc", empty, "contains no `stat`"),
            ("--sys", "/nonexistent", "no such folder"),
            ("--root", "/nonexistent", "no such folder"),
        ] {
            let refusal = Args::try_parse_from(["agent", flag, value]).unwrap_err();
            let refusal = refusal.to_string();
            assert!(
                refusal.contains(expected) && refusal.contains(flag),
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
