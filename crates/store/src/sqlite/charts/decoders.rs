//! Threads that decode the chunks of a chart while it reads more.

use super::fill_share;
use crate::sqlite::damage::Damage;
use crate::{ChartQuery, ChunkSet, Result};
use flume::{Receiver, Sender};
use muster_history::Buckets;
use tokio::task::JoinHandle;

/// The maximum number of threads for one chart, since others need some too.
const THREADS: u64 = 4;
/// The number of samples that justifies another thread.
const LEAST_SHARE: u64 = 50_000;
/// The maximum number of parts of a chart, whose results are kept until all are ready.
const PARTS: u64 = 16;
/// The maximum number of parts that wait for a thread. It bounds memory.
const WAITING: usize = 2;

/// A part of the chart's periods, with its index.
type Part = (usize, Vec<ChunkSet>);
/// The result of a part.
type Share = (usize, Vec<Buckets>);

/// The threads: limited by processors, work and [`THREADS`].
pub(super) struct Decoders {
    parts: Sender<Part>,
    threads: Vec<JoinHandle<Vec<Share>>>,
    given: usize,
    /// The next part, the number of its samples, and the number at which it is sent.
    next: Vec<ChunkSet>,
    samples: u64,
    enough: u64,
}

impl Decoders {
    pub(super) fn start(
        query: &ChartQuery,
        series: &[Option<i64>],
        samples: u64,
        damage: &Damage,
    ) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
        let threads = (samples / LEAST_SHARE).clamp(1, processors.min(THREADS));
        let (parts, waiting) = flume::bounded(WAITING);
        let thread = |_| {
            let (query, series, damage) = (query.clone(), series.to_vec(), damage.clone());
            let waiting: Receiver<Part> = waiting.clone();
            tokio::task::spawn_blocking(move || {
                let share =
                    |(place, sets): Part| (place, fill_share(&query, &series, &sets, &damage));
                waiting.iter().map(share).collect()
            })
        };
        Self {
            threads: (0..threads).map(thread).collect(),
            parts,
            given: 0,
            next: Vec::new(),
            samples: 0,
            enough: LEAST_SHARE.max(samples / PARTS),
        }
    }

    /// Adds periods; waits while the threads are busy.
    pub(super) async fn push(&mut self, sets: Vec<ChunkSet>) {
        for set in sets {
            self.samples = self.samples.saturating_add(set.info.samples);
            self.next.push(set);
            if self.samples >= self.enough {
                self.send_next().await;
            }
        }
    }

    async fn send_next(&mut self) {
        let part = (self.given, std::mem::take(&mut self.next));
        // If all threads panicked, `finish` reports it.
        let _ = self.parts.send_async(part).await;
        self.given += 1;
        self.samples = 0;
    }

    /// Adds the results in the order of the parts, so that the same query gives the same floating-point sums.
    pub(super) async fn finish(mut self, charts: &mut [Buckets]) -> Result<()> {
        if !self.next.is_empty() {
            self.send_next().await;
        }
        drop(self.parts);
        let mut shares = Vec::with_capacity(self.given);
        for thread in self.threads {
            let found = thread
                .await
                .map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
            shares.extend(found);
        }
        shares.sort_by_key(|&(place, _)| place);
        for (_, found) in &shares {
            for (chart, found) in charts.iter_mut().zip(found) {
                chart.add_buckets(found);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealed::{TIMES, column};
    use crate::{PeriodInfo, PeriodKey, PeriodLength};
    use muster_history::{Value, encode_times, encode_values};

    const ENTRIES: i64 = 500;

    /// Claims to be large, so that it is a part of its own.
    fn set(number: i64) -> ChunkSet {
        let entries = number * ENTRIES..(number + 1) * ENTRIES;
        let times: Vec<i64> = entries.clone().collect();
        #[expect(clippy::cast_precision_loss, reason = "any floats do")]
        let value = |entry| Some(Value::Float((entry as f64).sqrt()));
        let values: Vec<_> = entries.map(value).collect();
        let period = PeriodKey {
            start_ms: times[0],
            length: PeriodLength::Month,
            version: 1,
        };
        ChunkSet {
            info: PeriodInfo {
                period,
                first_ms: times[0],
                last_ms: times[0] + ENTRIES - 1,
                samples: LEAST_SHARE,
            },
            chunks: vec![
                (TIMES, encode_times(&times).unwrap().into()),
                (column(0), encode_values(&values).unwrap().into()),
            ],
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_same_question_has_the_same_answer() {
        const SETS: i64 = 40;
        let query = ChartQuery {
            computer_id: 1,
            from_ms: 0,
            to_ms: SETS * ENTRIES,
            points: 1,
            series: vec!["cpu_percent".to_owned()],
        };
        let answer = async || {
            let damage = Damage::default();
            let all = LEAST_SHARE * SETS as u64;
            let mut decoders = Decoders::start(&query, &[Some(column(0))], all, &damage);
            for number in 0..SETS {
                decoders.push(vec![set(number)]).await;
            }
            assert!((2..=PARTS).contains(&(decoders.given as u64)));
            let mut charts = [query.empty()];
            decoders.finish(&mut charts).await.unwrap();
            charts[0].buckets()[0]
        };
        let first = answer().await.unwrap();
        assert_eq!(i64::from(first.count), SETS * ENTRIES);
        for _ in 0..50 {
            assert_eq!(answer().await, Some(first));
        }
    }
}
