//! The administrator's commands, run by the binary with or without a server.

use super::binary::{muster, output, start, stop, text};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn with_input(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = muster(folder, arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that fails before reading has closed the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn accounts_from_the_command_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let missing = output(path, &["user", "list"]);
    assert!(
        text(&missing.stderr).contains("there is no database"),
        "{}",
        text(&missing.stderr)
    );
    let weak = with_input(path, &["user", "add", "ada"], "short\n");
    assert!(text(&weak.stderr).contains("at least 8 characters"));
    let first = with_input(path, &["user", "add", "ada"], "long enough\n");
    assert_eq!(text(&first.stdout), "Added ada as administrator.\n");
    let twice = with_input(path, &["user", "add", "ada"], "long enough\n");
    assert!(text(&twice.stderr).contains("there is an account \"ada\" already"));
    with_input(
        path,
        &["user", "add", "bob", "--role", "viewer"],
        "long enough\n",
    );
    assert_eq!(
        text(&output(path, &["user", "list"]).stdout),
        "ada  administrator\nbob  viewer       \n"
    );
    assert!(text(&output(path, &["user", "remove", "ada"]).stderr).contains("last administrator"));
    assert!(
        output(path, &["user", "role", "bob", "administrator"])
            .status
            .success()
    );
    assert!(output(path, &["user", "remove", "ada"]).status.success());
    assert!(
        with_input(path, &["user", "passwd", "bob"], "another one\n")
            .status
            .success()
    );
    assert!(text(&output(path, &["user", "passwd", "eve"]).stderr).contains("no account \"eve\""));
}

/// The audited actions of the command line, oldest first.
fn noted(database: &Path) -> Vec<String> {
    use muster_store::sqlite::{Missing, SqliteStore};
    use muster_store::{Audit as _, AuditEntry, AuditQuery};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(database, Missing::Refuse).await.unwrap();
        let all = AuditQuery {
            limit: 100,
            ..AuditQuery::default()
        };
        let entries = store.audit_entries(&all).await.unwrap();
        let said = |AuditEntry { entry, .. }: &AuditEntry| {
            assert_eq!((&entry.account, &entry.token), (&None, &None));
            assert_eq!(entry.address.as_deref(), Some("command line"));
            format!(
                "{} {}",
                entry.action,
                entry.subject.as_deref().unwrap_or("-")
            )
        };
        entries.iter().rev().map(said).collect()
    })
}

#[test]
fn commands_are_audited() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    with_input(path, &["user", "add", "ada"], "long enough\n");
    with_input(path, &["user", "add", "bob"], "long enough\n");
    with_input(path, &["user", "passwd", "bob"], "another one\n");
    output(path, &["user", "role", "bob", "administrator"]);
    output(path, &["user", "remove", "bob"]);
    with_input(
        path,
        &["computer", "add", "box", "http://box:8000"],
        "tok\n",
    );
    output(path, &["computer", "remove", "box"]);
    output(path, &["computer", "restore", "box"]);
    // A failed action is not recorded.
    output(path, &["user", "remove", "ada"]);
    assert_eq!(
        noted(&path.join("stats.db")),
        [
            "account_added ada",
            "account_added bob",
            "password_set bob",
            "role_changed bob",
            "account_removed bob",
            "computer_added box",
            "computer_removed box",
            "computer_restored box",
        ]
    );
}

#[test]
fn computers_backup_and_verify_from_the_command_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let added = with_input(
        path,
        &[
            "computer",
            "add",
            "box",
            "http://box:8000/",
            "--tag",
            "prod,db",
            "--tag",
            "eu",
        ],
        "tok\n",
    );
    assert!(added.status.success(), "{}", text(&added.stderr));
    let list = text(&output(path, &["computer", "list"]).stdout);
    assert!(
        list.contains("box  http://box:8000  offline  waiting  never seen  db, eu, prod"),
        "{list}"
    );
    let bad = with_input(path, &["computer", "add", "x", "box:8000"], "tok\n");
    assert!(text(&bad.stderr).contains("must start with http://"));
    let backup = output(path, &["backup", "copy.db"]);
    assert!(
        text(&backup.stdout).contains("1 computer,"),
        "{}",
        text(&backup.stderr)
    );
    assert!(
        !output(path, &["backup", "copy.db"]).status.success(),
        "a copy is never overwritten"
    );
    assert!(
        output(path, &["verify", "--database", "copy.db"])
            .status
            .success()
    );
    assert!(
        output(path, &["computer", "remove", "box"])
            .status
            .success()
    );
    assert!(
        text(&output(path, &["computer", "remove", "box"]).stderr).contains("no computer \"box\"")
    );
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(path.join("copy.db"))
        .unwrap();
    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(4096)).unwrap();
    file.write_all(&[0xAA; 2048]).unwrap();
    assert_eq!(
        output(path, &["verify", "--database", "copy.db"])
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn the_list_shows_why_a_computer_is_down() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    with_input(path, &["computer", "add", "box", &url], "tok\n");
    let flags = ["serve", "--listen", "127.0.0.1:0", "--interval", "1"];
    let (server, _) = start(muster(path, &flags));
    let wanted = format!("box  {url}  offline  down  never seen  connection refused\n");
    let began = Instant::now();
    loop {
        let list = text(&output(path, &["computer", "list"]).stdout);
        if list == wanted {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{list}");
        std::thread::sleep(Duration::from_millis(100));
    }
    stop(server);
}

/// Verifies a backup on a read-only medium. Root may write everywhere, so another user runs the command.
#[cfg(target_os = "linux")]
#[test]
fn verify_needs_no_write_permission() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    with_input(path, &["user", "add", "ada"], "long enough\n");
    let binary = path.join("muster");
    std::fs::copy(env!("CARGO_BIN_EXE_muster"), &binary).unwrap();
    let mode = |file: &Path, mode| {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&path.join("stats.db"), 0o644);
    mode(path, 0o555);
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&binary);
    if text(&Command::new("id").arg("-u").output().unwrap().stdout).trim() != "0" {
        command = Command::new(&binary);
    }
    let verified = command
        .args(["verify", "--database"])
        .arg(path.join("stats.db"))
        .output()
        .unwrap();
    mode(path, 0o755);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    assert!(text(&verified.stdout).contains("1 account, 0 computers, 0 samples"));
}
