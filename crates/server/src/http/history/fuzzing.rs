//! The query of a chart, for the fuzzer.

use super::HistoryParams;
use super::params::Wanted;
use axum::extract::Query;
use http::Uri;

/// Asks in those words: what is not refused is no more than one answer may carry.
pub fn ask(query: &str, now_ms: i64) {
    let uri: Result<Uri, _> = format!("/api/history/1?{query}").parse();
    let Ok(Ok(Query(params))) = uri.map(|uri| Query::<HistoryParams>::try_from_uri(&uri)) else {
        return;
    };
    let Ok(wanted) = params.wanted(1, now_ms) else {
        return;
    };
    let (from_ms, to_ms) = wanted.span();
    assert!(from_ms < to_ms, "a span has a width");
    if let Wanted::Buckets(query) = wanted {
        assert!(from_ms >= -86_400_000, "and lies in the calendar");
        assert!(query.points as usize * query.series.len() <= 100_000);
        assert!((1..=32).contains(&query.series.len()));
    }
}
