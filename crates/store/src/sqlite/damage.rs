//! Damage found while reading. Readers return the readable data and skip the rest, which is logged once and given to
//! the code that explains gaps.

use super::chunks::{Between, SqliteChunks};
use super::failure;
use crate::{ChunkSet, ChunkStore as _, Error, PeriodInfo, PeriodKey, Result, SeriesFilter, Span};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The maximum number of remembered stretches.
const MAX_STRETCHES: usize = 10_000;

/// The damage found since the database was opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Damage(Arc<Mutex<Stretches>>);

/// By computer and period; without a period if SQLite could not even list the periods.
type Stretches = BTreeMap<(i64, Option<PeriodKey>), Span>;

impl Damage {
    /// Records that a period of a computer, or a part of it, cannot be read.
    pub(super) fn record_damage(&self, computer_id: i64, info: &PeriodInfo, error: &dyn Display) {
        let span = Span {
            first_ms: info.first_ms,
            last_ms: info.last_ms,
        };
        if self.remember((computer_id, Some(info.period)), span) {
            let error = Error::damaged_period(computer_id, info.period, error);
            tracing::error!("{error}: it is left out; run `muster verify` for details");
        }
    }

    /// Turns damage of a period into `None`, and records it.
    pub(super) fn readable<T>(
        &self,
        computer_id: i64,
        info: &PeriodInfo,
        read: Result<T>,
    ) -> Result<Option<T>> {
        match read {
            Err(error) if failure::is_damage(&error) => {
                self.record_damage(computer_id, info, &error);
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// Turns damage outside of periods into the default value, and records the span.
    pub(super) fn readable_between<T: Default>(
        &self,
        computer_id: i64,
        (from_ms, to_ms): (i64, i64),
        read: Result<T>,
    ) -> Result<T> {
        match read {
            Err(error) if failure::is_damage(&error) => {
                let span = Span {
                    first_ms: from_ms,
                    last_ms: to_ms.saturating_sub(1),
                };
                if self.remember((computer_id, None), span) {
                    tracing::error!(
                        computer = computer_id,
                        "{error}: unreadable data is left out; run `muster verify` for details"
                    );
                }
                Ok(T::default())
            }
            read => read,
        }
    }

    /// The readable periods that have samples within a span.
    pub(super) async fn list_periods(
        &self,
        connection: &mut SqliteConnection,
        computer_id: i64,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Vec<PeriodInfo>> {
        let info = SqliteChunks(connection)
            .list(computer_id, from_ms, to_ms)
            .await;
        self.readable_between(computer_id, (from_ms, to_ms), info)
    }

    /// The same for several computers. If the list is damaged, each computer is read by itself.
    pub(super) async fn list_periods_of_all(
        &self,
        connection: &mut SqliteConnection,
        spans: &[Between],
    ) -> Result<Vec<(i64, PeriodInfo)>> {
        match SqliteChunks(connection).list_of_all(spans).await {
            Err(error) if failure::is_damage(&error) => {}
            read => return read,
        }
        let mut all = Vec::new();
        for &(id, span) in spans {
            let info = self.list_periods(connection, id, span).await?;
            all.extend(info.into_iter().map(|info| (id, info)));
        }
        Ok(all)
    }

    /// The readable chunks of these periods.
    pub(super) async fn read_chunks_of_all(
        &self,
        connection: &mut SqliteConnection,
        wanted: SeriesFilter<'_>,
        periods: &[(i64, PeriodInfo)],
    ) -> Result<Vec<(i64, ChunkSet)>> {
        let mut chunks = SqliteChunks(connection);
        match chunks.get_of_all(wanted, periods).await {
            Err(error) if failure::is_damage(&error) => {}
            read => return read,
        }
        let mut sets = Vec::new();
        for &(id, info) in periods {
            let read = chunks.get_of_all(wanted, &[(id, info)]).await;
            let read = self.readable(id, &info, read)?;
            sets.extend(read.unwrap_or_default());
        }
        Ok(sets)
    }

    /// The readable chunks of some periods of one computer.
    pub(super) async fn read_chunks(
        &self,
        connection: &mut SqliteConnection,
        computer_id: i64,
        wanted: SeriesFilter<'_>,
        periods: &[PeriodInfo],
    ) -> Result<Vec<ChunkSet>> {
        let periods: Vec<_> = periods.iter().map(|&info| (computer_id, info)).collect();
        let sets = self
            .read_chunks_of_all(connection, wanted, &periods)
            .await?;
        Ok(sets.into_iter().map(|(_, set)| set).collect())
    }

    /// The damaged spans of a computer within a span, oldest first.
    pub(super) fn spans(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Span> {
        let stretches = self.stretches();
        let all = stretches.iter().filter(|((id, _), span)| {
            *id == computer_id && span.first_ms < to_ms && span.last_ms >= from_ms
        });
        let mut spans: Vec<Span> = all.map(|(_, span)| *span).collect();
        spans.sort_by_key(|span| span.first_ms);
        spans
    }

    /// Returns whether the damage is new.
    fn remember(&self, key: (i64, Option<PeriodKey>), span: Span) -> bool {
        let mut stretches = self.stretches();
        let room = stretches.len() < MAX_STRETCHES;
        match stretches.get_mut(&key) {
            Some(known) => {
                known.first_ms = known.first_ms.min(span.first_ms);
                known.last_ms = known.last_ms.max(span.last_ms);
                false
            }
            None => room && stretches.insert(key, span).is_none(),
        }
    }

    fn stretches(&self) -> MutexGuard<'_, Stretches> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
