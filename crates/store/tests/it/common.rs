//! Fixtures, a second connection, this executable as a child, and other helpers.

use muster_store::NewComputer;
use muster_store::sqlite::{Missing, SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A database of the Flask server's last release.
pub const LAST_RELEASE: &str = "tests/fixtures/flask.db";
/// A database of the Flask server's first release.
pub const FIRST_RELEASE: &str = "tests/fixtures/flask_first_release.db";
/// The variable that tells a child which path to open.
const CHILD: &str = "MUSTER_TEST_OPEN";

/// A folder that everybody can read, with a copy of a fixture.
pub fn folder_with(fixture: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    let path = folder.path().join("stats.db");
    fs::copy(fixture, &path).unwrap();
    (folder, path)
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Another connection than the store's.
pub async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

/// Runs statements on a connection of their own.
pub async fn execute(path: &Path, statements: &str) {
    let mut connection = connect(path).await;
    connection.execute(AssertSqlSafe(statements)).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

/// All values of all rows as SQLite quotes them, so that every bit is compared.
pub async fn rows(path: &Path, query: &str) -> Vec<Vec<String>> {
    let mut connection = connect(path).await;
    let found = connection.fetch_all(AssertSqlSafe(query)).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    let quoted = |row: &SqliteRow| (0..row.len()).map(|index| row.get(index)).collect();
    found.iter().map(quoted).collect()
}

/// The only value of a query.
pub async fn value(path: &Path, query: &str) -> String {
    rows(path, &format!("SELECT quote(({query}))")).await[0][0].clone()
}

/// Asserts the only value of a query.
pub async fn assert_value(path: &Path, query: &str, expected: &str) {
    assert_eq!(value(path, query).await, expected, "{query}");
}

/// Opens a database, which migrates it, and closes it.
pub async fn open_and_close(path: &Path) {
    let store = SqliteStore::open(path, Missing::Create).await.unwrap();
    store.close().await;
}

/// The columns of a table, in order.
pub async fn columns(path: &Path, table: &str) -> Vec<String> {
    let query = format!("SELECT name FROM pragma_table_info('{table}')");
    rows(path, &query).await.into_iter().flatten().collect()
}

/// All rows of a table, in some of its columns.
pub async fn table(path: &Path, table: &str, columns: &[String]) -> Vec<Vec<String>> {
    let quoted: Vec<_> = columns
        .iter()
        .map(|name| format!("quote(\"{name}\")"))
        .collect();
    rows(
        path,
        &format!("SELECT {} FROM {table} ORDER BY id", quoted.join(", ")),
    )
    .await
}

/// The names of the database and of all files beside it.
pub fn files(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path.parent().unwrap()).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// This executable as a child that opens `path` and prints the result: see [`child_opens_a_path`].
pub fn child(executable: &Path, path: &Path) -> Command {
    let mut command = Command::new(executable);
    command
        .args(["--exact", "common::child_opens_a_path", "--nocapture"])
        .env(CHILD, path)
        .stdin(Stdio::null());
    command
}

/// Not a test but the child: it does nothing unless [`child`] started it.
#[tokio::test]
async fn child_opens_a_path() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    match SqliteStore::open(Path::new(&path), Missing::Create).await {
        Ok(store) => {
            store.close().await;
            println!("\nopened");
        }
        Err(error) => println!("\nrefused: {error}"),
    }
}

/// The path of a file beside the database.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A computer to add.
pub fn computer(name: &str) -> NewComputer {
    NewComputer {
        name: name.to_owned(),
        url: format!("http://{name}:8000"),
        token: "t".to_owned(),
        ..NewComputer::default()
    }
}

/// The migrations, in order; the first three make schema 1.
pub fn migrations() -> Vec<String> {
    let entries = fs::read_dir("migrations").unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let text = |file| fs::read_to_string(file).unwrap();
    files.iter().map(text).collect()
}

pub fn newest_schema() -> i64 {
    migrations().len() as i64 - 2
}

/// Random numbers between 0 and 1, different at each run.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO);
        println!("seed {}", since.as_nanos() as u64);
        Self(since.as_nanos() as u64)
    }

    pub fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
}
