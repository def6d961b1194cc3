//! Measures what storing and sealing ten thousand computers costs, at full speed: time passes only in the samples.
//! `cargo run --release -p muster-store --example fleet [COMPUTERS [HOURS [SECONDS [FOLDER [KIND]]]]]`: samples of
//! this many seconds are stored at once, the folder must be on a real disk (or nothing counts as written), and the
//! kind of samples is `swarm` or `long`.

mod made;

use made::{Kind, Usage, sample, state};
use muster_store::due::{self, Due};
use muster_store::sqlite::{Missing, SqliteStore};
use muster_store::{
    ChartQuery, Computers as _, HistorySealing as _, LinesQuery, NewComputer, Sample, Samples as _,
    Storage as _,
};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// 2025-11-19 18:00 UTC.
const START_MS: i64 = 1_763_575_200_000;
const HOUR_S: i64 = 3_600;
const INTERVAL_S: i64 = 30;
/// What the server does each minute, and every five minutes.
const SEAL_EVERY_S: i64 = 60;
const STATES_EVERY_S: i64 = 300;
const MERGE_EVERY_S: i64 = HOUR_S;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: i64| arguments.next().map_or(Ok(usual), |given| given.parse());
    let (computers, hours, at_once_s) = (number(10_000)?, number(3)?, number(1)?);
    let folder = tempfile::tempdir_in(arguments.next().unwrap_or_else(|| ".".to_owned()))?;
    let kind = match arguments.next().as_deref() {
        None | Some("swarm") => Kind::Swarm,
        Some("long") => Kind::Long,
        Some(other) => return Err(format!("{other:?} is neither swarm nor long").into()),
    };
    let path = folder.path().join("stats.db");
    let store = SqliteStore::open(&path, Missing::Create).await?;
    let ids = add(&store, computers).await?;
    let mut fleet = Fleet {
        store,
        ids,
        recording: Usage::default(),
        sealing: Usage::default(),
        sealed: 0,
        at_once_s,
        waiting: Vec::new(),
        parts: [Usage::default(); 4],
        before: Usage::default(),
        kind,
        printed: [Usage::default(); 6],
    };
    for hour in 0..hours {
        for second in 0..HOUR_S {
            fleet.live(hour * HOUR_S + second).await?;
        }
        fleet.print(hour + 1).await?;
    }
    let end_ms = START_MS + hours * HOUR_S * 1_000;
    println!("memory {}", made::status("VmRSS:")?);
    fleet.read(end_ms).await?;
    let Fleet { store, ids, .. } = fleet;
    let began = Instant::now();
    // As after a kill: the log is not written back.
    let again = SqliteStore::open(&path, Missing::Refuse).await?;
    let latest = again.latest().await?.len();
    println!(
        "start, up to the latest sample of {latest}: {:?}",
        began.elapsed()
    );
    assert_eq!(latest, ids.len());
    let began = Instant::now();
    again.computers().await?;
    println!("computers(): {:?}", began.elapsed());
    again.close().await;
    store.close().await;
    Ok(())
}

async fn add(store: &SqliteStore, computers: i64) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for number in 0..computers {
        let computer = NewComputer {
            name: format!("host-{number:05}"),
            url: format!("http://127.{}.{}.1:9800", number / 250, number % 250),
            token: "6f1c3c1e-5a0e-4e5a-9a43-3d1f0e6f7a11".to_owned(),
            ..NewComputer::default()
        };
        ids.push(store.add_computer(&computer).await?);
    }
    Ok(ids)
}

struct Fleet {
    store: SqliteStore,
    ids: Vec<i64>,
    recording: Usage,
    sealing: Usage,
    sealed: u64,
    at_once_s: i64,
    waiting: Vec<Sample>,
    parts: [Usage; 4],
    before: Usage,
    kind: Kind,
    /// The usage at the end of the previous hour.
    printed: [Usage; 6],
}

impl Fleet {
    /// The usage of each part of sealing: seal, merge, delete sealed rows, give back space.
    fn time(&mut self, part: usize) -> Result<()> {
        self.parts[part].add_since(self.before)?;
        self.before = Usage::now()?;
        Ok(())
    }

    /// One second: the computers that are due answer. Neighbours in the table are not neighbours in time.
    async fn live(&mut self, second: i64) -> Result<()> {
        let now_ms = START_MS + second * 1_000;
        let computers = self.ids.len() as i64;
        let turns = (second % INTERVAL_S..computers).step_by(INTERVAL_S as usize);
        let id = |turn: i64| self.ids[(turn * 7_919 % computers) as usize];
        let samples = turns.map(|turn| sample(id(turn), now_ms + turn % 1_000, self.kind));
        self.waiting.extend(samples);
        let is_time = second % STATES_EVERY_S == STATES_EVERY_S - 1;
        let states = self.ids.iter().filter(|_| is_time);
        let states: Vec<_> = states.map(|&id| state(id, now_ms)).collect();
        let before = Usage::now()?;
        if second % self.at_once_s == self.at_once_s - 1 {
            let mut samples = std::mem::take(&mut self.waiting);
            samples.sort_by_key(|sample| sample.timestamp_ms);
            self.store.record(&samples, &states, &[]).await?;
        }
        self.recording.add_since(before)?;
        if second % SEAL_EVERY_S == SEAL_EVERY_S - 1 {
            let before = Usage::now()?;
            self.seal(now_ms, second % MERGE_EVERY_S == MERGE_EVERY_S - 1)
                .await?;
            self.sealing.add_since(before)?;
        }
        Ok(())
    }

