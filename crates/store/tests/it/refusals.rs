//! Unusable files are refused with a clear error, and not changed.

use crate::common::{
    FIRST_RELEASE, LAST_RELEASE, beside, child, execute, files, folder_with, open_and_close,
    set_mode,
};
use muster_store::Error;
use muster_store::sqlite::{Missing, SqliteStore, verify};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Opens `path`, which must fail and not change it.
async fn refuse(path: &Path) -> Error {
    let before = fs::read(path).unwrap();
    let error = SqliteStore::open(path, Missing::Create).await.unwrap_err();
    assert_eq!(fs::read(path).unwrap(), before);
    let mut left = files(path);
    left.retain(|name| name != "stats.db.lock");
    assert_eq!(left, ["stats.db"]);
    error
}

#[tokio::test]
async fn a_file_that_is_no_database() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let long = "nonsense ".repeat(1000);
    let all: [&[u8]; 4] = [b"x", b"SQLite format 3", long.as_bytes(), &[0; 4096]];
    for content in all {
        fs::write(&path, content).unwrap();
        let error = refuse(&path).await;
        assert!(matches!(error, Error::NotADatabase(..)), "{error}");
    }
}

#[tokio::test]
async fn a_database_of_another_application() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    fs::remove_file(&path).unwrap();
    execute_new(
        &path,
        "CREATE TABLE bookmarks (url TEXT); CREATE TABLE users (id INTEGER)",
    )
    .await;
    let error = refuse(&path).await;
    assert!(error.to_string().contains("bookmarks, users"), "{error}");
    assert!(matches!(verify(&path).await, Err(Error::NotADatabase(..))));
    execute(&path, "PRAGMA application_id = 7").await;
    assert!(matches!(refuse(&path).await, Error::NotADatabase(..)));
}

async fn execute_new(path: &Path, statements: &str) {
    File::create(path).unwrap();
    execute(path, statements).await;
}

#[tokio::test]
async fn a_damaged_database() {
    for fixture in [LAST_RELEASE, FIRST_RELEASE] {
        let (_folder, path) = folder_with(fixture);
        let whole = fs::read(&path).unwrap();
        // Truncated, and with an overwritten page in the middle.
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let error = refuse(&path).await;
        assert!(matches!(error, Error::Damaged(..)), "{error}");
        let mut broken = whole.clone();
        broken[40_960..45_056].fill(0x5a);
        fs::write(&path, broken).unwrap();
        let error = refuse(&path).await;
        assert!(matches!(error, Error::Damaged(..)), "{error}");
        assert!(!verify(&path).await.unwrap().problems.is_empty());
    }
}

#[tokio::test]
async fn a_damaged_database_of_ours() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    open_and_close(&path).await;
    fs::remove_file(beside(&path, ".before-muster")).unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = SqliteStore::open(&path, Missing::Create).await.unwrap_err();
    assert!(matches!(error, Error::Damaged(..)), "{error}");
    assert_eq!(fs::read(&path).unwrap(), whole[..whole.len() / 2]);
    let report = verify(&path).await.unwrap();
    assert!(!report.problems.is_empty());
}

#[tokio::test]
async fn a_newer_schema() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    open_and_close(&path).await;
    fs::remove_file(beside(&path, ".before-muster")).unwrap();
    execute(&path, "PRAGMA user_version = 99").await;
    let before = fs::read(&path).unwrap();
    let error = SqliteStore::open(&path, Missing::Create).await.unwrap_err();
    assert!(
        matches!(error, Error::NewerSchema { found: 99, .. }),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn nothing_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats.db");
    let refused = SqliteStore::open(&path, Missing::Refuse).await;
    assert!(matches!(refused, Err(Error::NotFound(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let nowhere = folder.path().join("no/such/stats.db");
    let error = SqliteStore::open(&nowhere, Missing::Create)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no/such"), "{error}");
    let error = SqliteStore::open(folder.path(), Missing::Create)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotADatabase(..)), "{error}");
    // An empty file becomes a database.
    File::create(&path).unwrap();
    open_and_close(&path).await;
}

#[tokio::test]
async fn a_database_that_another_server_serves() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let claim = SqliteStore::claim(&path).unwrap();
    assert!(matches!(SqliteStore::claim(&path), Err(Error::InUse(..))));
    let other = child(&std::env::current_exe().unwrap(), &path)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&other.stdout).contains("refused: "));
    // The holder of the claim migrates; then others can open it too.
    open_and_close(&path).await;
    let other = child(&std::env::current_exe().unwrap(), &path)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&other.stdout).contains("opened"));
    drop(claim);
    drop(SqliteStore::claim(&path).unwrap());
}

