//! From flags to a running agent, and the words that it says on the way.

use crate::args::Args;
use crate::collect::{Collector, permitted_files};
use crate::http::App;
use crate::keeper::keep;
use crate::lifetime::Lifetime;
use crate::ring::{self, Folder, Ring};
use crate::serve::{Limits, run};
use crate::tls::{Identity, Speech, TlsError, pasteable_line};
use crate::token::{self, TokenError, Tokens};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use thiserror::Error;

/// Why the agent did not start; its text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// No token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No certificate, and nothing else than TLS is to be answered.
    #[error("{0}; without it --require-tls cannot be")]
    Tls(#[from] TlsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {advice}")]
    Listen {
        /// The address as it was given.
        address: String,
        /// What is wrong and what helps.
        advice: String,
    },
    /// The runtime did not start.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
}

/// Runs the agent until it is told to end.
///
/// # Errors
/// A [`StartError`] where it cannot even begin.
pub fn start(args: &Args) -> Result<(), StartError> {
    let listener = listen(&args.place.listen)?;
    let token = token::load(&args.place.token_file)?;
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
        Tokens::following(token.token, &args.place.token_file),
        collector,
    );
    let (app, lifetime) = match args.kept() {
        Some(age) => keeping(app, ring::Limits::new(age), &args.history(), &run),
        None => (app, None),
    };
    let speech = Speech::new(identity.as_ref(), args.require_tls);
    let served = serve(listener, Arc::new(app), speech, lifetime.as_ref(), &lines);
    served.map_err(StartError::Runtime)?;
    if let Some(lifetime) = lifetime {
        lifetime.end();
    }
    Ok(())
}

/// What it answers TLS with. Where that cannot be had plain HTTP is answered all the same, unless it must not
/// be.
fn identity(args: &Args) -> Result<Option<Identity>, TlsError> {
    match Identity::load(&args.place.tls_file()) {
        Ok(identity) => {
            if let Some(notice) = identity.notice() {
                eprintln!("muster-agent: {notice}");
            }
            Ok(Some(identity))
        }
        Err(error) if args.require_tls => Err(error),
        Err(error) => {
            eprintln!("muster-agent: {error}; plain HTTP alone is answered");
            Ok(None)
        }
    }
}

/// With a ring in that folder, or, where it cannot be written, in memory alone.
fn keeping(app: App, limits: ring::Limits, folder: &Path, run: &str) -> (App, Option<Lifetime>) {
    let opened =
        Folder::open(folder).and_then(|opened| Ok((opened, Lifetime::begin(folder, run)?)));
    match opened {
        Ok((opened, (lifetime, before))) => {
            if let Some(interval) = before.interval {
                app.pace().begin_with(interval);
            }
            let ring = Ring::within(limits, opened);
            (app.keeping(ring).after(before.run), Some(lifetime))
        }
        Err(error) => {
            eprintln!(
                "muster-agent: cannot write to the folder {}: {error}; readings that no server asked for are kept in memory alone and end with this agent (--history names another folder)",
                folder.display()
            );
            (app.keeping(Ring::new(limits)), None)
        }
    }
}

fn serve(
    listener: TcpListener,
    app: Arc<App>,
    speech: Speech,
    lifetime: Option<&Lifetime>,
    lines: &str,
) -> io::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build()?;
    let done = runtime.block_on(async {
        // Whoever has read the lines may tell the agent to end, and that must end it in peace.
        let ended = told_to_end()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        say(lines);
        let limits = Limits::default().within(permitted_files());
        tokio::select! {
            () = run(listener, Arc::clone(&app), speech, limits, ended) => {}
            () = keep(app, lifetime) => {}
        }
        Ok(())
    });
    runtime.shutdown_background();
    done
}

/// Listens there, or says why that cannot be.
///
/// # Errors
/// [`StartError::Listen`].
pub fn listen(address: &str) -> Result<TcpListener, StartError> {
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
            "another program answers there already, perhaps another agent; end it, or choose another port with --listen"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this computer has no such address; 0.0.0.0 stands for all that it has"
        }
        io::ErrorKind::PermissionDenied if cfg!(windows) => {
            "not permitted; the system or another program keeps this port for itself, choose another with --listen"
        }
        io::ErrorKind::PermissionDenied => {
            "not permitted; ports below 1024 are root's, choose a higher one with --listen"
        }
        io::ErrorKind::InvalidInput => "write it as ADDRESS:PORT, such as 0.0.0.0:8000",
        _ => return format!("{error}; write it as ADDRESS:PORT, such as 0.0.0.0:8000"),
    };
    advice.to_owned()
}

/// The lines with which the agent begins. Programs read them: they change for nobody.
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

/// Prints. An agent whose standard output nobody reads is as good as another.
pub fn say(lines: &str) {
    let mut output = io::stdout().lock();
    let _ = output
        .write_all(lines.as_bytes())
        .and_then(|()| output.flush());
}

/// Whoever started this agent holds the other end of its standard input, and loses it even when killed.
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

/// Ready when the agent is interrupted or terminated. It listens for that from now on.
#[cfg(unix)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
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

/// Ready when the agent is interrupted, its window closed, or the computer shut down.
#[cfg(windows)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
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
    fn an_address_that_cannot_be_is_told_with_an_example() {
        for address in ["8000", "nonsense", "1.2.3.4:99999", ":"] {
            let error = listen(address).unwrap_err().to_string();
            assert!(
                error.contains(address) && error.contains("0.0.0.0:8000"),
                "{error}"
            );
        }
    }
}
