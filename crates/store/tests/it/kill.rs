//! A migration killed at any moment leaves the old database or the finished new one.

use crate::common::{
    LAST_RELEASE, Random, assert_value, beside, child, execute, folder_with, value,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const ROWS: &str = "203931";
const KILLS: u32 = 32;

/// A Flask database of some months: the fixture's six hours, repeated.
async fn large() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = folder_with(LAST_RELEASE);
    execute(
        &path,
        "WITH RECURSIVE turn (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < 90)
         INSERT INTO stats (computer_id, timestamp, cpu_percent, memory_total, memory_used, memory_percent,
            disk_total, disk_used, disk_percent, network_bytes_sent, network_bytes_recv)
         SELECT computer_id, datetime(timestamp, '+' || (n * 6) || ' hours'), cpu_percent, memory_total,
            memory_used, memory_percent, disk_total, disk_used, disk_percent, network_bytes_sent,
            network_bytes_recv FROM stats, turn",
    )
    .await;
    (folder, path)
}

fn quiet_child(path: &Path) -> Command {
    let mut child = child(&std::env::current_exe().unwrap(), path);
    child.stdout(Stdio::null());
    child
}

fn open_in_child(path: &Path) {
    assert!(quiet_child(path).status().unwrap().success());
}

#[tokio::test]
async fn killed_at_any_moment() {
    let (folder, large) = large().await;
    let path = folder.path().join("victim.db");
    fs::copy(&large, &path).unwrap();
    let began = Instant::now();
    open_in_child(&path);
    let whole = began.elapsed();
    assert!(is_finished(&path, &large).await);
    let mut random = Random::new();
    let (mut kills, mut finished) = (0, 0);
    while kills < KILLS {
        let mut victim = quiet_child(&path).spawn().unwrap();
        std::thread::sleep(whole.mul_f64(random.next() * 1.05));
        let was_running = victim.try_wait().unwrap().is_none();
        victim.kill().unwrap();
        victim.wait().unwrap();
        kills += u32::from(was_running);
        // Each attempt finds the remains of the previous one, until one finishes.
        if is_finished(&path, &large).await {
            finished += 1;
            open_in_child(&path);
            start_over(&large, &path);
        }
    }
    open_in_child(&path);
    assert!(is_finished(&path, &large).await);
    println!("{kills} kills within {whole:?}, {finished} of them after the end");
}

/// Whether the path has the complete new database; otherwise it must have the old one.
async fn is_finished(path: &Path, large: &Path) -> bool {
    assert_value(path, "SELECT quick_check FROM pragma_quick_check", "'ok'").await;
    assert_value(path, "SELECT count(*) FROM stats", ROWS).await;
    let finished = value(path, "SELECT user_version FROM pragma_user_version").await != "0";
    if finished {
        assert_value(
            path,
            "SELECT count(*) FROM stats WHERE timestamp_ms IS NULL",
            "0",
        )
        .await;
        assert_value(path, "SELECT count(*) FROM computers", "4").await;
        let kept = fs::read(beside(path, ".before-muster")).unwrap();
        assert!(kept == fs::read(large).unwrap());
    } else {
        assert!(fs::read(path).unwrap() == fs::read(large).unwrap());
    }
    assert!(!beside(path, ".before-muster.2").exists());
    finished
}

fn start_over(large: &Path, path: &Path) {
    fs::remove_file(path).unwrap();
    fs::remove_file(beside(path, ".before-muster")).unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
    fs::copy(large, path).unwrap();
}
