//! The rows of one computer in eight bytes each: ten thousand computers have more than a million.

/// A row of `stats`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    /// The moment of its sample.
    pub(crate) moment_ms: i64,
    /// Its number in the table.
    pub(crate) id: i64,
}

/// Rows in stretches, in which the upper halves of moments and of numbers are equal. One stretch covers 49 days and
/// four billion rows.
#[derive(Debug, Default)]
pub(super) struct Entries(Vec<Stretch>);

#[derive(Debug)]
struct Stretch {
    moment_high: i32,
    id_high: i32,
    /// The lower halves, rising.
    low: Vec<(u32, u32)>,
}

/// Capacity grows by at least this many rows: doubling would leave half of it unused.
const GROW_BY: usize = 16;

impl Row {
    fn apart(self) -> ((i32, i32), (u32, u32)) {
        let ((moment_high, moment_low), (id_high, id_low)) =
            (halves(self.moment_ms), halves(self.id));
        ((moment_high, id_high), (moment_low, id_low))
    }
}

fn halves(number: i64) -> (i32, u32) {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    (
        i32::from_be_bytes([a, b, c, d]),
        u32::from_be_bytes([e, f, g, h]),
    )
}

fn whole(high: i32, low: u32) -> i64 {
    (i64::from(high) << 32) | i64::from(low)
}

impl Stretch {
    fn row(&self, (moment_low, id_low): (u32, u32)) -> Row {
        Row {
            moment_ms: whole(self.moment_high, moment_low),
            id: whole(self.id_high, id_low),
        }
    }

    fn rows(&self) -> impl DoubleEndedIterator<Item = Row> {
        self.low.iter().map(|&low| self.row(low))
    }

    /// The index of the first row that is not before a moment.
    fn place(&self, moment_ms: i64) -> usize {
        self.low
            .partition_point(|&low| self.row(low).moment_ms < moment_ms)
    }

    fn within(&self, from_ms: i64, to_ms: i64) -> &[(u32, u32)] {
        let (start, end) = (self.place(from_ms), self.place(to_ms));
        self.low.get(start..end).unwrap_or_default()
    }
}

impl Entries {
    /// Adds a row unless it exists.
    pub(super) fn insert(&mut self, row: Row) {
        let (high, low) = row.apart();
        let is_its = |stretch: &Stretch| (stretch.moment_high, stretch.id_high) == high;
        let place = self.0.iter().position(is_its).unwrap_or(self.0.len());
        if place == self.0.len() {
            self.0.push(Stretch {
                moment_high: high.0,
                id_high: high.1,
                low: Vec::new(),
            });
        }
        let there = &mut self.0[place].low;
        // It is nearly always the newest; a search would read cold memory.
        let is_newest = there.last().is_none_or(|&last| last < low);
        let place = if is_newest {
            Err(there.len())
        } else {
            there.binary_search(&low)
        };
        if let Err(place) = place {
            if there.len() == there.capacity() {
                there.reserve_exact(GROW_BY.max(there.len() / 8));
            }
            there.insert(place, low);
        }
    }

    /// Removes rows, given in rising order. Rows before and after them are not read.
    pub(super) fn remove(&mut self, rows: &[Row]) {
        let Some((first, last)) = rows.first().zip(rows.last()) else {
            return;
        };
        for stretch in &mut self.0 {
            let start = stretch.place(first.moment_ms);
            let is_within = |&low: &_| stretch.row(low).moment_ms <= last.moment_ms;
            let end = stretch.low.partition_point(is_within).max(start);
            let is_kept = |&low: &_| rows.binary_search(&stretch.row(low)).is_err();
            let within = stretch.low[start..end].iter().copied();
            let kept: Vec<_> = within.filter(is_kept).collect();
            stretch.low.splice(start..end, kept);
            stretch.low.shrink_to(stretch.low.len() + GROW_BY);
        }
        self.0.retain(|stretch| !stretch.low.is_empty());
    }

    pub(super) fn between(&self, from_ms: i64, to_ms: i64) -> Vec<Row> {
        let mut rows = Vec::new();
        for stretch in &self.0 {
            let low = stretch.within(from_ms, to_ms).iter();
            rows.extend(low.map(|&low| stretch.row(low)));
        }
        // A long history has several stretches.
        if self.0.len() > 1 {
            rows.sort_unstable();
        }
        rows
    }

    pub(super) fn count(&self, from_ms: i64, to_ms: i64) -> usize {
        let within = |stretch: &Stretch| stretch.within(from_ms, to_ms).len();
        self.0.iter().map(within).sum()
    }

    pub(super) fn ends(&self) -> Option<(Row, Row)> {
        let first = self.0.iter().filter_map(|stretch| stretch.rows().next());
        let last = self
            .0
            .iter()
            .filter_map(|stretch| stretch.rows().next_back());
        first.min().zip(last.max())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(moment_ms: i64, id: i64) -> Row {
        Row { moment_ms, id }
    }

    #[test]
    fn rows_come_back_in_order_whatever_their_numbers() {
        let all = [
            row(i64::MIN, 7),
            row(-1, i64::MAX),
            row(0, -5),
            row(1_763_510_400_000, 3),
            row(1_763_510_400_001, 1 << 40),
            row(1_763_510_400_002, 2),
            row(i64::MAX, i64::MIN),
        ];
        let mut entries = Entries::default();
        for round in [3, 5, 1] {
            (0..all.len()).for_each(|n| entries.insert(all[n * round % all.len()]));
        }
        assert_eq!(entries.between(i64::MIN, i64::MAX).len() + 1, all.len());
        let mut found = entries.between(i64::MIN, i64::MAX);
        assert_eq!(found, all[..6]);
        assert_eq!(entries.ends(), Some((all[0], all[6])));
        assert_eq!(entries.between(0, 1_763_510_400_001), all[2..4]);
        assert_eq!(entries.count(0, 1_763_510_400_001), 2);
        assert_eq!(entries.between(5, 4), []);
        entries.remove(&[all[1], row(0, 4), all[3]]);
        found = entries.between(i64::MIN, i64::MAX);
        assert_eq!(found, [all[0], all[2], all[4], all[5]]);
        entries.remove(&all);
        assert!(entries.is_empty() && entries.ends().is_none());
    }
}
