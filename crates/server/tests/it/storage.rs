//! Retention, size and backups as people see them.

use crate::agents::{Agent, FASTAPI_CLIENT, TOKEN};
use crate::app::{Client, Running, TestApp};
use http::{Method, StatusCode};
use muster::config::StorageArgs;
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Sample, Samples as _};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

#[tokio::test]
async fn storage_shows_size_limits_and_the_last_verified_backup() {
    let copies = TempDir::new().unwrap();
    let storage = StorageArgs {
        backup_dir: Some(copies.path().join("daily")),
        max_database_bytes: Some(50_000_000),
        ..StorageArgs::default()
    };
    let app = TestApp::new().storing(storage).start().await;
    let mut viewer = app.viewer().await;
    let told = viewer
        .until("/api/storage", |told| !told["last_backup_ms"].is_null())
        .await;
    assert!(told["database_bytes"].as_u64().unwrap() > 50_000, "{told}");
    let (last_backup_ms, bytes) = (&told["last_backup_ms"], &told["database_bytes"]);
    assert_eq!(
        told,
        json!({"database_bytes": bytes, "samples_stored": 0, "samples_sealed": 0, "sealing": null,
            "is_writing": true, "problem": null, "problem_code": null,
            "problem_params": {}, "last_backup_ms": last_backup_ms, "retain_s": 157_680_000,
            "max_database_bytes": 50_000_000})
    );
    let names: Vec<_> = std::fs::read_dir(copies.path().join("daily"))
        .unwrap()
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[tokio::test]
async fn a_failed_backup_is_shown_as_a_problem() {
    let copies = TempDir::new().unwrap();
    let file = copies.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let storage = StorageArgs {
        backup_dir: Some(file),
        ..StorageArgs::default()
    };
    let app = TestApp::new().storing(storage).start().await;
    let mut admin = app.admin().await;
    let told = admin
        .until("/api/storage", |told| !told["problem"].is_null())
        .await;
    let problem = told["problem"].as_str().unwrap();
    assert!(problem.starts_with("the last backup failed: "), "{problem}");
    assert_eq!(told["problem_code"], "backup_failed");
    let detail = told["problem_params"]["detail"].as_str().unwrap();
    assert!(problem.ends_with(detail), "{told}");
    assert_eq!(told["is_writing"], true);
}

/// A disk of a few mebibytes, unmounted when dropped.
struct SmallDisk {
    folder: PathBuf,
    _parent: TempDir,
}

impl SmallDisk {
    /// `None` if this user may not mount one.
    fn mount(mebibytes: u32) -> Option<Self> {
        let parent = TempDir::new().unwrap();
        let folder = parent.path().join("disk");
        std::fs::create_dir(&folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"])
            .arg(&folder)
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then_some(Self {
            folder,
            _parent: parent,
        })
    }

    fn fill(&self, mebibytes: usize) -> PathBuf {
        let filler = self.folder.join("filler");
        std::fs::write(&filler, vec![1; mebibytes << 20]).unwrap();
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).output();
    }
}

async fn watched(folder: &Path) -> (Running, Client, Agent) {
    let database = TempDir::new_in(folder).unwrap();
    let app = TestApp::new().in_folder(database).start().await;
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let mut admin = app.admin().await;
    let body = json!({"name": "box", "url": agent.url(), "token": TOKEN});
    let added = admin.json(Method::POST, "/api/add_computer", body).await;
    assert!(added.status.is_success(), "{}", added.text());
    (app, admin, agent)
}

/// The first computer's samples in the database of a stopped server.
async fn stored_in(folder: &Path) -> Vec<Sample> {
    let path = folder.join("stats.db");
    let store = SqliteStore::open(&path, Missing::Refuse).await.unwrap();
    let samples = store.samples(1, 0, i64::MAX, u32::MAX).await.unwrap();
    store.close().await;
    samples
}

#[tokio::test]
async fn a_nearly_full_disk_is_not_written_until_space_is_free() {
    // A quarter of it stays free.
    let Some(disk) = SmallDisk::mount(100) else {
        eprintln!("NOT RUN: only root may mount a small disk");
        return;
    };
    let (app, mut admin, agent) = watched(&disk.folder).await;
    let stored = "/api/storage";
    admin
        .until(stored, |told| told["samples_stored"].as_u64() >= Some(2))
        .await;
    let filler = disk.fill(80);
    admin
        .until(stored, |told| told["is_writing"] == false)
        .await;
    let health = app.visitor().get("/healthz").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.text().contains("nearly full"), "{}", health.text());
    // The server goes on polling and serving, and writes nothing.
    let before = app.store.samples(1, 0, i64::MAX, u32::MAX).await.unwrap();
    let requests = agent.requests();
    admin
        .until("/api/overview", |_| agent.requests() >= requests + 2)
        .await;
    let during = app.store.samples(1, 0, i64::MAX, u32::MAX).await.unwrap();
    assert_eq!(during.len(), before.len());
    std::fs::remove_file(filler).unwrap();
    admin.until(stored, |told| told["is_writing"] == true).await;
    assert_eq!(app.visitor().get("/healthz").await.status, StatusCode::OK);
    // All waiting samples are stored: one for each answer.
    let (_, folder) = app.stop().await;
    let samples = stored_in(folder.path()).await;
    assert!(samples.len() + 1 >= agent.requests(), "{}", samples.len());
}

#[tokio::test]
async fn waiting_samples_are_stored_in_the_reserve_at_shutdown() {
    let Some(disk) = SmallDisk::mount(100) else {
        eprintln!("NOT RUN: only root may mount a small disk");
        return;
    };
    let (app, mut admin, agent) = watched(&disk.folder).await;
    disk.fill(80);
    admin
        .until("/api/storage", |told| told["is_writing"] == false)
        .await;
    let seen = agent.requests();
    admin
        .until("/api/overview", |_| agent.requests() >= seen + 3)
        .await;
    let (_, folder) = app.stop().await;
    let samples = stored_in(folder.path()).await;
    assert!(samples.len() >= seen + 2, "{} of {seen}", samples.len());
}