#[tokio::test]
async fn a_flask_server_that_is_just_writing() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let mut connection = crate::common::connect(&path).await;
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(matches!(refuse(&path).await, Error::InUse(..)));
}

/// A copy of this executable that everybody can run.
fn public_executable() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    let executable = folder.path().join("child");
    fs::copy(std::env::current_exe().unwrap(), &executable).unwrap();
    set_mode(&executable, 0o755);
    (folder, executable)
}

/// The output of a user without rights who opens `path`.
fn opened_by_nobody(path: &Path) -> String {
    let (_folder, executable) = public_executable();
    let as_child = child(&executable, path);
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    command
        .arg(as_child.get_program())
        .args(as_child.get_args());
    command.envs(
        as_child
            .get_envs()
            .filter_map(|(key, value)| Some((key, value?))),
    );
    let output = if fs::metadata("/proc/self").is_ok_and(|proc| is_root(&proc)) {
        command.output().unwrap()
    } else {
        child(&executable, path).output().unwrap()
    };
    String::from_utf8(output.stdout).unwrap()
}

fn is_root(proc: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(proc) == 0
}

#[test]
fn a_folder_that_cannot_be_written() {
    for fixture in [LAST_RELEASE, FIRST_RELEASE] {
        let (folder, path) = folder_with(fixture);
        set_mode(&path, 0o666);
        set_mode(folder.path(), 0o555);
        let said = opened_by_nobody(&path);
        assert!(
            said.contains("refused: cannot write") && said.contains("stats.db"),
            "{said}"
        );
        assert_eq!(fs::read(&path).unwrap(), fs::read(fixture).unwrap());
        assert_eq!(files(&path), ["stats.db"]);
        let said = opened_by_nobody(&folder.path().join("new.db"));
        assert!(
            said.contains("refused: cannot write") && said.contains("new.db"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written() {
    let (folder, path) = folder_with(LAST_RELEASE);
    set_mode(&path, 0o444);
    set_mode(folder.path(), 0o777);
    let said = opened_by_nobody(&path);
    assert!(
        said.contains("refused: cannot write") && said.contains("stats.db"),
        "{said}"
    );
    assert_eq!(fs::read(&path).unwrap(), fs::read(LAST_RELEASE).unwrap());
    assert!(!beside(&path, ".before-muster").exists());
    set_mode(&path, 0o000);
    let said = opened_by_nobody(&path);
    assert!(said.contains("refused: cannot write"), "{said}");
}

#[tokio::test]
async fn one_of_ours_that_cannot_be_written() {
    for (file_mode, folder_mode) in [(0o644, 0o777), (0o666, 0o555), (0o644, 0o555)] {
        let (folder, path) = folder_with(LAST_RELEASE);
        open_and_close(&path).await;
        let before = fs::read(&path).unwrap();
        set_mode(&path, file_mode);
        set_mode(folder.path(), folder_mode);
        let said = opened_by_nobody(&path);
        assert!(said.contains("refused: cannot write"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_disk_that_is_full() {
    let (_folder, path) = folder_with(LAST_RELEASE);
    let as_child = child(&std::env::current_exe().unwrap(), &path);
    // A file cannot grow beyond 200 KiB here, and trying is an error, not a signal.
    let output = Command::new("bash")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 200; exec \"$@\" | cat",
            "bash",
        ])
        .arg(as_child.get_program())
        .args(as_child.get_args())
        .envs(
            as_child
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        )
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("refused: cannot write"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), fs::read(LAST_RELEASE).unwrap());
    assert_eq!(files(&path), ["stats.db", "stats.db.lock"]);
}
