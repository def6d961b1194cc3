//! The flags of `muster computer` and `muster user`.

use clap::Subcommand;

/// Manage computers. A running server applies changes within a second
#[derive(Debug, Subcommand)]
pub enum ComputerCommand {
    /// Add a computer; the token of its agent is read from standard input, or from MUSTER_TOKEN
    Add {
        /// Its name on the dashboard
        name: String,
        /// The address of its agent, like http://box:8000, or the muster:// line that the agent printed, which
        /// includes the token and the certificate
        url: String,
        /// Accept only the certificate with this SHA-256 fingerprint, in hexadecimal
        #[arg(long, value_name = "SHA256")]
        tls_sha256: Option<String>,
        /// A tag to group it by; may be repeated, or a list separated by commas
        #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
        tags: Vec<String>,
        /// A note for other people
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "",
            hide_default_value = true
        )]
        note: String,
    },
    /// List all computers
    List,
    /// Remove a computer; its history is deleted after 7 days
    Remove {
        /// Its name on the dashboard
        name: String,
    },
    /// Restore a computer that was removed within the last 7 days, with its history
    Restore {
        /// Its name when it was removed
        name: String,
        /// A new name, if another computer has that name now
        #[arg(long)]
        new_name: Option<String>,
    },
}

/// Manage accounts. Passwords are prompted for, or read from the first line of standard input; they must have at
/// least 8 characters
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; its password is prompted for, or read from the first line of standard input
    Add {
        /// The user name to sign in with
        name: String,
        /// administrator, or viewer: can see everything and change nothing
        #[arg(long, default_value = "viewer", value_parser = role)]
        role: muster_store::Role,
    },
    /// Set the password of an account and end its sessions; it is prompted for, or read from the first line of
    /// standard input
    Passwd {
        /// The user name of the account
        name: String,
    },
    /// Set the role of an account
    Role {
        /// The user name of the account
        name: String,
        /// administrator or viewer
        #[arg(value_parser = role)]
        role: muster_store::Role,
    },
    /// List all accounts
    List,
    /// Remove an account and end its sessions
    Remove {
        /// The user name of the account
        name: String,
    },
}

fn role(word: &str) -> Result<muster_store::Role, String> {
    muster_store::Role::from_word(word).ok_or_else(|| "administrator or viewer".to_owned())
}
