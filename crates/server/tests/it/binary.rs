//! The `muster` binary itself: what it prints, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub fn muster(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    for variable in [
        "DATABASE_URL",
        "DATABASE_PATH",
        "ADMIN_USERNAME",
        "ADMIN_PASSWORD",
        "SECRET_KEY",
    ] {
        command.env_remove(variable);
    }
    command
}

pub fn output(folder: &Path, arguments: &[&str]) -> Output {
    muster(folder, arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server process that ends with its test even if the test fails.
pub struct ServerProcess(pub Child);

impl Deref for ServerProcess {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for ServerProcess {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server; returns it and the address that it printed.
pub fn serve(folder: &Path) -> (ServerProcess, String) {
    start(muster(folder, &["serve", "--listen", "127.0.0.1:0"]))
}

pub fn start(mut command: Command) -> (ServerProcess, String) {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = ServerProcess(child);
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .trim()
        .strip_prefix("Dashboard: ")
        .unwrap_or_else(|| panic!("{line}"));
    (child, url.to_owned())
}

/// Stops a server and returns its log.
pub fn stop(mut child: ServerProcess) -> String {
    signal(&child, "-TERM");
    let mut log = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{log}");
    log
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn both_signals_stop_the_server_at_once() {
    for name in ["-TERM", "-INT"] {
        let folder = TempDir::new().unwrap();
        let (mut child, _) = serve(folder.path());
        let began = Instant::now();
        signal(&child, name);
        assert!(child.wait().unwrap().success(), "{name}");
        assert!(began.elapsed() < Duration::from_secs(5), "{name}");
        assert!(!folder.path().join("stats.db-wal").exists(), "{name}");
    }
}

#[test]
fn a_port_in_use_is_reported_with_advice() {
    let folder = TempDir::new().unwrap();
    let other = TempDir::new().unwrap();
    let (child, url) = serve(folder.path());
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let second = output(other.path(), &["--listen", address]);
    let message = text(&second.stderr);
    assert_eq!(second.status.code(), Some(1));
    assert!(
        message.starts_with("muster: a Muster server already runs at http://127.0.0.1:"),
        "{message}"
    );
    assert!(message.contains("--listen") && !other.path().join("stats.db").exists());
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = stranger.local_addr().unwrap().to_string();
    let third = output(other.path(), &["quickstart", "--listen", &address]);
    assert!(
        text(&third.stderr).contains("is taken by another program"),
        "{}",
        text(&third.stderr)
    );
    stop(child);
}

#[test]
fn two_servers_never_serve_one_database() {
    let folder = TempDir::new().unwrap();
    let (child, _) = serve(folder.path());
    let second = output(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(
        text(&second.stderr).contains("is in use by another program"),
        "{}",
        text(&second.stderr)
    );
    stop(child);
}

#[test]
fn a_file_that_is_not_a_database_is_left_unchanged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("stats.db");
    std::fs::write(&file, "dear diary").unwrap();
    let refused = output(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("is not a Muster database"),
        "{}",
        text(&refused.stderr)
    );
    assert_eq!(std::fs::read_to_string(file).unwrap(), "dear diary");
}

#[test]
fn help_lists_commands_and_flags() {
    let folder = TempDir::new().unwrap();
    for (arguments, wanted) in [
        (
            vec!["--help"],
            vec!["quickstart", "computer", "backup", "verify"],
        ),
        (
            vec!["serve", "--help"],
            vec![
                "--listen",
                "MUSTER_INTERVAL",
                "--trusted-proxy",
                "MUSTER_RETAIN",
                "--max-database-size",
                "--backup-keep",
                "--database",
            ],
        ),
        (vec!["user", "add", "--help"], vec!["--role", "--database"]),
    ] {
        let help = text(&output(folder.path(), &arguments).stdout);
        for word in wanted {
            assert!(help.contains(word), "{arguments:?}: {word}");
        }
    }
}

#[test]
fn the_log_warns_of_the_default_password_at_each_start() {
    let folder = TempDir::new().unwrap();
    for _ in 0..2 {
        let log = stop(serve(folder.path()).0);
        assert!(log.contains("default password"), "{log}");
    }
}

#[test]
fn the_environment_names_the_first_account() {
    let folder = TempDir::new().unwrap();
    let mut command = muster(folder.path(), &["--listen", "127.0.0.1:0"]);
    command
        .env("ADMIN_USERNAME", "root")
        .env("ADMIN_PASSWORD", "of my own choice");
    let log = stop(start(command).0);
    assert!(
        log.contains("username=root") && !log.contains("default password"),
        "{log}"
    );
    assert!(!log.contains("of my own choice"));
}

#[test]
fn an_invalid_log_level_is_reported() {
    let folder = TempDir::new().unwrap();
    let mut command = muster(folder.path(), &["user", "list"]);
    let refused = command.env("MUSTER_LOG", "blah").output().unwrap();
    assert!(
        text(&refused.stderr).contains("MUSTER_LOG must be"),
        "{}",
        text(&refused.stderr)
    );
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let folder = TempDir::new().unwrap();
    let mut command = muster(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    for variable in [
        "MUSTER_INTERVAL",
        "MUSTER_TRUSTED_PROXY",
        "MUSTER_RETAIN",
        "MUSTER_TLS_CERT",
        "MUSTER_LOG",
        "MUSTER_LOG_FORMAT",
        "MUSTER_LISTEN",
    ] {
        command.env(variable, "");
    }
    let (server, _) = start(command);
    stop(server);
}
