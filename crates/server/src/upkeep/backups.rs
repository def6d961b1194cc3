//! A verified backup of the database per day.

use crate::config::StorageArgs;
use crate::ops::clock;
use crate::upkeep::disk_guard::{DiskGuard, reserve_bytes};
use crate::upkeep::server_problem::ServerProblem;
use anyhow::{Context as _, ensure};
use muster_store::{Disk, Store};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(60);
const RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
const SETTING: &str = "last_backup_ms";

/// Makes backups and deletes old ones.
pub struct Backups {
    store: Arc<dyn Store>,
    disk_guard: Arc<DiskGuard>,
    folder: Option<PathBuf>,
    keep: usize,
    problem: Mutex<Option<ServerProblem>>,
}

impl Backups {
    /// Creates the task. It does nothing without `--backup-dir`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, disk_guard: Arc<DiskGuard>, storage: &StorageArgs) -> Self {
        Self {
            store,
            disk_guard,
            folder: storage.backup_dir.clone(),
            keep: storage.backup_keep as usize,
            problem: Mutex::default(),
        }
    }

    /// When the last verified backup was made, in Unix milliseconds.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn last_backup_ms(&self) -> muster_store::Result<Option<i64>> {
        let kept = self.store.setting(SETTING).await?;
        Ok(kept.and_then(|kept| std::str::from_utf8(&kept).ok()?.parse().ok()))
    }

    /// Why the last attempt failed.
    #[must_use]
    pub fn problem(&self) -> Option<ServerProblem> {
        self.problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Makes a backup per day; retries an hour after a failure.
    pub async fn run_forever(&self) {
        let Some(folder) = &self.folder else {
            return;
        };
        loop {
            let made = self.back_up_if_due(folder, clock::now_ms()).await;
            let wait = match &made {
                Ok(()) => LOOK_EVERY,
                Err(error) => {
                    tracing::error!("backup failed, retrying in an hour: {error:#}");
                    RETRY_AFTER
                }
            };
            *self.problem.lock().unwrap_or_else(PoisonError::into_inner) =
                made.err().map(|error| ServerProblem::BackupFailed {
                    detail: format!("{error:#}"),
                });
            tokio::time::sleep(wait).await;
        }
    }

    /// Makes today's backup unless it exists, and deletes surplus ones.
    async fn back_up_if_due(&self, folder: &Path, now_ms: i64) -> anyhow::Result<()> {
        let name = file_name(now_ms);
        let (folder, target) = (folder.to_owned(), folder.join(&name));
        let asked = (folder.clone(), target.clone());
        if blocking(move || prepare(&asked.0, &asked.1)).await? {
            return Ok(());
        }
        self.ensure_disk_space(folder.clone()).await?;
        self.store.copy_to(&target).await?;
        let made_ms = now_ms.to_string();
        self.store.set_setting(SETTING, made_ms.as_bytes()).await?;
        tracing::info!("made and verified backup {}", target.display());
        let keep = self.keep;
        blocking(move || prune(&folder, &name, keep)).await
    }

    /// Checks that a backup would not fill the disk.
    async fn ensure_disk_space(&self, folder: PathBuf) -> anyhow::Result<()> {
        ensure!(
            !self.disk_guard.is_low(),
            "the disk of the database is nearly full"
        );
        let size = self.store.size().await?;
        let shown = folder.display().to_string();
        // If the free space of the folder's disk is unknown, the backup is attempted.
        let Ok(disk) = blocking(move || Ok(Disk::containing(&folder)?)).await else {
            return Ok(());
        };
        ensure!(
            disk.available_bytes.saturating_sub(size.bytes) >= reserve_bytes(disk),
            "the disk of {shown} does not have enough free space for a backup of {} bytes",
            size.bytes
        );
        Ok(())
    }
}

/// Runs on a blocking thread: the folder may be a slow network share.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

/// Returns whether today's backup exists. If not, prepares the folder.
fn prepare(folder: &Path, target: &Path) -> anyhow::Result<bool> {
    if target.exists() {
        return Ok(true);
    }
    // Only the last component: if a disk is not mounted, its mount point must not be created on another disk.
    if !folder.is_dir() {
        fs::create_dir(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    clear_partial(folder)?;
    Ok(false)
}

/// Deletes the oldest backups. Backups with a later date were made while the clock was wrong: they neither count nor
/// are deleted, so that they do not displace correct ones.
fn prune(folder: &Path, newest: &str, keep: usize) -> anyhow::Result<()> {
    let mut names = names(folder)?;
    names.retain(|name| is_copy(name) && name.as_str() <= newest);
    names.sort_unstable();
    let old = names.len().saturating_sub(keep);
    for name in &names[..old] {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot delete {}", path.display()))?;
        tracing::info!("deleted old backup {}", path.display());
    }
    Ok(())
}

/// `muster-2026-11-24.db`; the date is in UTC.
fn file_name(now_ms: i64) -> String {
    let written = clock::to_second(now_ms);
    format!("muster-{}.db", written.get(..10).unwrap_or(&written))
}

/// Whether a file name has the form that [`file_name`] produces.
fn is_copy(name: &str) -> bool {
    let day = name
        .strip_prefix("muster-")
        .and_then(|rest| rest.strip_suffix(".db"));
    day.is_some_and(|day| day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok())
}

/// Deletes unfinished backups of a server that stopped or crashed.
fn clear_partial(folder: &Path) -> anyhow::Result<()> {
    for name in names(folder)? {
        if name
            .split_once(".partial-")
            .is_some_and(|(copy, _)| is_copy(copy))
        {
            fs::remove_file(folder.join(name))?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
