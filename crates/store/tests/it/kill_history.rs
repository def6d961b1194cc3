//! A server killed while it seals, merges or deletes loses no sample and doubles none.

use crate::common::{Random, computer};
use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{
    Computers as _, HistorySealing as _, Retention as _, Sample, Samples as _, Storage as _,
};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const VICTIM: &str = "MUSTER_TEST_SEALS";
const DELETES: &str = "MUSTER_TEST_DELETES";
const DAYS: i64 = 30;
const SAMPLES: i64 = DAYS * 1_440;
const START_MS: i64 = 1_763_510_400_000;
/// The end of what is deleted, within a month.
const CUT_MS: i64 = START_MS + 20 * 86_400_000;
/// Rows before this become hours first; later ones become days at once.
const HOURS_UNTIL_MS: i64 = START_MS + 3 * 86_400_000;
const KILLS: u32 = 40;

/// Not a test but the victim: it works on a database until it is killed.
#[tokio::test]
async fn child_works_until_killed() {
    let Ok(path) = std::env::var(VICTIM) else {
        return;
    };
    let store = SqliteStore::open(Path::new(&path), Missing::Refuse)
        .await
        .unwrap();
    if std::env::var(DELETES).is_ok() {
        while store.delete_before(1, CUT_MS, 500).await.unwrap() > 0 {
            while store.give_back_space(0, 100).await.unwrap() {}
        }
    } else {
        let mut hours = 0;
        while store.seal_hours(&[1], HOURS_UNTIL_MS).await.unwrap() > 0 {
            hours += 1;
            if hours % 10 == 0 {
                while store.delete_sealed_rows(i64::MAX, 100).await.unwrap() {}
            }
        }
        while store.merge_day(1, i64::MAX).await.unwrap() > 0 {}
        while store.seal_day(1, i64::MAX).await.unwrap() > 0 {
            while store.delete_sealed_rows(i64::MAX, 500).await.unwrap() {}
            while store.give_back_space(0, 100).await.unwrap() {}
        }
        while store.delete_sealed_rows(i64::MAX, 500).await.unwrap() {}
        while store.merge_month(1, i64::MIN, i64::MAX).await.unwrap() > 0 {}
        while store.give_back_space(0, 100).await.unwrap() {}
    }
    store.close().await;
}

fn victim(path: &Path, deletes: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "kill_history::child_works_until_killed",
            "--nocapture",
        ])
        .env(VICTIM, path)
        .stdout(Stdio::null());
    if deletes {
        command.env(DELETES, "yes");
    }
    command.spawn().unwrap()
}

fn sample(n: i64) -> Sample {
    Sample {
        computer_id: 1,
        timestamp_ms: START_MS + n * 60_000 + n % 13,
        cpu_percent: Some((n % 1_000) as f64 / 10.0),
        network_bytes_sent: Some(n * 1_234),
        extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.25}}")),
        ..Sample::default()
    }
}

async fn fill(path: &Path) {
    let store = SqliteStore::open(path, Missing::Create).await.unwrap();
    assert_eq!(store.add_computer(&computer("box")).await.unwrap(), 1);
    let samples: Vec<_> = (0..SAMPLES).map(sample).collect();
    for batch in samples.chunks(5_000) {
        store.record(batch, &[], &[]).await.unwrap();
    }
    store.close().await;
}

/// Asserts that every sample is stored once and unchanged, except some of the first ones. Returns their number.
async fn read(path: &Path) -> i64 {
    let report = verify(path).await.unwrap();
    assert_eq!(report.problems, [""; 0]);
    let store = SqliteStore::open(path, Missing::Refuse).await.unwrap();
    let found = store
        .samples(1, i64::MIN, i64::MAX, u32::MAX)
        .await
        .unwrap();
    store.close().await;
    assert_eq!(report.summary.samples, found.len() as u64);
    let gone = SAMPLES - found.len() as i64;
    for (n, found) in (gone..).zip(&found) {
        assert_eq!(*found, sample(n));
    }
    gone
}

/// Whether nothing is left to seal.
async fn is_sealed(path: &Path) -> bool {
    assert_eq!(read(path).await, 0);
    let store = SqliteStore::open(path, Missing::Refuse).await.unwrap();
    let rows = store.seal_candidates().await.unwrap();
    let hours = store.oldest_unmerged_hours().await.unwrap();
    let days = store.oldest_unmerged_days(i64::MIN).await.unwrap();
    // Sealed rows must be deleted too.
    let swept = !store.delete_sealed_rows(i64::MAX, 1).await.unwrap();
    store.close().await;
    rows.is_empty() && hours.is_empty() && days.is_empty() && swept
}

/// Whether nothing is left to delete.
async fn is_forgotten(path: &Path) -> bool {
    let gone = read(path).await;
    let before = (0..SAMPLES).filter(|&n| sample(n).timestamp_ms < CUT_MS);
    let all = before.count() as i64;
    assert!(gone <= all, "{gone} of {all} are gone");
    gone == all
}

#[tokio::test]
async fn killed_at_any_moment_of_sealing() {
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full.db");
    fill(&full).await;
    let sealed = kill_often(&full, false, is_sealed).await;
    let (before, after) = (size(&full), size(&sealed));
    assert!(after * 5 < before, "{before} bytes became {after}");
    // Deleting from sealed days and months is as safe.
    kill_often(&sealed, true, is_forgotten).await;
}

/// Kills the victim repeatedly while it works on copies of a database. Returns a database in which all is done.
async fn kill_often(full: &Path, deletes: bool, is_done: impl AsyncFn(&Path) -> bool) -> PathBuf {
    let done = full.with_extension(if deletes { "deleted" } else { "sealed" });
    std::fs::copy(full, &done).unwrap();
    let began = std::time::Instant::now();
    assert!(victim(&done, deletes).wait().unwrap().success());
    let whole = began.elapsed();
    assert!(is_done(&done).await, "all is done");
    let path = full.with_extension("victim");
    std::fs::copy(full, &path).unwrap();
    let mut kills = 0;
    let mut random = Random::new();
    while kills < KILLS {
        if is_done(&path).await {
            std::fs::copy(full, &path).unwrap();
        }
        let mut child = victim(&path, deletes);
        // The first half is mostly the start of the child.
        std::thread::sleep(whole.mul_f64(random.next() / 2.0));
        kills += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    is_done(&path).await;
    done
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}
