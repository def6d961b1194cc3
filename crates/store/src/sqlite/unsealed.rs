//! Which rows are samples that are not sealed yet: the one index over rows by computer, kept in memory.
//!
//! In the file rows lie as they arrived, and so does their index: whoever wants those of one computer asks
//! here for their numbers. It is filled by one scan when it is first asked, and from then on told of what
//! changed, after it was committed and never before. So what a transaction failed to do is not in it, and a
//! row that is gone may be for a moment: reading finds nothing under its number, and looks whose it is.
//!
//! **First the numbers, then the snapshot.** Who reads rows and chunks asks here before their snapshot of the
//! database begins. A sample that is sealed in between is in both then, and readers count it once; the other
//! way round it would be in neither.
//!
//! Which rows are sealed is not kept in the file: at the scan, a row is sealed whose moment a sealed period
//! of its computer holds, which is the rule by which readers tell doubles. It is exact, whoever was killed
//! between what, and needs no column that could say otherwise.

mod entries;
mod marks;
mod scan;

pub(super) use entries::Row;
pub(super) use scan::scan;
#[cfg(test)]
pub(super) use scan::{ABOVE, PACK};

use super::{SqliteStore, failure};
use crate::Result;
use entries::Entries;
use marks::Marks;
use sqlx::SqliteConnection;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many rows give way at once, at least: where they lie, some pages stay half full and are written each time.
const FEWEST: usize = 256;

/// What every clone of a store knows of its rows, once it was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Unsealed {
    rows: Arc<Mutex<Option<Rows>>>,
    /// Held by who scans.
    scanning: Arc<tokio::sync::Mutex<()>>,
}

impl Unsealed {
    /// Tells of a change that was committed. Where nobody asked yet, the scan will find it.
    pub(super) fn tell(&self, change: impl FnOnce(&mut Rows)) {
        if let Some(rows) = self.rows().as_mut() {
            change(rows);
        }
    }

    /// The highest number of a row that it was told of.
    pub(super) fn highest(&self) -> i64 {
        self.rows().as_ref().map_or(0, |rows| rows.highest)
    }

    /// Runs of rows that give way to so many new ones, and to those for which none had to yet. No more than
    /// these: pages that nothing takes at once would be written for nothing. What is left of an hour in which
    /// there were more samples is swept.
    pub(super) fn giving_way(&self, to: usize) -> Vec<(i64, i64)> {
        let rows = self.rows();
        let runs = |rows: &Rows| match rows.owed + to {
            few if few < FEWEST => Vec::new(),
            owed => rows.sealed_runs(rows.gives_way_to, owed),
        };
        rows.as_ref().map_or_else(Vec::new, runs)
    }

    fn rows(&self) -> MutexGuard<'_, Option<Rows>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SqliteStore {
    /// Asks which rows there are, after a scan where that is not known yet. Never while holding the
    /// connection that writes: nobody may write while it is scanned.
    pub(super) async fn rows<T>(&self, question: impl FnOnce(&Rows) -> T) -> Result<T> {
        self.know_rows().await?;
        let rows = self.unsealed.rows();
        Ok(match rows.as_ref() {
            Some(rows) => question(rows),
            None => question(&Rows::default()),
        })
    }

    async fn know_rows(&self) -> Result<()> {
        let is_known = || self.unsealed.rows().is_some();
        if is_known() {
            let mut connection = self.readers.acquire().await?;
            return self.notice_others(&mut connection).await;
        }
        let _alone = self.unsealed.scanning.lock().await;
        if is_known() {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        let mut rows = scan(&mut transaction).await?;
        scan::leave_out_sealed(&mut transaction, &mut rows, &self.damage).await?;
        *self.unsealed.rows() = Some(rows);
        Ok(transaction.rollback().await?)
    }

    /// Finds the rows that others than this process wrote since the last look, which they may at any time: as all
    /// rows that are new, they have the highest numbers.
    pub(super) async fn notice_others(&self, connection: &mut SqliteConnection) -> Result<()> {
        let highest = self.unsealed.rows().as_ref().map(|rows| rows.highest);
        let Some(highest) = highest else {
            return Ok(());
        };
        let found = match scan::above(connection, highest).await {
            Err(error) if failure::is_corrupt(&error) => Vec::new(),
            found => found?,
        };
        self.unsealed.tell(|rows| {
            found.into_iter().for_each(|(id, row)| rows.add(id, row));
        });
        Ok(())
    }
}

/// The rows, by computer.
#[derive(Debug, Default)]
pub(super) struct Rows {
    computers: HashMap<i64, Entries>,
    /// Rows that are sealed and not deleted yet.
    sealed: Marks,
    /// Rows that stay rows, since a script wrote something into them that no chunk holds.
    odd: HashSet<i64>,
    /// The highest number that was told of.
    highest: i64,
    /// Up to which number sealed rows give way to new ones.
    gives_way_to: i64,
    /// How many came since some gave way.
    owed: usize,
}

impl Rows {
    /// A row is there.
    pub(super) fn add(&mut self, computer_id: i64, row: Row) {
        self.highest = self.highest.max(row.id);
        // Where a script made numbers begin anew, it is not the row any more that was sealed.
        self.sealed.clear((row.id, row.id));
        self.computers.entry(computer_id).or_default().insert(row);
    }

