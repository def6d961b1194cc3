//! Sealing, straight through the store: what it costs without a server that must answer meanwhile.

use super::figure;
use crate::measure::{Usage, cpu_ms};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{HistorySealing as _, Storage as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// Pages of the file that are given back at once.
const PAGES: u32 = 500;
/// Rows that are swept at once.
const SWEPT: u32 = 5_000;

/// What was sealed, and what that cost.
#[derive(Default)]
pub struct Sealed {
    days: u64,
    samples: u64,
    cpu_ms: u64,
    written_bytes: u64,
    elapsed: Duration,
}

impl Sealed {
    pub fn print(&self, name: &str) {
        figure(name, "days", self.days);
        figure(name, "sealed", self.samples);
        figure(name, "seal_s", self.elapsed.as_secs_f64());
        figure(name, "seal_cpu_ms", self.cpu_ms);
        figure(name, "seal_written", self.written_bytes);
    }
}

pub async fn seal(name: &str, path: &Path) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Refuse).await?;
    let mut sealed = Sealed::default();
    seal_before(&store, i64::MAX, &mut sealed).await?;
    while store.give_back_space(0, PAGES).await? {}
    store.close().await;
    sealed.print(name);
    Ok(())
}

/// Seals what is older, but for the newest sample of each computer.
pub async fn seal_before(
    store: &SqliteStore,
    before_ms: i64,
    sealed: &mut Sealed,
) -> anyhow::Result<()> {
    let (pid, began) = (std::process::id(), Instant::now());
    let before = (cpu_ms(pid)?, Usage::of(pid)?.written_bytes);
    for oldest in store.seal_candidates().await? {
        let id = oldest.computer_id;
        loop {
            let samples = store.seal_day(id, before_ms).await?;
            if samples == 0 {
                break;
            }
            sealed.samples += samples;
            sealed.days += 1;
        }
        while store.merge_month(id, i64::MIN, before_ms).await? > 0 {}
    }
    while store.delete_sealed_rows(before_ms, SWEPT).await? {}
    sealed.elapsed += began.elapsed();
    sealed.cpu_ms += cpu_ms(pid)? - before.0;
    sealed.written_bytes += Usage::of(pid)?.written_bytes - before.1;
    Ok(())
}