    /// What the server's sealer does, and what gives back space.
    async fn seal(&mut self, now_ms: i64, is_time_to_merge: bool) -> Result<()> {
        self.before = Usage::now()?;
        let oldest = self.store.seal_candidates().await?;
        let due: Vec<_> = oldest
            .iter()
            .filter_map(|oldest| Some((oldest.computer_id, due::due_rows(oldest, now_ms)?)))
            .collect();
        for together in due.chunk_by(|one, next| one.1 == next.1) {
            for some in together.chunks(due::MAX_TOGETHER) {
                self.seal_some(some).await?;
            }
        }
        self.store
            .reuse_sealed_rows(due::reuse_before_ms(now_ms))
            .await?;
        self.time(0)?;
        let hours = match is_time_to_merge {
            true => self.store.oldest_unmerged_hours().await?,
            false => Vec::new(),
        };
        for (id, hour_ms) in hours {
            let before_ms = due::days_before_ms(id, now_ms);
            while hour_ms < before_ms && self.store.merge_day(id, before_ms).await? > 0 {}
        }
        self.time(1)?;
        while self
            .store
            .delete_sealed_rows(due::delete_sealed_before_ms(now_ms), 5_000)
            .await?
        {}
        self.time(2)?;
        let size = self.store.size().await?;
        let keep_bytes = (size.bytes / 64).max(1 << 20).min(size.bytes / 8);
        while self.store.give_back_space(keep_bytes, 500).await? {}
        self.time(3)?;
        Ok(())
    }

    async fn seal_some(&mut self, some: &[(i64, Due)]) -> Result<()> {
        let ids: Vec<i64> = some.iter().map(|(id, _)| *id).collect();
        loop {
            let sealed = match some[0].1 {
                Due::Hours(before_ms) => self.store.seal_hours(&ids, before_ms).await?,
                Due::Days(before_ms) => self.store.seal_day(ids[0], before_ms).await?,
            };
            self.sealed += sealed;
            if sealed == 0 {
                return Ok(());
            }
        }
    }

    /// The costs of the hour per sample.
    async fn print(&mut self, hour: i64) -> Result<()> {
        let samples = (HOUR_S / INTERVAL_S * self.ids.len() as i64) as f64;
        let [seal, merge, sweep, give_back] = self.parts;
        let now = [self.recording, self.sealing, seal, merge, sweep, give_back];
        let size = self.store.size().await?;
        println!(
            "hour {hour}: {samples} samples, {} sealed until now; file {} MB, unused {} MB",
            self.sealed,
            size.bytes >> 20,
            size.unused_bytes >> 20,
        );
        let names = [
            "record",
            "all of sealing",
            "seal",
            "merge",
            "sweep",
            "give back",
        ];
        let mut all = 0;
        for ((name, now), before) in names.into_iter().zip(now).zip(self.printed) {
            let used = now.since(before);
            println!(
                "    {name}: {:.0} B, {:.1} µs CPU, {:.1} µs wall a sample, slowest {:?}",
                used.written as f64 / samples,
                used.cpu.as_secs_f64() * 1e6 / samples,
                used.wall.as_secs_f64() * 1e6 / samples,
                used.slowest
            );
            all += if name.starts_with("rec") || name.starts_with("all") {
                used.written
            } else {
                0
            };
        }
        println!("    {:.0} bytes written a sample", all as f64 / samples);
        self.printed = now;
        Ok(())
    }

    /// The queries of pages.
    async fn read(&self, end_ms: i64) -> Result<()> {
        let best = |times: &[Duration]| times.iter().min().copied().unwrap_or_default();
        let (mut charts, mut lines) = (Vec::new(), Vec::new());
        for turn in 0..20 {
            let series = [
                "cpu_percent",
                "memory_percent",
                "network_recv_per_sec",
                "load.1m",
            ];
            let query = ChartQuery {
                computer_id: self.ids[turn * 31 % self.ids.len()],
                from_ms: end_ms - 24 * HOUR_S * 1_000,
                to_ms: end_ms,
                points: 500,
                series: series.map(str::to_owned).into(),
            };
            let began = Instant::now();
            self.store.chart(&query).await?;
            charts.push(began.elapsed());
            let query = LinesQuery {
                computer_ids: self
                    .ids
                    .iter()
                    .skip(turn * 100 % self.ids.len())
                    .take(60)
                    .copied()
                    .collect(),
                column: "cpu_percent",
                from_ms: end_ms - HOUR_S * 1_000,
                step_ms: 60_000,
                steps: 60,
            };
            let began = Instant::now();
            self.store.lines(&query).await?;
            lines.push(began.elapsed());
        }
        println!(
            "chart of 24 h: {:?}, best of 20 {:?}",
            charts[10],
            best(&charts)
        );
        println!(
            "lines of 60 computers: {:?}, best of 20 {:?}",
            lines[10],
            best(&lines)
        );
        Ok(())
    }
}
