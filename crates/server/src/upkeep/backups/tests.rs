//! Backups of a real database.

use super::*;
use crate::ops::clock::{DAY_MS, HOUR_MS};
use muster_store::sqlite::{Missing, SqliteStore, verify};
use tempfile::TempDir;

/// 2025-11-19 18:00 UTC.
const START_MS: i64 = 1_763_575_200_000;

async fn backups(folder: &TempDir, keep: u32) -> (Backups, PathBuf) {
    let database = folder.path().join("stats.db");
    let store = SqliteStore::open(&database, Missing::Create).await.unwrap();
    let copies = folder.path().join("copies");
    let storage = StorageArgs {
        backup_dir: Some(copies.clone()),
        backup_keep: keep,
        ..StorageArgs::default()
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let disk_guard = Arc::new(DiskGuard::new(store.clone()));
    (Backups::new(store, disk_guard, &storage), copies)
}

fn sorted(folder: &Path) -> Vec<String> {
    let mut names = names(folder).unwrap();
    names.sort();
    names
}

#[tokio::test]
async fn one_backup_a_day_and_old_ones_are_deleted() {
    let folder = TempDir::new().unwrap();
    let (backups, copies) = backups(&folder, 2).await;
    assert_eq!(backups.last_backup_ms().await.unwrap(), None);
    fs::create_dir(&copies).unwrap();
    let others = [
        "muster-2020-13-01.db",
        "muster-2020-01-01.db.old",
        "muster-old.db",
        "notes",
    ];
    let later = "muster-2038-01-19.db";
    for other in others.into_iter().chain([later]) {
        fs::write(copies.join(other), "not ours to delete").unwrap();
    }
    fs::write(copies.join("muster-2025-11-18.db.partial-77"), "left").unwrap();
    for day in 0..4 {
        for hour in [0, 1] {
            let now_ms = START_MS + day * DAY_MS + hour * HOUR_MS;
            backups.back_up_if_due(&copies, now_ms).await.unwrap();
        }
        assert_eq!(
            backups.last_backup_ms().await.unwrap(),
            Some(START_MS + day * DAY_MS)
        );
    }
    let mut expected = others.to_vec();
    expected.extend([later, "muster-2025-11-21.db", "muster-2025-11-22.db"]);
    expected.sort_unstable();
    assert_eq!(sorted(&copies), expected);
    let report = verify(&copies.join("muster-2025-11-22.db")).await.unwrap();
    assert!(report.problems.is_empty());
}

#[tokio::test]
async fn a_failure_is_reported_and_the_last_verified_backup_stays() {
    let folder = TempDir::new().unwrap();
    let (backups, copies) = backups(&folder, 2).await;
    backups.back_up_if_due(&copies, START_MS).await.unwrap();
    fs::rename(&copies, folder.path().join("moved")).unwrap();
    fs::write(&copies, "a file where the folder was").unwrap();
    let error = backups
        .back_up_if_due(&copies, START_MS + DAY_MS)
        .await
        .unwrap_err();
    assert!(format!("{error:#}").contains("the folder"), "{error:#}");
    assert_eq!(backups.last_backup_ms().await.unwrap(), Some(START_MS));
}
