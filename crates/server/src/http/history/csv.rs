//! Samples as CSV with exact values: a line for each sample, a column for each series, empty if there is no value.

use crate::ops::clock;
use bytes::Bytes;
use muster_store::Sample;
use std::collections::HashMap;
use std::fmt::Write as _;

/// The header line.
pub fn write_head(series: &[String]) -> Bytes {
    let mut line = String::from("timestamp,timestamp_ms");
    for name in series {
        line.push(',');
        push_quoted(&mut line, name);
    }
    line.push_str("\r\n");
    line.into()
}

/// A page of lines.
pub fn write_lines(samples: &[Sample], series: &[String]) -> Bytes {
    let columns: HashMap<&str, usize> = series.iter().map(String::as_str).zip(0..).collect();
    let mut text = String::new();
    for sample in samples {
        let moment = clock::to_second(sample.timestamp_ms);
        // Writing to a string cannot fail.
        let _ = write!(text, "{moment},{}", sample.timestamp_ms);
        let mut values = other_series(sample, &columns);
        for (name, other) in series.iter().zip(&mut values) {
            text.push(',');
            text.push_str(&column(sample, name).unwrap_or_else(|| std::mem::take(other)));
        }
        text.push_str("\r\n");
    }
    text.into()
}

/// The value of a series that has its own column in the store; `None` for other series.
fn column(sample: &Sample, name: &str) -> Option<String> {
    let real = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    let whole = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
    Some(match name {
        "cpu_percent" => real(sample.cpu_percent),
        "memory_total" => whole(sample.memory_total),
        "memory_used" => whole(sample.memory_used),
        "memory_percent" => real(sample.memory_percent),
        "disk_total" => whole(sample.disk_total),
        "disk_used" => whole(sample.disk_used),
        "disk_percent" => real(sample.disk_percent),
        "network_bytes_sent" => whole(sample.network_bytes_sent),
        "network_bytes_recv" => whole(sample.network_bytes_recv),
        "network_sent_per_sec" => real(sample.network_sent_per_sec),
        "network_recv_per_sec" => real(sample.network_recv_per_sec),
        _ => return None,
    })
}

/// A value for each column: as the agent sent it for other series, empty for the rest.
fn other_series(sample: &Sample, columns: &HashMap<&str, usize>) -> Vec<String> {
    let mut values = vec![String::new(); columns.len()];
    let extra = sample.extra.as_deref().unwrap_or("{}");
    let numbers: HashMap<String, serde_json::Number> =
        serde_json::from_str(extra).unwrap_or_default();
    for (name, number) in numbers {
        if let Some(value) = columns
            .get(name.as_str())
            .and_then(|&at| values.get_mut(at))
        {
            *value = number.to_string();
        }
    }
    values
}

/// Quotes a name as RFC 4180 says. A leading apostrophe keeps spreadsheets from running a name as a formula.
fn push_quoted(line: &mut String, name: &str) {
    let formula = name.starts_with(['=', '+', '-', '@']);
    let name = if formula {
        format!("'{name}")
    } else {
        name.to_owned()
    };
    if name.contains([',', '"']) {
        let _ = write!(line, "\"{}\"", name.replace('"', "\"\""));
    } else {
        line.push_str(&name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_is_a_line() {
        let series = ["cpu_percent", "memory_total", "load.1m", "a,\"b"].map(str::to_owned);
        let sample = Sample {
            timestamp_ms: 1_763_575_200_123,
            cpu_percent: Some(0.1),
            memory_total: None,
            extra: Some(r#"{"load.1m":2.0,"other":1,"a,\"b":9007199254740993}"#.into()),
            ..Sample::default()
        };
        assert_eq!(
            write_head(&series),
            "timestamp,timestamp_ms,cpu_percent,memory_total,load.1m,\"a,\"\"b\"\r\n"
        );
        assert_eq!(
            write_lines(&[sample], &series),
            "2025-11-19 18:00:00,1763575200123,0.1,,2.0,9007199254740993\r\n"
        );
        assert_eq!(
            write_head(&["=x".to_owned()]),
            "timestamp,timestamp_ms,'=x\r\n"
        );
    }
}
