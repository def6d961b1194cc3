//! What an agent does beside answering: it tells its token, and makes a new one.

use crate::args::Args;
use crate::collect::Collector;
use crate::start::announce;
use crate::tls::{Identity, pasteable_line};
use crate::token::{self, Token, TokenError};
use std::net::ToSocketAddrs;
use std::time::Instant;

/// Prints the token, a new one where that is wanted, and then the line that adds the computer with it.
///
/// # Errors
/// A [`TokenError`].
pub fn token(args: &Args, new: bool) -> Result<(), TokenError> {
    if !new {
        let token = token::load(&args.token_file)?.token;
        announce(&format!("{}\n", token.text()));
        return Ok(());
    }
    let token = token::renew(&args.token_file)?;
    let line = line(args, &token).map(|line| format!("{line}\n"));
    announce(&format!("{}\n{}", token.text(), line.unwrap_or_default()));
    eprintln!(
        "muster-agent: give the new token to the dashboard; the old one is taken until the new one was used, at most 24 hours"
    );
    Ok(())
}

/// None where nobody knows the port, or there is no certificate.
fn line(args: &Args, token: &Token) -> Option<String> {
    let address = args.listen.to_socket_addrs().ok()?.next()?;
    let identity = Identity::load(&args.tls_file()).ok()?;
    let hostname = Collector::new(&args.options(), Instant::now()).hostname();
    let line = pasteable_line(&hostname, address, &token.text(), identity.sha256());
    (address.port() != 0).then_some(line)
}
