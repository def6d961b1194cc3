//! The `muster` binary itself: what it prints, how it ends, and its commands.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
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

fn with_input(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = muster(folder, arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that fails before it reads has closed the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server, and the address that it printed.
pub fn serve(folder: &Path) -> (Child, String) {
    start(muster(folder, &["serve", "--listen", "127.0.0.1:0"]))
}

pub fn start(mut command: Command) -> (Child, String) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
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

/// Ends a server, and says what it logged.
pub fn stop(mut child: Child) -> String {
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
fn it_ends_at_once_for_either_signal() {
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
fn a_taken_port_is_said_with_what_to_do() {
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
fn a_file_that_is_no_database_is_left_as_it_is() {
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

/// What was done on the command line, the first first.
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
        let entries = store.audit(&all).await.unwrap();
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
fn what_commands_do_is_in_the_audit_log() {
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
    // What failed was not done.
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
        list.contains("box  http://box:8000  offline  never seen  db, eu, prod"),
        "{list}"
    );
    let bad = with_input(path, &["computer", "add", "x", "box:8000"], "tok\n");
    assert!(text(&bad.stderr).contains("must begin with http://"));
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
fn help_helps() {
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

/// A backup on a medium that cannot be written is proven there. Root is refused nothing: another user asks.
#[cfg(target_os = "linux")]
#[test]
fn verify_needs_no_right_to_write() {
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

#[test]
fn a_log_level_that_is_none_is_said() {
    let folder = TempDir::new().unwrap();
    let mut command = muster(folder.path(), &["user", "list"]);
    let refused = command.env("MUSTER_LOG", "blah").output().unwrap();
    assert!(
        text(&refused.stderr).contains("MUSTER_LOG must be"),
        "{}",
        text(&refused.stderr)
    );
}
