//! The unsealed rows: an index of rows by computer, in memory.
//!
//! The file stores rows in the order of arrival, and so does its index. A reader therefore looks up the numbers here
//! of a computer's rows. One scan fills the index on first use; afterwards each write updates it after its commit. A
//! failed transaction therefore changes nothing here, and a deleted row may be listed for a moment: the reader finds no
//! row of that number. Only this process writes `stats`.
//!
//! **Ask for the numbers first, then begin the snapshot.** A sample that is sealed in between is then found twice,
//! and readers count it once. In the other order it would not be found at all.
//!
//! The file does not store which rows are sealed. The scan takes a row as sealed if a sealed period of its
//! computer has a sample of the same moment; readers recognize doubles by the same rule. This is exact after a kill
//! at any point, and no column can contradict it.

mod entries;
mod marks;
mod scan;

pub(super) use entries::Row;
#[cfg(test)]
pub(super) use scan::PACK;
pub(super) use scan::scan_rows;

use super::SqliteStore;
use crate::Result;
use entries::Entries;
use marks::Marks;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Fewer sealed rows than this are not deleted at once: each deletion leaves some pages half full and writes them.
const FEWEST: usize = 256;

/// The rows, shared by all clones of a store; `None` until the first scan.
#[derive(Clone, Debug, Default)]
pub(super) struct RowIndex(Arc<Mutex<Option<Rows>>>);

impl RowIndex {
    /// Applies a committed change. Before the first scan this does nothing: the scan will find the change.
    pub(super) fn update(&self, change: impl FnOnce(&mut Rows)) {
        if let Some(rows) = self.rows().as_mut() {
            change(rows);
        }
    }

    /// The highest number of a known row; `None` before the first scan.
    pub(super) fn highest(&self) -> Option<i64> {
        self.rows().as_ref().map(|rows| rows.highest)
    }

    /// Runs of sealed rows to delete while `to` new rows are stored, and as many more as earlier batches postponed.
    /// Not more: a free page that no new row reuses at once is written twice.
    /// [`crate::HistorySealing::delete_sealed_rows`] deletes the rest.
    pub(super) fn sealed_rows_to_reuse(&self, to: usize) -> Vec<(i64, i64)> {
        let rows = self.rows();
        let runs = |rows: &Rows| match rows.owed + to {
            few if few < FEWEST => Vec::new(),
            owed => rows.sealed_runs(rows.reusable_to, owed),
        };
        rows.as_ref().map_or_else(Vec::new, runs)
    }

    fn rows(&self) -> MutexGuard<'_, Option<Rows>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SqliteStore {
    /// Asks which rows there are, after a scan if none was done yet. The caller must not hold the writing
    /// connection: the scan needs it.
    pub(super) async fn query_rows<T>(&self, question: impl FnOnce(&Rows) -> T) -> Result<T> {
        self.ensure_scanned().await?;
        let rows = self.row_index.rows();
        Ok(match rows.as_ref() {
            Some(rows) => question(rows),
            None => question(&Rows::default()),
        })
    }

    async fn ensure_scanned(&self) -> Result<()> {
        if self.row_index.rows().is_some() {
            return Ok(());
        }
        // Nothing is written until the rows are published, and only one task scans.
        let mut transaction = self.begin().await?;
        if self.row_index.rows().is_none() {
            let mut rows = scan_rows(&mut transaction).await?;
            scan::mark_all_sealed(&mut transaction, &mut rows, &self.damage).await?;
            *self.row_index.rows() = Some(rows);
        }
        Ok(transaction.rollback().await?)
    }
}

/// The rows, by computer.
#[derive(Debug, Default)]
pub(super) struct Rows {
    computers: HashMap<i64, Entries>,
    /// Rows that are sealed and not deleted yet.
    sealed: Marks,
    /// The highest known number.
    highest: i64,
    /// Sealed rows up to this number are deleted while new ones are stored.
    reusable_to: i64,
    /// How many rows were stored since sealed ones were last deleted.
    owed: usize,
}

impl Rows {
    /// Adds a row that was stored.
    pub(super) fn insert(&mut self, computer_id: i64, row: Row) {
        self.highest = self.highest.max(row.id);
        self.computers.entry(computer_id).or_default().insert(row);
    }

    /// Marks rows as sealed: they wait to be deleted.
    pub(super) fn mark_sealed(&mut self, computer_id: i64, rows: &[Row]) {
        self.remove(computer_id, rows);
        rows.iter().for_each(|row| self.sealed.set(row.id));
    }

    /// Removes rows that were deleted.
    pub(super) fn remove(&mut self, computer_id: i64, rows: &[Row]) {
        if let Some(entries) = self.computers.get_mut(&computer_id) {
            entries.remove(rows);
            if entries.is_empty() {
                self.computers.remove(&computer_id);
            }
        }
    }

    /// The rows of a computer with `from_ms <= moment < to_ms`, rising.
    pub(super) fn between(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Row> {
        let entries = self.computers.get(&computer_id);
        entries.map_or_else(Vec::new, |entries| entries.between(from_ms, to_ms))
    }

    /// The rows of a computer with `from_ms <= moment < to_ms` that can be sealed: its newest row never is.
    pub(super) fn sealable(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Row> {
        let newest_ms = self
            .first_and_last(computer_id)
            .map(|(_, last)| last.moment_ms);
        self.between(computer_id, from_ms, to_ms.min(newest_ms.unwrap_or(to_ms)))
    }

    /// The first and the last row of a computer.
    pub(super) fn first_and_last(&self, computer_id: i64) -> Option<(Row, Row)> {
        self.computers.get(&computer_id)?.ends()
    }

    /// The first and the last row of each computer.
    pub(super) fn all_first_and_last(&self) -> impl Iterator<Item = (i64, (Row, Row))> {
        let ends = |(&id, entries): (&i64, &Entries)| Some((id, entries.ends()?));
        self.computers.iter().filter_map(ends)
    }

    /// The oldest row of each computer that can be sealed.
    pub(super) fn seal_candidates(
        &self,
        hour_end: impl Fn(i64) -> i64,
    ) -> Vec<crate::SealCandidate> {
        let oldest = |(&computer_id, entries): (&i64, &Entries)| {
            let (first, _) = entries.ends().filter(|(first, last)| first != last)?;
            Some(crate::SealCandidate {
                computer_id,
                oldest_ms: first.moment_ms,
                in_hour: entries.count(first.moment_ms, hour_end(first.moment_ms)),
            })
        };
        let mut all: Vec<_> = self.computers.iter().filter_map(oldest).collect();
        all.sort_unstable_by_key(|oldest| oldest.computer_id);
        all
    }

    /// Runs of the numbers of sealed rows up to the number `to`, with at most `most` rows.
    pub(super) fn sealed_runs(&self, to: i64, most: usize) -> Vec<(i64, i64)> {
        self.sealed.runs(to, most)
    }

    /// Removes sealed rows that were deleted.
    pub(super) fn remove_sealed(&mut self, runs: &[(i64, i64)]) {
        runs.iter().for_each(|&run| self.sealed.clear(run));
    }

    /// Notes that `to` rows were stored while these sealed ones were deleted.
    pub(super) fn count_stored(&mut self, runs: &[(i64, i64)], to: usize) {
        self.remove_sealed(runs);
        let owed = self.owed + to;
        self.owed = if owed < FEWEST { owed } else { 0 };
    }

    /// Lets sealed rows up to this number be deleted while new ones are stored.
    pub(super) fn reuse_up_to(&mut self, to: i64) {
        self.reusable_to = to;
    }
}
