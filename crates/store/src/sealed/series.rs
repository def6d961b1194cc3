//! Numbers of series, which keep the keys of chunks small.

use crate::Sample;

/// The moments of a period, which all its columns share.
pub(crate) const TIMES: i64 = 0;
/// The first column of `stats`; the others follow in their order.
const FIRST_COLUMN: i64 = 1;
/// Pairs of a rate and the counter that it is derived from, as indices of `Sample::COLUMNS`.
const RATES: [(usize, usize); 2] = [(9, 7), (10, 8)];

/// The number of a column of `stats`.
pub(crate) fn column(index: usize) -> i64 {
    FIRST_COLUMN + index as i64
}

/// The column of `stats` that has this number.
pub(crate) fn column_index(series: i64) -> Option<usize> {
    let index = usize::try_from(series - FIRST_COLUMN).ok()?;
    (index < Sample::COLUMNS.len()).then_some(index)
}

/// The column of `stats` that has this name.
pub(crate) fn is_column(name: &str) -> Option<usize> {
    Sample::COLUMNS.iter().position(|column| *column == name)
}

/// The number of a name: a column's, or the one that `given` returns for a further series.
pub(crate) fn number_of(name: &str, given: impl FnOnce(&str) -> Option<i64>) -> Option<i64> {
    match is_column(name) {
        Some(index) => Some(column(index)),
        None => given(name),
    }
}

/// The counter that a rate is derived from.
pub(crate) fn counter_of(series: i64) -> Option<i64> {
    let index = column_index(series)?;
    let (_, counter) = RATES.into_iter().find(|&(rate, _)| rate == index)?;
    Some(column(counter))
}

/// The rate that shares the agent's clock with this one, and whose chunk may store that clock.
pub(crate) fn clock_of(series: i64) -> Option<i64> {
    let [(first, _), (second, _)] = RATES;
    (series == column(second)).then_some(column(first))
}

/// Whether rates are derived from it.
pub(crate) fn is_counter(series: i64) -> bool {
    let index = column_index(series);
    RATES.iter().any(|&(_, counter)| Some(counter) == index)
}

/// All chunks needed to decode these series: the moments, the series, and the counters and clocks that they depend
/// on. The counter of a clock is needed too, so that the check of all chunks can decode the rates of that chunk.
pub(crate) fn with_counters(series: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let mut all = vec![TIMES];
    for number in series {
        for known in clock_of(number).into_iter().chain([number]) {
            all.push(known);
            all.extend(counter_of(known));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
