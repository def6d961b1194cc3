//! The program: what it prints, how it ends, and its errors at start.

use crate::support::{Client, request, until};
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

pub const BINARY: &str = env!("CARGO_BIN_EXE_muster-agent");

/// A running agent, killed at the end of the test.
pub struct Agent {
    pub child: Child,
    pub lines: Vec<String>,
}

impl Agent {
    /// Starts this command and reads the six start lines.
    pub fn start(command: &mut Command) -> Self {
        Self::start_and_read(command, 6)
    }

    /// Like `start`, and reads the line that adds the computer too.
    pub fn start_with_line(command: &mut Command) -> Self {
        Self::start_and_read(command, 7)
    }

    fn start_and_read(command: &mut Command, count: usize) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let lines: Vec<String> = output.lines().take(count).map(Result::unwrap).collect();
        assert_eq!(lines.len(), count, "{lines:?}");
        Self { child, lines }
    }

    pub fn port(&self) -> u16 {
        self.lines[4].rsplit(':').next().unwrap().parse().unwrap()
    }

    pub fn token(&self) -> &str {
        self.lines[2].strip_prefix("Token: ").unwrap()
    }

    pub fn poll(&self) -> crate::support::Reply {
        let mut client = Client::connect(([127, 0, 0, 1], self.port()).into());
        client.send(&request("GET", "/systeminfo", self.token()));
        client.read_answer()
    }

    /// Waits until the agent has ended.
    pub fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        until("the agent's end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn agent(folder: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(folder)
        .env("MUSTER_AGENT_LISTEN", "127.0.0.1:0")
        .env_remove("MUSTER_AGENT_TOKEN_FILE");
    command
}

fn output(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    (output, errors)
}

#[test]
fn it_begins_with_these_lines_letter_for_letter() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::start(&mut agent(folder.path()));
    let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let hostname = hostname.trim();
    let token = std::fs::read_to_string(folder.path().join("client_token.txt")).unwrap();
    let (token, port) = (token.trim(), agent.port());
    let expected = [
        "=== CLIENT STARTED ===".to_owned(),
        format!("Computer: {hostname}"),
        format!("Token: {token}"),
        "Add this computer to the dashboard using the above token".to_owned(),
        format!("Dashboard should connect to: http://{hostname}:{port}"),
        "======================".to_owned(),
    ];
    assert_eq!(agent.lines, expected);
    assert_ne!(port, 0);
    assert_eq!(agent.poll().status(), "200");
}

#[test]
fn the_environment_stands_in_for_flags() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine");
    std::fs::write(&file, "kept-from-before\n").unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let mut command = Command::new(BINARY);
    command.env("MUSTER_AGENT_LISTEN", "127.0.0.1:0");
    command.env("MUSTER_AGENT_TOKEN_FILE", &file);
    let agent = Agent::start(command.current_dir(folder.path()));
    assert_eq!(agent.token(), "kept-from-before");
    assert_eq!(agent.poll().status(), "200");
}

#[test]
fn signals_end_it_in_peace() {
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let mut agent = Agent::start(&mut agent(folder.path()));
        let id = agent.child.id().to_string();
        let killed = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(killed.success());
        assert_eq!(agent.exit_code(), Some(0), "{signal}");
    }
}

#[test]
fn it_ends_with_the_program_that_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = agent(folder.path());
    let mut agent = Agent::start(command.arg("--exit-with-parent").stdin(Stdio::piped()));
    assert_eq!(agent.poll().status(), "200");
    std::thread::sleep(Duration::from_millis(50));
    assert!(agent.child.try_wait().unwrap().is_none());
    drop(agent.child.stdin.take());
    assert_eq!(agent.exit_code(), Some(0));
}

#[test]
fn it_lives_on_without_that_flag() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::start(agent(folder.path()).stdin(Stdio::null()));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(agent.poll().status(), "200");
    assert!(agent.child.try_wait().unwrap().is_none());
}

#[test]
fn a_port_in_use_is_reported_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (output, errors) = output(agent(folder.path()).args(["--listen", &address]));
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(
        errors.contains(&address) && errors.contains("--listen"),
        "{errors}"
    );
    assert!(!folder.path().join("client_token.txt").exists());
}

#[test]
fn an_address_of_another_computer_is_reported_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (output, errors) = output(agent(folder.path()).args(["--listen", "192.0.2.1:8000"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("no such address"), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn a_token_file_that_is_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (output, errors) = output(agent(folder.path()).args(["--token-file", "/tmp"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("/tmp is a folder"), "{errors}");
}

#[test]
fn a_replaced_token_is_reported_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("client_token.txt"), "").unwrap();
    let mut agent = Agent::start(agent(folder.path()).stderr(Stdio::piped()));
    assert_eq!(agent.poll().status(), "200");
    agent.child.kill().unwrap();
    let mut errors = String::new();
    agent
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert!(
        errors.contains("client_token.txt was empty and was replaced"),
        "{errors}"
    );
}

#[test]
fn help_and_version_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let (help, _) = output(
        Command::new(BINARY)
            .current_dir(folder.path())
            .arg("--help"),
    );
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(
        help.contains("MUSTER_AGENT_LISTEN") && help.contains("0.0.0.0:8000"),
        "{help}"
    );
    let (version, _) = output(
        Command::new(BINARY)
            .current_dir(folder.path())
            .arg("--version"),
    );
    let version = String::from_utf8(version.stdout).unwrap();
    assert_eq!(
        version.trim(),
        concat!("muster-agent ", env!("CARGO_PKG_VERSION"))
    );
}
