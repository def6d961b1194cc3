//! A set of row numbers with a bit for each: sealed rows are neighbours.

use std::collections::BTreeMap;

/// Numbers, 64 to a word.
#[derive(Debug, Default)]
pub(super) struct Marks(BTreeMap<i64, u64>);

fn place(number: i64) -> (i64, u32) {
    (number >> 6, (number & 63) as u32)
}

impl Marks {
    pub(super) fn set(&mut self, number: i64) {
        let (word, bit) = place(number);
        *self.0.entry(word).or_default() |= 1 << bit;
    }

    /// Removes a run of numbers, including both ends.
    pub(super) fn clear(&mut self, (first, last): (i64, i64)) {
        let words = self.0.range_mut(place(first).0..=place(last).0);
        for (&word, bits) in words {
            let is_outside = |bit: i64| !(first..=last).contains(&((word << 6) | bit));
            let kept = (0..64).filter(|&bit| is_outside(bit));
            *bits &= kept.fold(0, |kept, bit| kept | 1 << bit);
        }
        let empty = self.0.range(place(first).0..=place(last).0);
        let empty: Vec<i64> = empty
            .filter(|(_, bits)| **bits == 0)
            .map(|(&word, _)| word)
            .collect();
        empty.iter().for_each(|word| {
            self.0.remove(word);
        });
    }

    /// Runs of consecutive numbers from the lowest on, none above `to`, with at most `most` numbers in total.
    pub(super) fn runs(&self, to: i64, most: usize) -> Vec<(i64, i64)> {
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for number in self.numbers().take_while(|&number| number <= to).take(most) {
            match runs.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
                _ => runs.push((number, number)),
            }
        }
        runs
    }

    fn numbers(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(&word, &bits)| {
            let is_set = move |bit: &i64| bits >> bit & 1 == 1;
            (0..64).filter(is_set).map(move |bit| (word << 6) | bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_where_a_number_is_missing() {
        let mut marks = Marks::default();
        let numbers = (-3..=130).chain([132, 500, i64::MAX - 1, i64::MAX]);
        numbers.clone().for_each(|number| marks.set(number));
        marks.set(0);
        assert_eq!(marks.numbers().count(), numbers.count());
        let all = [(-3, 130), (132, 132), (500, 500), (i64::MAX - 1, i64::MAX)];
        assert_eq!(marks.runs(i64::MAX, usize::MAX), all);
        assert_eq!(marks.runs(499, usize::MAX), all[..2]);
        assert_eq!(marks.runs(i64::MAX, 10), [(-3, 6)]);
        marks.clear((-3, 128));
        assert_eq!(marks.runs(132, usize::MAX), [(129, 130), (132, 132)]);
        marks.clear((i64::MIN, i64::MAX));
        assert!(marks.0.is_empty());
    }
}
