//! A chart, asked for again and again as a page does: over one connection that is kept.

use super::figure;
use crate::client::{Pass, ask, connect};
use crate::measure::cpu_ms;
use clap::Args;
use hyper::Uri;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Which chart, and how often.
#[derive(Args)]
pub struct ChartArgs {
    /// What the figures are called
    #[arg(long, default_value = "chart")]
    name: String,
    /// The cookie of a session
    #[arg(long)]
    session: Option<String>,
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// How often, after a tenth of it to warm up
    #[arg(long, default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// The chart
    url: String,
}

pub async fn chart(args: &ChartArgs) -> anyhow::Result<()> {
    let uri: Uri = args.url.parse()?;
    let pass = args.session.as_deref().map_or(Pass::None, Pass::Session);
    let mut connection = connect(&uri).await?;
    for _ in 0..args.count.div_ceil(10) {
        ask(&mut connection, &uri, pass).await?;
    }
    let (before_ms, mut times, mut body) = (cpu_ms(args.pid)?, Vec::new(), Default::default());
    for _ in 0..args.count {
        let began = Instant::now();
        body = ask(&mut connection, &uri, pass).await?;
        times.push(began.elapsed());
    }
    let used_ms = cpu_ms(args.pid)? - before_ms;
    times.sort_unstable();
    let points = points(&serde_json::from_slice(&body)?);
    // Some answer in peace that they have nothing.
    anyhow::ensure!(points > 0, "the chart is empty: {}", args.url);
    figure(&args.name, "median_ms", ms(quantile(&times, 50)));
    figure(&args.name, "min_ms", ms(quantile(&times, 0)));
    figure(&args.name, "p95_ms", ms(quantile(&times, 95)));
    figure(&args.name, "cpu_ms", used_ms as f64 / f64::from(args.count));
    figure(&args.name, "points", points);
    figure(&args.name, "bytes", body.len());
    Ok(())
}

pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Of durations in order.
pub fn quantile(sorted: &[Duration], per_cent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(last * per_cent / 100)
        .copied()
        .unwrap_or_default()
}

/// How many points of a line an answer has, Muster's or one of Prometheus's kind.
pub fn points(answer: &Value) -> usize {
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
        assert_eq!(points(&muster), 3);
        let prometheus =
            json!({"status": "success", "data": {"result": [{"values": [[1, "2"], [2, "3"]]}]}});
        assert_eq!(points(&prometheus), 2);
        assert_eq!(
            points(&json!({"status": "success", "data": {"result": []}})),
            0
        );
    }

    #[test]
    fn quantiles_are_of_what_was_measured() {
        let sorted = [1, 2, 3, 4, 100].map(Duration::from_millis);
        let of = |per_cent| quantile(&sorted, per_cent).as_millis();
        assert_eq!((of(0), of(50), of(95), of(100)), (1, 3, 4, 100));
        assert_eq!(quantile(&[], 50), Duration::ZERO);
    }
}
