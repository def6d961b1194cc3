//! A proven copy of the database a day, in a folder.

use crate::config::StorageArgs;
use crate::ops::clock;
use crate::upkeep::disk_guard::{Room, reserve_bytes};
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

/// Makes the copies, and deletes old ones.
pub struct Backups {
    store: Arc<dyn Store>,
    room: Arc<Room>,
    folder: Option<PathBuf>,
    keep: usize,
    problem: Mutex<Option<ServerProblem>>,
}

impl Backups {
    /// Copies of that store, where a folder for them was named.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, room: Arc<Room>, storage: &StorageArgs) -> Self {
        Self {
            store,
            room,
            folder: storage.backup_dir.clone(),
            keep: storage.backup_keep as usize,
            problem: Mutex::default(),
        }
    }

    /// When the last copy that passed its check was made, in Unix milliseconds.
    ///
    /// # Errors
    /// What the database said.
    pub async fn last_ms(&self) -> muster_store::Result<Option<i64>> {
        let kept = self.store.setting(SETTING).await?;
        Ok(kept.and_then(|kept| std::str::from_utf8(&kept).ok()?.parse().ok()))
    }

    /// Why the last attempt made none.
    #[must_use]
    pub fn problem(&self) -> Option<ServerProblem> {
        self.problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Copies once a day, for ever; after a failure again in an hour.
    pub async fn keep(&self) {
        let Some(folder) = &self.folder else {
            return;
        };
        loop {
            let made = self.look(folder, clock::now_ms()).await;
            let wait = match &made {
                Ok(()) => LOOK_EVERY,
                Err(error) => {
                    tracing::error!("no backup was made, the next try is in an hour: {error:#}");
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

    /// Makes today's copy, unless it is there, and deletes those beyond the number that is kept.
    async fn look(&self, folder: &Path, now_ms: i64) -> anyhow::Result<()> {
        let name = name_of(now_ms);
        let (folder, target) = (folder.to_owned(), folder.join(&name));
        let asked = (folder.clone(), target.clone());
        if blocking(move || prepare(&asked.0, &asked.1)).await? {
            return Ok(());
        }
        self.ensure_room(folder.clone()).await?;
        self.store.copy_to(&target).await?;
        let made_ms = now_ms.to_string();
        self.store.set_setting(SETTING, made_ms.as_bytes()).await?;
        tracing::info!("made and verified the backup {}", target.display());
        let keep = self.keep;
        blocking(move || prune(&folder, &name, keep)).await
    }

    /// A copy must not be what fills the disk.
    async fn ensure_room(&self, folder: PathBuf) -> anyhow::Result<()> {
        ensure!(
            !self.room.is_short(),
            "the disk of the database is nearly full"
        );
        let size = self.store.size().await?;
        let shown = folder.display().to_string();
        // A folder whose disk tells nothing is written to.
        let Ok(disk) = blocking(move || Ok(Disk::containing(&folder)?)).await else {
            return Ok(());
        };
        ensure!(
            disk.available_bytes.saturating_sub(size.bytes) >= reserve_bytes(disk),
            "the disk of {shown} has too little room for a copy of {} bytes",
            size.bytes
        );
        Ok(())
    }
}

/// On a thread of its own: the folder may be another computer's, which may take its time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

/// Whether the copy is there; else its folder is made ready.
fn prepare(folder: &Path, target: &Path) -> anyhow::Result<bool> {
    if target.exists() {
        return Ok(true);
    }
    // Not what it lies in: a disk that is not mounted is no reason to fill another.
    if !folder.is_dir() {
        fs::create_dir(folder).with_context(|| format!("the folder {}", folder.display()))?;
    }
    clear_partial(folder)?;
    Ok(false)
}

/// Deletes the oldest copies. One of a later day was made while the clock was wrong: it is neither counted
/// nor deleted, so that it cannot push out those that are right.
fn prune(folder: &Path, newest: &str, keep: usize) -> anyhow::Result<()> {
    let mut names = names(folder)?;
    names.retain(|name| is_copy(name) && name.as_str() <= newest);
    names.sort_unstable();
    let old = names.len().saturating_sub(keep);
    for name in &names[..old] {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot delete {}", path.display()))?;
        tracing::info!("deleted the old backup {}", path.display());
    }
    Ok(())
}

/// `muster-2026-11-24.db`, by the day in UTC.
fn name_of(now_ms: i64) -> String {
    let written = clock::to_second(now_ms);
    format!("muster-{}.db", written.get(..10).unwrap_or(&written))
}

/// Whether a file has a name that [`name_of`] gives, and nobody else's.
fn is_copy(name: &str) -> bool {
    let day = name
        .strip_prefix("muster-")
        .and_then(|rest| rest.strip_suffix(".db"));
    day.is_some_and(|day| day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok())
}

/// Deletes what a server that ended meanwhile left unfinished.
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
