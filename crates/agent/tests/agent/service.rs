//! `install` and `uninstall` on a folder that stands for `/`, with a systemctl that starts the real program.

use crate::binary::BINARY;
use crate::support::{Client, request, until};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a systemctl does that has one unit: it writes down what it is told, and starts and stops the program as
/// the unit says.
const SYSTEMCTL: &str = r#"#!/bin/sh
echo "$*" >>"$PLACE/told"
state=$PLACE/var/lib/muster-agent
unit=$PLACE/etc/systemd/system/muster-agent.service
stop() { [ ! -f "$PLACE/pid" ] || kill "$(cat "$PLACE/pid")"; rm -f "$PLACE/pid"; }
case $1 in
is-active) [ -f "$PLACE/pid" ] ;;
restart)
    stop
    [ ! -f "$PLACE/broken" ] || exit 0
    mkdir -p "$state"
    cd "$state"
    export "$(sed -n 's/^Environment=//p' "$unit")"
    "$PLACE/usr/local/bin/muster-agent" >"$PLACE/said" 2>&1 &
    echo $! >"$PLACE/pid" ;;
stop) stop ;;
esac
"#;

/// A computer with systemd.
struct Place(tempfile::TempDir);

impl Place {
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
            .env("PLACE", self.0.path())
            .env("PATH", format!("{}:{path}", self.path("tools").display()))
            .env_remove("MUSTER_AGENT_LISTEN")
            .env_remove("MUSTER_AGENT_TOKEN_FILE");
        command.output().unwrap()
    }

    /// Runs it, and says what it printed.
    fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it in vain, and says why it was.
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

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(process) = self.process() {
            let _ = Command::new("kill").arg(process.trim()).status();
        }
    }
}

/// An address that nobody has.
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
fn what_was_installed_answers_to_the_token_that_was_told() {
    let place = Place::new();
    let address = free_address();
    let said = place.done(&["install", "--listen", &address]);
    assert_eq!(status(&address, line(&said, "Token: ")), "200");
    assert!(line(&said, "Dashboard should connect to: ").ends_with(&address[9..]));
    let program = place.path("usr/local/bin/muster-agent");
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
    assert_eq!(place.told(), expected);
}

#[test]
fn to_install_again_keeps_the_token_and_takes_another_port() {
    let place = Place::new();
    let (first, second) = (free_address(), free_address());
    let said = place.done(&["install", "--listen", &first]);
    let process = place.process();
    let again = place.done(&["install", "--listen", &first]);
    assert_ne!(place.process(), process, "it was restarted");
    let elsewhere = place.done(&["install", "--listen", &second]);
    let token = line(&said, "Token: ");
    assert_eq!(
        [line(&again, "Token: "), line(&elsewhere, "Token: ")],
        [token, token]
    );
    assert_eq!(status(&second, token), "200");
}

#[test]
fn uninstalled_is_undone_but_for_the_token() {
    let place = Place::new();
    let address = free_address();
    place.done(&["install", "--listen", &address]);
    let said = place.done(&["uninstall"]);
    for gone in [
        "usr/local/bin/muster-agent",
        "etc/systemd/system/muster-agent.service",
        "pid",
    ] {
        assert!(!place.path(gone).exists(), "{gone}");
    }
    assert!(place.path("var/lib/muster-agent/client_token.txt").exists());
    assert!(said.contains("--purge"), "{said}");
    until("the port", || TcpListener::bind(&address).is_ok());
    // What is not there is no trouble.
    place.done(&["uninstall", "--purge"]);
    assert!(!place.path("var/lib/muster-agent").exists());
}

#[test]
fn a_dry_run_tells_everything_and_does_nothing() {
    let place = Place::new();
    let before = files(place.0.path());
    let said = place.done(&["install", "--dry-run", "--listen", "127.0.0.1:18123"]);
    for words in [
        "would copy",
        "DynamicUser=yes",
        "LISTEN=127.0.0.1:18123",
        "systemctl restart",
    ] {
        assert!(said.contains(words), "{words} is missing from:\n{said}");
    }
    place.done(&["uninstall", "--dry-run", "--purge"]);
    assert!(place.told().is_empty());
    fs::remove_file(place.path("told")).unwrap();
    assert_eq!(files(place.0.path()), before);
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
fn what_stands_in_the_way_is_said_before_anything_is_done() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = place.refused(&["install", "--listen", &address]);
    assert!(
        said.contains("another program answers there already"),
        "{said}"
    );
    let said = place.refused(&["install", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("other than 0"), "{said}");
    assert!(!place.path("usr").exists() && !place.path("etc").exists());
    fs::remove_dir_all(place.path("run")).unwrap();
    for command in ["install", "uninstall"] {
        let said = place.refused(&[command]);
        assert!(said.contains("not run by systemd"), "{said}");
    }
}

#[test]
fn a_service_that_does_not_answer_is_not_called_installed() {
    let place = Place::new();
    fs::write(place.path("broken"), "").unwrap();
    let said = place.refused(&["install", "--listen", &free_address()]);
    assert!(said.contains("journalctl -u muster-agent"), "{said}");
}
