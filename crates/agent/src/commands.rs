//! The command `muster-agent token`: prints the token, or creates a new one.

use crate::args::{EndpointArgs, TokenArgs};
use crate::collect::{Collector, Options};
use crate::start::print_and_flush;
use crate::tls::{Identity, pasteable_line};
use crate::token::{self, Token, TokenError};
use std::net::ToSocketAddrs;
use std::path::Path;
use std::time::Instant;

/// Prints the token. With `--new`, creates a new one and also prints the line that adds the computer.
///
/// # Errors
/// A [`TokenError`].
pub fn show_or_renew_token(args: &TokenArgs) -> Result<(), TokenError> {
    let endpoint = &args.endpoint;
    if !args.new {
        return print_token(&endpoint.token_file);
    }
    let token = token::renew_token(&endpoint.token_file)?;
    print_and_flush(&format!("{}\n", token.text()));
    eprintln!(
        "muster-agent: enter the new token in the dashboard; the old one stays valid until the new one is used, at most 24 hours"
    );
    if let Some(line) = add_line(endpoint, &token) {
        print_and_flush(&format!("{line}\n"));
        eprintln!(
            "muster-agent: this line assumes --listen {}; if the agent listens elsewhere, give its --listen",
            endpoint.listen
        );
    }
    Ok(())
}

/// In a folder other than the agent's, this creates a new token that is not the agent's.
fn print_token(file: &Path) -> Result<(), TokenError> {
    let existing = token::load_existing(file)?;
    let existed = existing.is_some();
    let token = match existing {
        Some(token) => token,
        None => token::load_or_create(file)?.token,
    };
    print_and_flush(&format!("{}\n", token.text()));
    if !existed {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        eprintln!(
            "muster-agent: {} did not exist, so this token is new; for another agent's token, give its file with --token-file",
            file.display()
        );
    }
    Ok(())
}

/// `None` if the port is not known or there is no certificate.
fn add_line(endpoint: &EndpointArgs, token: &Token) -> Option<String> {
    let address = endpoint.listen.to_socket_addrs().ok()?.next()?;
    let identity = Identity::load_or_create(&endpoint.tls_file()).ok()?;
    let hostname = Collector::new(&Options::default(), Instant::now()).hostname();
    let line = pasteable_line(&hostname, address, &token.text(), identity.sha256());
    (address.port() != 0).then_some(line)
}
