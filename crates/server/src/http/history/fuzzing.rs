//! The parameters of a history query, for the fuzzer.

use super::HistoryParams;
use super::params::HistoryQuery as Parsed;
use axum::extract::Query;
use http::Uri;

/// Parses a query and checks that an accepted one stays within the limits.
pub fn check_history_query(query: &str, now_ms: i64) {
    let uri: Result<Uri, _> = format!("/api/history/1?{query}").parse();
    let Ok(Ok(Query(params))) = uri.map(|uri| Query::<HistoryParams>::try_from_uri(&uri)) else {
        return;
    };
    let Ok(parsed) = params.parse(1, now_ms) else {
        return;
    };
    let (from_ms, to_ms) = parsed.span();
    assert!(from_ms < to_ms, "a span has a width");
    if let Parsed::Buckets(query) = parsed {
        assert!(from_ms >= -86_400_000, "and lies in the calendar");
        assert!(query.points as usize * query.series.len() <= 100_000);
        assert!((1..=32).contains(&query.series.len()));
    }
}
