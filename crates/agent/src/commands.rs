//! What an agent does beside answering: it tells its token, and makes a new one.

use crate::args::{Place, TokenArgs};
use crate::collect::{Collector, Options};
use crate::start::say;
use crate::tls::{Identity, pasteable_line};
use crate::token::{self, Token, TokenError};
use std::net::ToSocketAddrs;
use std::path::Path;
use std::time::Instant;

/// Prints the token, a new one where that is wanted, and then the line that adds the computer with it.
///
/// # Errors
/// A [`TokenError`].
pub fn token(args: &TokenArgs) -> Result<(), TokenError> {
    let place = &args.place;
    if !args.new {
        return tell(&place.token_file);
    }
    let token = token::renew(&place.token_file)?;
    say(&format!("{}\n", token.text()));
    eprintln!(
        "muster-agent: give the new token to the dashboard; the old one is taken until the new one was used, at most 24 hours"
    );
    if let Some(line) = line(place, &token) {
        say(&format!("{line}\n"));
        eprintln!(
            "muster-agent: the line is that of an agent with --listen {}: say it here as the agent has it",
            place.listen
        );
    }
    Ok(())
}

/// Who asks in another folder than the agent's gets a token, but not the agent's.
fn tell(file: &Path) -> Result<(), TokenError> {
    let held = token::held(file)?;
    let is_there = held.is_some();
    let token = match held {
        Some(token) => token,
        None => token::load(file)?.token,
    };
    say(&format!("{}\n", token.text()));
    if !is_there {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        eprintln!(
            "muster-agent: there was no {}, so this token is new: an agent that was started elsewhere has another, \
             which --token-file names",
            file.display()
        );
    }
    Ok(())
}

/// None where nobody knows the port, or there is no certificate.
fn line(place: &Place, token: &Token) -> Option<String> {
    let address = place.listen.to_socket_addrs().ok()?.next()?;
    let identity = Identity::load(&place.tls_file()).ok()?;
    let hostname = Collector::new(&Options::default(), Instant::now()).hostname();
    let line = pasteable_line(&hostname, address, &token.text(), identity.sha256());
    (address.port() != 0).then_some(line)
}
