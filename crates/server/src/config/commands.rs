//! The flags of the commands on computers and on accounts.

use clap::Subcommand;

/// Commands on computers. A running server follows within a second.
#[derive(Debug, Subcommand)]
pub enum ComputerCommand {
    /// Watch a computer; its agent's token is read from standard input, or from MUSTER_TOKEN
    Add {
        /// The name it gets on the dashboard
        name: String,
        /// Where its agent answers, like http://box:8000, or the muster:// line that it printed: that one has
        /// the token and the certificate in it
        url: String,
        /// The certificate that its agent must show, by its SHA-256 in hexadecimal
        #[arg(long, value_name = "SHA256")]
        tls_sha256: Option<String>,
        /// By what people group it; may be given several times, or as a list with commas
        #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
        tags: Vec<String>,
        /// What people should know of it
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "",
            hide_default_value = true
        )]
        note: String,
    },
    /// List the computers that are watched
    List,
    /// Stop watching a computer; its history is deleted after 7 days
    Remove {
        /// Its name on the dashboard
        name: String,
    },
    /// Bring a computer back that was removed within 7 days, with its history
    Restore {
        /// The name that it had
        name: String,
        /// The name that it gets, where that one was given to another computer
        #[arg(long)]
        new_name: Option<String>,
    },
}

/// Commands on accounts. A password is asked for, or is the first line of standard input; it must have at
/// least 8 characters.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; its password is asked for, or is the first line of standard input
    Add {
        /// The name it signs in with
        name: String,
        /// administrator, or viewer: sees everything, changes nothing
        #[arg(long, default_value = "viewer", value_parser = role)]
        role: muster_store::Role,
    },
    /// Set the password of an account and end its sessions; it is asked for, or is the first line of
    /// standard input
    Passwd {
        /// The account
        name: String,
    },
    /// Make an account administrator or viewer
    Role {
        /// The account
        name: String,
        /// administrator or viewer
        #[arg(value_parser = role)]
        role: muster_store::Role,
    },
    /// List the accounts
    List,
    /// Remove an account and end its sessions
    Remove {
        /// The account
        name: String,
    },
}

fn role(word: &str) -> Result<muster_store::Role, String> {
    muster_store::Role::from_word(word).ok_or_else(|| "administrator or viewer".to_owned())
}
