//! A server that is killed while it seals has lost nothing and doubled nothing.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use muster_store::sqlite::{Missing, SqliteStore, verify};
use muster_store::{Computers as _, NewComputer, Sample, Samples as _, Sealing as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

const VICTIM: &str = "MUSTER_TEST_SEALS";
const DAYS: i64 = 30;
const SAMPLES: i64 = DAYS * 1_440;
const KILLS: u32 = 40;

/// Not a test but the victim: it seals the database that it is given, and is killed meanwhile.
#[tokio::test]
async fn child_seals_until_killed() {
    let Ok(path) = std::env::var(VICTIM) else {
        return;
    };
    let store = SqliteStore::open(Path::new(&path), Missing::Refuse)
        .await
        .unwrap();
    while store.seal_day(1, i64::MAX).await.unwrap() > 0 {
        while store.give_back_space(100).await.unwrap() {}
    }
    store.close().await;
}

fn victim(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_seals_until_killed", "--nocapture"])
        .env(VICTIM, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn sample(n: i64) -> Sample {
    Sample {
        computer_id: 1,
        timestamp_ms: 1_763_510_400_000 + n * 60_000 + n % 13,
        cpu_percent: Some((n % 1_000) as f64 / 10.0),
        network_bytes_sent: Some(n * 1_234),
        extra: (n % 2 == 0).then(|| format!("{{\"load.1m\":{n}.25}}")),
        ..Sample::default()
    }
}

async fn fill(path: &Path) {
    let store = SqliteStore::open(path, Missing::Create).await.unwrap();
    let computer = NewComputer {
        name: "box".into(),
        url: "u".into(),
        token: "t".into(),
    };
    assert_eq!(store.add_computer(&computer).await.unwrap(), 1);
    let samples: Vec<_> = (0..SAMPLES).map(sample).collect();
    for batch in samples.chunks(5_000) {
        store.record(batch, &[], &[]).await.unwrap();
    }
    store.close().await;
}

/// Every sample is there once, and as it was; how many of them are still rows.
async fn check(path: &Path) -> bool {
    let report = verify(path).await.unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.summary.samples, SAMPLES.unsigned_abs());
    let store = SqliteStore::open(path, Missing::Refuse).await.unwrap();
    let found = store
        .samples(1, i64::MIN, i64::MAX, u32::MAX)
        .await
        .unwrap();
    for (n, found) in (0..).zip(&found) {
        assert_eq!(*found, sample(n));
    }
    assert_eq!(found.len() as i64, SAMPLES);
    let is_sealed = store.oldest_unsealed().await.unwrap().is_empty();
    store.close().await;
    is_sealed
}

#[tokio::test]
async fn killed_at_any_moment_of_sealing() {
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full.db");
    let path = folder.path().join("victim.db");
    fill(&full).await;
    std::fs::copy(&full, &path).unwrap();
    let began = std::time::Instant::now();
    assert!(victim(&path).wait().unwrap().success());
    let whole = began.elapsed();
    assert!(check(&path).await, "all is sealed");
    let (before, after) = (size(&full), size(&path));
    assert!(after * 5 < before, "{before} bytes became {after}");
    let mut kills = 0;
    let mut seed = nanoseconds();
    while kills < KILLS {
        if check(&path).await {
            std::fs::copy(&full, &path).unwrap();
        }
        let mut child = victim(&path);
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // Most of the time goes by in the start of the child: what follows is what matters.
        std::thread::sleep(whole.mul_f64((seed >> 33) as f64 / f64::from(1_u32 << 31) / 3.0));
        kills += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    check(&path).await;
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

fn nanoseconds() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::from(now.unwrap_or(Duration::ZERO).subsec_nanos())
}