    /// Rows are sealed, and wait to be deleted.
    pub(super) fn seal(&mut self, computer_id: i64, rows: &[Row]) {
        self.forget(computer_id, rows);
        rows.iter().for_each(|row| self.sealed.set(row.id));
    }

    /// Rows are gone.
    pub(super) fn forget(&mut self, computer_id: i64, rows: &[Row]) {
        if let Some(entries) = self.computers.get_mut(&computer_id) {
            entries.remove(rows);
            if entries.is_empty() {
                self.computers.remove(&computer_id);
            }
        }
        rows.iter().for_each(|row| {
            self.odd.remove(&row.id);
        });
    }

    /// These rows stay rows.
    pub(super) fn keep(&mut self, odd: &[i64]) {
        self.odd.extend(odd);
    }

    /// The rows of a computer with `from_ms <= moment < to_ms`, rising.
    pub(super) fn between(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Row> {
        let entries = self.computers.get(&computer_id);
        entries.map_or_else(Vec::new, |entries| entries.between(from_ms, to_ms))
    }

    /// Those of them that can be sealed, as far as is known.
    pub(super) fn sealable(&self, computer_id: i64, from_ms: i64, to_ms: i64) -> Vec<Row> {
        let mut rows = self.between(computer_id, from_ms, to_ms);
        rows.retain(|row| !self.odd.contains(&row.id));
        rows
    }

    /// Those of the first period in which there are any; `end` says where the period of a moment ends.
    pub(super) fn first_sealable(
        &self,
        computer_id: i64,
        (from_ms, to_ms): (i64, i64),
        end: impl Fn(i64) -> i64,
    ) -> Vec<Row> {
        let is_sealable = |row: &Row| !self.odd.contains(&row.id);
        let entries = self.computers.get(&computer_id);
        let first = entries.and_then(|entries| entries.first(from_ms, is_sealable));
        first.map_or_else(Vec::new, |first| {
            let to_ms = to_ms.min(end(first.moment_ms));
            self.sealable(computer_id, first.moment_ms, to_ms)
        })
    }

    /// The first and the last row of a computer.
    pub(super) fn ends(&self, computer_id: i64) -> Option<(Row, Row)> {
        self.computers.get(&computer_id)?.ends()
    }

    /// The first and the last row of each computer.
    pub(super) fn all_ends(&self) -> impl Iterator<Item = (i64, (Row, Row))> {
        let ends = |(&id, entries): (&i64, &Entries)| Some((id, entries.ends()?));
        self.computers.iter().filter_map(ends)
    }

    /// The oldest row of each computer that could be sealed: the newest never is.
    pub(super) fn oldest(&self, hour_end: impl Fn(i64) -> i64) -> Vec<crate::Unsealed> {
        let oldest = |(&computer_id, entries): (&i64, &Entries)| {
            let (_, last) = entries.ends()?;
            let is_sealable = |row: &Row| !self.odd.contains(&row.id);
            let first = entries
                .first(i64::MIN, is_sealable)
                .filter(|&first| first != last)?;
            Some(crate::Unsealed {
                computer_id,
                oldest_ms: first.moment_ms,
                in_hour: entries.count(first.moment_ms, hour_end(first.moment_ms)),
            })
        };
        let mut all: Vec<_> = self.computers.iter().filter_map(oldest).collect();
        all.sort_unstable_by_key(|oldest| oldest.computer_id);
        all
    }

    /// Runs of the numbers of sealed rows up to a number, so many rows at most.
    pub(super) fn sealed_runs(&self, to: i64, most: usize) -> Vec<(i64, i64)> {
        self.sealed.runs(to, most)
    }

    /// Sealed rows of these numbers are deleted.
    pub(super) fn deleted(&mut self, runs: &[(i64, i64)]) {
        runs.iter().for_each(|&run| self.sealed.clear(run));
    }

    /// So many rows were stored, to which these gave way.
    pub(super) fn gave_way(&mut self, runs: &[(i64, i64)], to: usize) {
        self.deleted(runs);
        let owed = self.owed + to;
        self.owed = if owed < FEWEST { owed } else { 0 };
    }

    /// Sealed rows up to that number give way to new ones.
    pub(super) fn give_way(&mut self, to: i64) {
        self.gives_way_to = to;
    }
}
