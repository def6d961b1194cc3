//! Seals through the store alone, to measure the cost without a server.

use super::print_figure;
use crate::measure::{Usage, process_cpu_ms};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{HistorySealing as _, Storage as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// Pages freed per step.
const PAGES: u32 = 500;
/// Rows swept per step.
const SWEPT: u32 = 5_000;

/// The amount sealed and its cost.
#[derive(Default)]
pub struct SealingCost {
    days: u64,
    samples: u64,
    cpu_ms: u64,
    written_bytes: u64,
    elapsed: Duration,
}

impl SealingCost {
    pub fn print_figures(&self, name: &str) {
        print_figure(name, "days", self.days);
        print_figure(name, "sealed", self.samples);
        print_figure(name, "seal_s", self.elapsed.as_secs_f64());
        print_figure(name, "seal_cpu_ms", self.cpu_ms);
        print_figure(name, "seal_written", self.written_bytes);
    }
}

pub async fn seal_database(name: &str, path: &Path) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Missing::Refuse).await?;
    let mut cost = SealingCost::default();
    seal_before(&store, i64::MAX, &mut cost).await?;
    while store.give_back_space(0, PAGES).await? {}
    store.close().await;
    cost.print_figures(name);
    Ok(())
}

/// Seals all samples before `before_ms` except the newest of each computer.
pub async fn seal_before(
    store: &SqliteStore,
    before_ms: i64,
    cost: &mut SealingCost,
) -> anyhow::Result<()> {
    let (pid, began) = (std::process::id(), Instant::now());
    let before = (process_cpu_ms(pid)?, Usage::of_process(pid)?.written_bytes);
    for oldest in store.seal_candidates().await? {
        let id = oldest.computer_id;
        loop {
            let samples = store.seal_day(id, before_ms).await?;
            if samples == 0 {
                break;
            }
            cost.samples += samples;
            cost.days += 1;
        }
        while store.merge_month(id, i64::MIN, before_ms).await? > 0 {}
    }
    while store.delete_sealed_rows(before_ms, SWEPT).await? {}
    cost.elapsed += began.elapsed();
    cost.cpu_ms += process_cpu_ms(pid)? - before.0;
    cost.written_bytes += Usage::of_process(pid)?.written_bytes - before.1;
    Ok(())
}
