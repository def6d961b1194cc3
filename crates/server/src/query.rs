//! From stored samples to the buckets of a chart, a stretch of time at a time, so that memory stays small
//! whatever the span.

use muster_history::Buckets;
use muster_store::{Result, Store};

/// Read at once; about 20,000 samples at 30 s.
const STRETCH_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What a chart shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartQuery {
    /// The computer.
    pub computer_id: i64,
    /// From this moment, in Unix milliseconds.
    pub from_ms: i64,
    /// To before this moment.
    pub to_ms: i64,
    /// Buckets, at most.
    pub points: u32,
    /// Names of series.
    pub series: Vec<String>,
}

/// Buckets for each series, in the order asked for.
///
/// # Errors
/// What the database said.
pub async fn chart(store: &dyn Store, query: &ChartQuery) -> Result<Vec<Buckets>> {
    let empty = Buckets::new(query.from_ms, query.to_ms, query.points);
    let mut charts = vec![empty; query.series.len()];
    let Some(span) = store.span(query.computer_id).await? else {
        return Ok(charts);
    };
    // Nothing lies outside of the history: a chart of a century reads no more than there is.
    let mut from_ms = query.from_ms.max(span.first_ms);
    let end_ms = query.to_ms.min(span.last_ms.saturating_add(1));
    while from_ms < end_ms {
        let to_ms = end_ms.min(from_ms.saturating_add(STRETCH_MS));
        let columns = store
            .columns(query.computer_id, &query.series, from_ms, to_ms)
            .await?;
        for (chart, values) in charts.iter_mut().zip(&columns.values) {
            for (&timestamp_ms, value) in columns.timestamps_ms.iter().zip(values) {
                if let Some(value) = value {
                    chart.add(timestamp_ms, *value);
                }
            }
        }
        from_ms = to_ms;
    }
    Ok(charts)
}
