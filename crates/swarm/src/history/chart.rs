//! Requests a chart repeatedly, as the dashboard does, over one kept connection.

use super::print_figure;
use crate::client::{Credentials, connect, fetch};
use crate::measure::process_cpu_ms;
use clap::Args;
use hyper::Uri;
use serde_json::Value;
use std::time::{Duration, Instant};

/// The chart, and how often to request it.
#[derive(Args)]
pub struct ChartArgs {
    /// Prefix of the figures' names
    #[arg(long, default_value = "chart")]
    name: String,
    /// Session cookie
    #[arg(long)]
    session: Option<String>,
    /// Process id of the server
    #[arg(long)]
    pid: u32,
    /// Number of requests, after a tenth as many to warm up
    #[arg(long, default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// URL of the chart
    url: String,
}

pub async fn measure_chart(args: &ChartArgs) -> anyhow::Result<()> {
    let uri: Uri = args.url.parse()?;
    let credentials = args
        .session
        .as_deref()
        .map_or(Credentials::None, Credentials::Session);
    let mut connection = connect(&uri).await?;
    for _ in 0..args.count.div_ceil(10) {
        fetch(&mut connection, &uri, credentials).await?;
    }
    let (before_ms, mut times, mut body) =
        (process_cpu_ms(args.pid)?, Vec::new(), Default::default());
    for _ in 0..args.count {
        let began = Instant::now();
        body = fetch(&mut connection, &uri, credentials).await?;
        times.push(began.elapsed());
    }
    let used_ms = process_cpu_ms(args.pid)? - before_ms;
    times.sort_unstable();
    let points = count_points(&serde_json::from_slice(&body)?);
    // Some servers answer 200 although they have no data.
    anyhow::ensure!(points > 0, "the chart is empty: {}", args.url);
    print_figure(&args.name, "median_ms", to_ms(quantile(&times, 50)));
    print_figure(&args.name, "min_ms", to_ms(quantile(&times, 0)));
    print_figure(&args.name, "p95_ms", to_ms(quantile(&times, 95)));
    print_figure(&args.name, "cpu_ms", used_ms as f64 / f64::from(args.count));
    print_figure(&args.name, "points", points);
    print_figure(&args.name, "bytes", body.len());
    Ok(())
}

pub fn to_ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A quantile of sorted durations.
pub fn quantile(sorted: &[Duration], per_cent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(last * per_cent / 100)
        .copied()
        .unwrap_or_default()
}

/// The number of points in an answer of Muster or of a server with Prometheus' API.
pub fn count_points(answer: &Value) -> usize {
    let lengths = |list: Option<&Value>, of: fn(&Value) -> usize| match list {
        Some(Value::Array(list)) => list.iter().map(of).sum(),
        Some(Value::Object(map)) => map.values().map(of).sum(),
        _ => 0,
    };
    let there = |series: &Value| {
        let averages = series["avg"].as_array();
        averages.map_or(0, |list| {
            list.iter().filter(|value| !value.is_null()).count()
        })
    };
    let values = |result: &Value| result["values"].as_array().map_or(0, Vec::len);
    lengths(answer.get("series"), there) + lengths(answer.pointer("/data/result"), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_points_and_not_gaps() {
        let muster = json!({"from": 1.0, "series": {"a": {"min": [1, null], "avg": [1, null]}, "b": {"avg": [2, 3]}}});
        assert_eq!(count_points(&muster), 3);
        let prometheus =
            json!({"status": "success", "data": {"result": [{"values": [[1, "2"], [2, "3"]]}]}});
        assert_eq!(count_points(&prometheus), 2);
        assert_eq!(
            count_points(&json!({"status": "success", "data": {"result": []}})),
            0
        );
    }

    #[test]
    fn quantiles_are_measured_values() {
        let sorted = [1, 2, 3, 4, 100].map(Duration::from_millis);
        let of = |per_cent| quantile(&sorted, per_cent).as_millis();
        assert_eq!((of(0), of(50), of(95), of(100)), (1, 3, 4, 100));
        assert_eq!(quantile(&[], 50), Duration::ZERO);
    }
}
