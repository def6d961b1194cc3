//! Starts the agent from its flags, and prints the start lines.

use crate::args::Args;
use crate::collect::{Collector, permitted_files};
use crate::http::App;
use crate::lifetime::Lifetime;
use crate::recorder::record_readings_forever;
use crate::ring::{self, Ring, RingFolder};
use crate::serve::{Limits, run_until_stopped};
use crate::tls::{Identity, Protocols, TlsError, pasteable_line};
use crate::token::{self, TokenError, Tokens};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use thiserror::Error;

/// Why the agent did not start; the text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// No token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No certificate, but --require-tls.
    #[error("{0}; --require-tls needs a certificate")]
    Tls(#[from] TlsError),
    /// The address cannot be used.
    #[error("cannot listen on {address}: {advice}")]
    Listen {
        /// The address as it was given.
        address: String,
        /// What is wrong, and what to do.
        advice: String,
    },
    /// The runtime did not start.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
}

/// Runs the agent until it is terminated.
///
/// # Errors
/// A [`StartError`] if it cannot start.
pub fn run_agent(args: &Args) -> Result<(), StartError> {
    let listener = bind_listener(&args.endpoint.listen)?;
    let token = token::load_or_create(&args.endpoint.token_file)?;
    for notice in &token.notices {
        eprintln!("muster-agent: {notice}");
    }
    let identity = identity(args)?;
    let mut collector = Collector::new(&args.options(), Instant::now());
    let address = listener.local_addr().map_err(StartError::Runtime)?;
    let (hostname, text) = (collector.hostname(), token.token.text());
    let mut lines = start_lines(&hostname, &text, address.port());
    if let Some(identity) = &identity {
        let line = pasteable_line(&hostname, address, &text, identity.sha256());
        lines.push_str(&format!("{line}\n"));
    }
    if args.exit_with_parent {
        std::thread::spawn(exit_with_standard_input);
    }
    let run = collector.run().to_owned();
    let app = App::new(
        Tokens::watching_file(token.token, &args.endpoint.token_file),
        collector,
    );
    let (app, lifetime) = match args.max_age() {
        Some(age) => open_ring(app, ring::Limits::new(age), &args.history_folder(), &run),
        None => (app, None),
    };
    let protocols = Protocols::new(identity.as_ref(), args.require_tls);
    let served = serve(
        listener,
        Arc::new(app),
        protocols,
        lifetime.as_ref(),
        &lines,
    );
    served.map_err(StartError::Runtime)?;
    if let Some(lifetime) = lifetime {
        lifetime.mark_clean_end();
    }
    Ok(())
}

/// Loads the TLS identity. Without one the agent serves plain HTTP, unless TLS is required.
fn identity(args: &Args) -> Result<Option<Identity>, TlsError> {
    match Identity::load_or_create(&args.endpoint.tls_file()) {
        Ok(identity) => {
            if let Some(notice) = identity.notice() {
                eprintln!("muster-agent: {notice}");
            }
            Ok(Some(identity))
        }
        Err(error) if args.require_tls => Err(error),
        Err(error) => {
            eprintln!("muster-agent: {error}; only plain HTTP is available");
            Ok(None)
        }
    }
}

/// Adds a ring in this folder, or only in memory if the folder cannot be written.
fn open_ring(app: App, limits: ring::Limits, folder: &Path, run: &str) -> (App, Option<Lifetime>) {
    let opened =
        RingFolder::open(folder).and_then(|opened| Ok((opened, Lifetime::begin(folder, run)?)));
    match opened {
        Ok((opened, (lifetime, before))) => {
            if let Some(interval) = before.interval {
                app.pace().set(interval);
            }
            let ring = Ring::restore(limits, opened);
            (
                app.with_ring(ring).with_previous_run(before.run),
                Some(lifetime),
            )
        }
        Err(error) => {
            eprintln!(
                "muster-agent: cannot write to the folder {}: {error}; recorded readings stay in memory only (choose another folder with --history)",
                folder.display()
            );
            (app.with_ring(Ring::new(limits)), None)
        }
    }
}

fn serve(
    listener: TcpListener,
    app: Arc<App>,
    protocols: Protocols,
    lifetime: Option<&Lifetime>,
    lines: &str,
) -> io::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build()?;
    let done = runtime.block_on(async {
        // Handles signals before printing: a program that has read the start lines may terminate the agent,
        // which must then end cleanly.
        let ended = termination_signal()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        print_and_flush(lines);
        let limits = Limits::default().within(permitted_files());
        tokio::select! {
            () = run_until_stopped(listener, Arc::clone(&app), protocols, limits, ended) => {}
            () = record_readings_forever(app, lifetime) => {}
        }
        Ok(())
    });
    runtime.shutdown_background();
    done
}

/// Binds a listener, or says why it cannot.
///
/// # Errors
/// [`StartError::Listen`].
pub fn bind_listener(address: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|error| StartError::Listen {
            address: address.to_owned(),
            advice: advice(&error),
        })
}

fn advice(error: &io::Error) -> String {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program, perhaps another agent, already uses this port; stop it, or choose another port with --listen"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this computer has no such address; use 0.0.0.0 for all its addresses"
        }
        io::ErrorKind::PermissionDenied if cfg!(windows) => {
            "not permitted; the system or another program has reserved this port, choose another with --listen"
        }
        io::ErrorKind::PermissionDenied => {
            "not permitted; ports below 1024 need root, choose a higher one with --listen"
        }
        io::ErrorKind::InvalidInput => "give ADDRESS:PORT, such as 0.0.0.0:8000",
        _ => return format!("{error}; give ADDRESS:PORT, such as 0.0.0.0:8000"),
    };
    advice.to_owned()
}

/// The start lines of the agent. Programs parse them: they must not change.
#[must_use]
pub fn start_lines(hostname: &str, token: &str, port: u16) -> String {
    format!(
        "=== CLIENT STARTED ===\n\
         Computer: {hostname}\n\
         Token: {token}\n\
         Add this computer to the dashboard using the above token\n\
         Dashboard should connect to: http://{hostname}:{port}\n\
         ======================\n"
    )
}

/// Prints to standard output and flushes. Errors are ignored: nobody may be reading.
pub fn print_and_flush(lines: &str) {
    let mut output = io::stdout().lock();
    let _ = output
        .write_all(lines.as_bytes())
        .and_then(|()| output.flush());
}

/// Exits at the end of standard input: the program that started the agent holds the other end, and loses it
/// even when it is killed.
fn exit_with_standard_input() {
    let mut input = io::stdin().lock();
    let mut bytes = [0; 64];
    loop {
        match input.read(&mut bytes) {
            Ok(read) if read > 0 => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => std::process::exit(0),
        }
    }
}

/// Registers the signal handlers at once; the future is ready when the agent is interrupted or terminated.
#[cfg(unix)]
fn termination_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Registers the handlers at once; the future is ready when the agent is interrupted, its window is closed or
/// the computer shuts down.
#[cfg(windows)]
fn termination_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut interrupted, mut broken) = (ctrl_c()?, ctrl_break()?);
    let (mut closed, mut shut_down) = (ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = broken.recv() => {}
            _ = closed.recv() => {}
            _ = shut_down.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_address_is_refused_with_an_example() {
        for address in ["8000", "nonsense", "1.2.3.4:99999", ":"] {
            let error = bind_listener(address).unwrap_err().to_string();
            assert!(
                error.contains(address) && error.contains("0.0.0.0:8000"),
                "{error}"
            );
        }
    }
}
