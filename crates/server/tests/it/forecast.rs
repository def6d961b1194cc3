//! When disks will be full, computed from the database.

use crate::app::TestApp;
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{Computers as _, NewComputer, Sample, Samples as _};
use std::time::{SystemTime, UNIX_EPOCH};

const GB: i64 = 1_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Samples of a week, one every ten minutes.
const WEEK: i64 = 7 * 144;

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A computer with a week of samples; `disks` returns the sample for a number.
async fn with_a_week(store: &SqliteStore, name: &str, disks: impl Fn(i64) -> Sample) -> i64 {
    let computer = NewComputer {
        name: name.into(),
        url: "http://127.0.0.1:1".into(),
        token: "t".into(),
        ..NewComputer::default()
    };
    let computer_id = store.add_computer(&computer).await.unwrap();
    let newest_ms = now_ms() - 60_000;
    let samples = (0..WEEK).map(|n| Sample {
        computer_id,
        timestamp_ms: newest_ms - (WEEK - 1 - n) * 600_000,
        ..disks(n)
    });
    let samples: Vec<Sample> = samples.collect();
    store.record(&samples, &[], &[]).await.unwrap();
    newest_ms
}

fn disk(used: i64) -> Sample {
    Sample {
        disk_total: Some(1000 * GB),
        disk_used: Some(used),
        ..Sample::default()
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_is_forecast_and_a_sawtooth_is_not() {
    let app = TestApp::new();
    let store = SqliteStore::open(&app.database(), Missing::Create)
        .await
        .unwrap();
    // Logs that are rotated once a day.
    with_a_week(&store, "sawtooth", |n| disk(500 * GB + n % 144 * GB)).await;
    // 14.4 GB a day, and 200 GB left at the end.
    let newest_ms = with_a_week(&store, "line", |n| {
        disk(800 * GB - (WEEK - 1 - n) * GB / 10)
    })
    .await;
    // The first disk is as above; a second one fills up within five days.
    with_a_week(&store, "two", |n| Sample {
        extra: Some(format!(
            r#"{{"disk.used_bytes:/data":{},"disk.free_bytes:/data":{}}}"#,
            n * GB,
            5 * 144 * GB
        )),
        ..disk(800 * GB - (WEEK - 1 - n) * GB / 10)
    })
    .await;
    store.close().await;
    let app = app.start().await;
    let mut admin = app.admin().await;
    // Computers are checked in the order of their ids.
    let overview = admin
        .until("/api/overview", |all| {
            all["computers"][2]["disk_full"].is_object()
        })
        .await;
    let full = |row: usize| overview["computers"][row]["disk_full"].clone();
    assert!(full(0).is_null(), "{}", full(0));
    let expect = |row: usize, disk: &str, days: f64| {
        let full = full(row);
        assert_eq!(full["disk"], disk);
        let at_ms = full["at_ms"].as_i64().unwrap();
        assert_eq!(at_ms % HOUR_MS, 0, "to an hour");
        #[expect(clippy::cast_precision_loss, reason = "some days")]
        let ahead = (at_ms - newest_ms) as f64 / DAY_MS as f64;
        assert!((ahead - days).abs() < 0.1, "{disk}: {ahead} days");
    };
    expect(1, "/", 200.0 / 14.4);
    expect(2, "/data", 5.0);
    // The page of a computer has it too.
    let detail = admin.get("/api/computers/2").await.json();
    assert_eq!(detail["disk_full"], full(1));
}
