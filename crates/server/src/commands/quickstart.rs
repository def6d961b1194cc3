//! `muster quickstart`: the server on this computer alone, with an agent that watches it.

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

/// How long an agent may take to say where it is.
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
    register(running.store(), &agent).await?;
    let stop = stop_signal()?;
    running.announce();
    say!("{}", login(running.store()).await?);
    say!(
        "Stop with Ctrl-C. This computer is on the dashboard as \"{}\".",
        agent.hostname
    );
    running
        .until(async {
            tokio::select! {
                () = stop => {}
                () = report_end(&mut agent.child) => {}
            }
        })
        .await
}

/// Says when the agent ended, and is never done: the server goes on.
async fn report_end(agent: &mut Child) {
    let status = agent.wait().await;
    tracing::error!(?status, "the agent ended; the server goes on without it");
    std::future::pending().await
}

/// An agent that ends with this process: it reads from a pipe that only this process holds.
struct Agent {
    child: Child,
    /// Waiting for a child closes its standard input, unless somebody else holds it.
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
    let said = tokio::time::timeout(AGENT_START, hear(&mut child)).await;
    let (hostname, token, port) = said.context("the agent does not say where it is")??;
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
            "there is no agent at {}: `make build` makes both, or put the two binaries into one folder",
            beside.display()
        );
    }
    Ok(beside)
}

/// Reads what an agent prints at its start.
async fn hear(child: &mut Child) -> anyhow::Result<(String, String, u16)> {
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
                    all.context("the agent says too little of itself")?;
                return Ok((hostname, token, port));
            }
            _ => {}
        }
    }
    bail!("the agent ended at its start; what it printed above says why")
}

/// The agent's port is another one at each start: the computer of this name follows it, unless that name
/// is a computer's elsewhere.
async fn register(store: &SqliteStore, agent: &Agent) -> anyhow::Result<()> {
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

/// How to sign in, as far as it is known.
async fn login(store: &SqliteStore) -> anyhow::Result<String> {
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
