//! `install` and `uninstall` in a folder that replaces `/`, with a systemctl that starts the real program.

use crate::binary::BINARY;
use crate::support::{Client, request, until};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A systemctl with one unit: it records its arguments, and starts and stops the program as the unit says.
const SYSTEMCTL: &str = r#"#!/bin/sh
echo "$*" >>"$ROOT/told"
state=$ROOT/var/lib/muster-agent
unit=$ROOT/etc/systemd/system/muster-agent.service
stop() { [ ! -f "$ROOT/pid" ] || kill "$(cat "$ROOT/pid")"; rm -f "$ROOT/pid"; }
case $1 in
is-active) [ -f "$ROOT/pid" ] ;;
restart)
    stop
    [ ! -f "$ROOT/broken" ] || exit 0
    mkdir -p "$state"
    cd "$state"
    export "$(sed -n 's/^Environment=//p' "$unit")"
    "$ROOT/usr/local/bin/muster-agent" >"$ROOT/said" 2>&1 &
    echo $! >"$ROOT/pid" ;;
stop) stop ;;
esac
"#;

/// A computer with systemd.
struct FakeSystem(tempfile::TempDir);

impl FakeSystem {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("run/systemd/system")).unwrap();
        let systemctl = folder.path().join("tools/systemctl");
        fs::create_dir(systemctl.parent().unwrap()).unwrap();
        fs::write(&systemctl, SYSTEMCTL).unwrap();
        fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(BINARY);
        command
            .args(words)
            .arg("--into")
            .arg(self.0.path())
            .env("ROOT", self.0.path())
            .env("PATH", format!("{}:{path}", self.path("tools").display()))
            .env_remove("MUSTER_AGENT_LISTEN")
            .env_remove("MUSTER_AGENT_TOKEN_FILE");
        command.output().unwrap()
    }

    /// Runs it and returns its output.
    fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, expects a failure and returns the error.
    fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    fn told(&self) -> Vec<String> {
        let told = fs::read_to_string(self.path("told")).unwrap_or_default();
        told.lines()
            .filter(|line| *line != "--version")
            .map(str::to_owned)
            .collect()
    }

    fn process(&self) -> Option<String> {
        fs::read_to_string(self.path("pid")).ok()
    }
}

impl Drop for FakeSystem {
    fn drop(&mut self) {
        if let Some(process) = self.process() {
            let _ = Command::new("kill").arg(process.trim()).status();
        }
    }
}

/// A free address.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn line<'a>(said: &'a str, begin: &str) -> &'a str {
    said.lines()
        .find_map(|line| line.strip_prefix(begin))
        .unwrap()
}

fn status(address: &str, token: &str) -> String {
    let mut client = Client::connect(address.parse().unwrap());
    client.send(&request("GET", "/systeminfo", token));
    client.read_answer().status().to_owned()
}

#[test]
fn the_installed_service_answers_with_the_printed_token() {
    let system = FakeSystem::new();
    let address = free_address();
    let said = system.done(&["install", "--listen", &address]);
    assert_eq!(status(&address, line(&said, "Token: ")), "200");
    assert!(line(&said, "Dashboard should connect to: ").ends_with(&address[9..]));
    let program = system.path("usr/local/bin/muster-agent");
    assert_eq!(fs::read(&program).unwrap(), fs::read(BINARY).unwrap());
    assert_eq!(
        fs::metadata(&program).unwrap().permissions().mode() & 0o777,
        0o755
    );
    let unit = "muster-agent.service";
    let expected = [
        "daemon-reload".to_owned(),
        format!("enable {unit}"),
        format!("restart {unit}"),
    ];
    assert_eq!(system.told(), expected);
}

#[test]
fn installing_again_keeps_the_token_and_changes_the_port() {
    let system = FakeSystem::new();
    let (first, second) = (free_address(), free_address());
    let said = system.done(&["install", "--listen", &first]);
    let process = system.process();
    let again = system.done(&["install", "--listen", &first]);
    assert_ne!(system.process(), process, "it was restarted");
    let elsewhere = system.done(&["install", "--listen", &second]);
    let token = line(&said, "Token: ");
    assert_eq!(
        [line(&again, "Token: "), line(&elsewhere, "Token: ")],
        [token, token]
    );
    assert_eq!(status(&second, token), "200");
}

#[test]
fn uninstall_removes_everything_but_the_token() {
    let system = FakeSystem::new();
    let address = free_address();
    system.done(&["install", "--listen", &address]);
    let said = system.done(&["uninstall"]);
    for gone in [
        "usr/local/bin/muster-agent",
        "etc/systemd/system/muster-agent.service",
        "pid",
    ] {
        assert!(!system.path(gone).exists(), "{gone}");
    }
    assert!(
        system
            .path("var/lib/muster-agent/client_token.txt")
            .exists()
    );
    assert!(said.contains("--purge"), "{said}");
    until("the port", || TcpListener::bind(&address).is_ok());
    // Missing parts are skipped.
    system.done(&["uninstall", "--purge"]);
    assert!(!system.path("var/lib/muster-agent").exists());
}

#[test]
fn a_dry_run_prints_everything_and_does_nothing() {
    let system = FakeSystem::new();
    let before = files(system.0.path());
    let said = system.done(&["install", "--dry-run", "--listen", "127.0.0.1:18123"]);
    for words in [
        "would copy",
        "DynamicUser=yes",
        "LISTEN=127.0.0.1:18123",
        "systemctl restart",
    ] {
        assert!(said.contains(words), "{words} is missing from:\n{said}");
    }
    system.done(&["uninstall", "--dry-run", "--purge"]);
    assert!(system.told().is_empty());
    fs::remove_file(system.path("told")).unwrap();
    assert_eq!(files(system.0.path()), before);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        }
        files.push(path);
    }
    files.sort();
    files
}

#[test]
fn obstacles_are_reported_before_anything_is_done() {
    let system = FakeSystem::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = system.refused(&["install", "--listen", &address]);
    assert!(said.contains("already uses this port"), "{said}");
    let said = system.refused(&["install", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("other than 0"), "{said}");
    assert!(!system.path("usr").exists() && !system.path("etc").exists());
    fs::remove_dir_all(system.path("run")).unwrap();
    for command in ["install", "uninstall"] {
        let said = system.refused(&[command]);
        assert!(said.contains("does not run systemd"), "{said}");
    }
}

#[test]
fn a_service_that_does_not_answer_is_an_error() {
    let system = FakeSystem::new();
    fs::write(system.path("broken"), "").unwrap();
    let said = system.refused(&["install", "--listen", &free_address()]);
    assert!(said.contains("journalctl -u muster-agent"), "{said}");
}
