//! `muster quickstart`: runs the server and an agent on this computer.

use super::listen::listen;
use super::serve::{Running, stop_signal};
use crate::config::{BasePath, QuickstartArgs, Secrets, ServeArgs, StorageArgs, TlsArgs};
use crate::people::accounts::{DEFAULT_PASSWORD, DEFAULT_USERNAME};
use anyhow::{Context as _, bail};
use muster_store::sqlite::SqliteStore;
use muster_store::{Accounts as _, ComputerChange, Computers as _, NewComputer};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// How long the agent may take to print its address.
const AGENT_START: Duration = Duration::from_secs(10);

/// Runs the server and an agent.
pub async fn quickstart(path: &Path, args: QuickstartArgs) -> anyhow::Result<()> {
    if !args.listen.ip().is_loopback() {
        bail!(
            "quickstart is for this computer alone: to be reached from others, run `muster serve --listen {}` \
             and an agent on each computer",
            args.listen
        );
    }
    let listener = listen(args.listen).await?;
    let serve = ServeArgs {
        listen: args.listen,
        roll: args.roll,
        trusted_proxy: Vec::new(),
        deny_targets: Vec::new(),
        base_path: BasePath::default(),
        tls: TlsArgs::default(),
        storage: StorageArgs::default(),
    };
    let running = Running::start(path, listener, serve).await?;
    let mut agent = start_agent(path).await?;
    register_computer(running.store(), &agent).await?;
    let stop = stop_signal()?;
    running.announce();
    say!("{}", login_hint(running.store()).await?);
    say!(
        "Stop with Ctrl-C. This computer is on the dashboard as \"{}\".",
        agent.hostname
    );
    running
        .run_until(async {
            tokio::select! {
                () = stop => {}
                () = log_agent_exit(&mut agent.child) => {}
            }
        })
        .await
}

/// Logs when the agent ends. Never completes, since the server keeps running.
async fn log_agent_exit(agent: &mut Child) {
    let status = agent.wait().await;
    tracing::error!(
        ?status,
        "the agent exited; the server keeps running without it"
    );
    std::future::pending().await
}

/// The agent. It exits with this process: it reads from a pipe that only this process holds.
struct Agent {
    child: Child,
    /// Kept because waiting for a child would close its standard input.
    _stdin: ChildStdin,
    hostname: String,
    token: String,
    port: u16,
}

async fn start_agent(database: &Path) -> anyhow::Result<Agent> {
    let binary = agent_binary()?;
    let token_file = database.with_file_name("client_token.txt");
    let mut child = Command::new(&binary)
        .args([
            "--listen",
            "127.0.0.1:0",
            "--exit-with-parent",
            "--token-file",
        ])
        .arg(&token_file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start the agent {}", binary.display()))?;
    let said = tokio::time::timeout(AGENT_START, read_startup_lines(&mut child)).await;
    let (hostname, token, port) = said.context("the agent did not print its address in time")??;
    let stdin = child
        .stdin
        .take()
        .context("the agent has no standard input")?;
    Ok(Agent {
        child,
        _stdin: stdin,
        hostname,
        token,
        port,
    })
}

fn agent_binary() -> anyhow::Result<PathBuf> {
    let name = format!("muster-agent{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()?.with_file_name(name);
    if !beside.exists() {
        bail!(
            "there is no agent at {}: run `make build`, or put both binaries into the same folder",
            beside.display()
        );
    }
    Ok(beside)
}

/// Reads name, token and port from what the agent prints at its start.
async fn read_startup_lines(child: &mut Child) -> anyhow::Result<(String, String, u16)> {
    let out = child
        .stdout
        .take()
        .context("the agent has no standard output")?;
    let mut lines = BufReader::new(out).lines();
    let (mut hostname, mut token) = (None, None);
    while let Some(line) = lines.next_line().await? {
        match line.split_once(": ") {
            Some(("Computer", name)) => hostname = Some(name.to_owned()),
            Some(("Token", text)) => token = Some(text.to_owned()),
            Some(("Dashboard should connect to", url)) => {
                let port = url.rsplit(':').next().and_then(|port| port.parse().ok());
                let all = hostname.zip(token).zip(port);
                let ((hostname, token), port) =
                    all.context("the agent did not print its name and token")?;
                return Ok((hostname, token, port));
            }
            _ => {}
        }
    }
    bail!("the agent failed to start; see its output above")
}

/// Adds the agent's computer. The agent has a new port at each start, so an existing local computer of that name gets
/// the new address; if a remote computer has that name, another name is used.
async fn register_computer(store: &SqliteStore, agent: &Agent) -> anyhow::Result<()> {
    let url = format!("http://127.0.0.1:{}", agent.port);
    let mut name = agent.hostname.clone();
    for computer in store.computers().await? {
        if computer.name != name {
            continue;
        }
        if computer.url.starts_with("http://127.0.0.1:") {
            let change = ComputerChange {
                url: Some(url),
                token: Some(agent.token.clone()),
                ..ComputerChange::default()
            };
            store.change_computer(computer.id, &change).await?;
            return Ok(());
        }
        name.push_str(" (this computer)");
    }
    let computer = NewComputer {
        name,
        url,
        token: agent.token.clone(),
        ..NewComputer::default()
    };
    store.add_computer(&computer).await?;
    Ok(())
}

/// How to sign in.
async fn login_hint(store: &SqliteStore) -> anyhow::Result<String> {
    let users = store.users().await?;
    let default = users.iter().find(|user| user.default_password);
    Ok(match default {
        Some(user) => format!(
            "Sign in as {} with the password {DEFAULT_PASSWORD}",
            user.username
        ),
        None => {
            let secrets = Secrets::from_environment()?;
            let name = secrets
                .admin_username
                .unwrap_or_else(|| DEFAULT_USERNAME.to_owned());
            let known = users
                .iter()
                .find(|user| user.username == name)
                .or(users.first());
            let name = known.map_or(name, |user| user.username.clone());
            format!(
                "Sign in as {name} with your password (forgotten: stop this, then `muster user passwd {name}`)"
            )
        }
    })
}
