//! The samples themselves as CSV, exact: a line a sample, a column a series, empty where there is no value.

use crate::ops::clock;
use bytes::Bytes;
use muster_store::Sample;
use std::collections::HashMap;
use std::fmt::Write as _;

/// The line above all others.
pub fn head(series: &[String]) -> Bytes {
    let mut line = String::from("timestamp,timestamp_ms");
    for name in series {
        line.push(',');
        push_quoted(&mut line, name);
    }
    line.push_str("\r\n");
    line.into()
}

/// A page of lines.
pub fn lines(samples: &[Sample], series: &[String]) -> Bytes {
    let places: HashMap<&str, usize> = series.iter().map(String::as_str).zip(0..).collect();
    let mut text = String::new();
    for sample in samples {
        let moment = clock::to_second(sample.timestamp_ms);
        // Writing to a string cannot fail.
        let _ = write!(text, "{moment},{}", sample.timestamp_ms);
        let mut values = further(sample, &places);
        for (name, further) in series.iter().zip(&mut values) {
            text.push(',');
            text.push_str(&column(sample, name).unwrap_or_else(|| std::mem::take(further)));
        }
        text.push_str("\r\n");
    }
    text.into()
}

/// The value of a column of its own; `None` where the name is none.
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

/// A value for each place: of the further readings as they were sent, and of the others nothing.
fn further(sample: &Sample, places: &HashMap<&str, usize>) -> Vec<String> {
    let mut values = vec![String::new(); places.len()];
    let extra = sample.extra.as_deref().unwrap_or("{}");
    let numbers: HashMap<String, serde_json::Number> =
        serde_json::from_str(extra).unwrap_or_default();
    for (name, number) in numbers {
        if let Some(value) = places.get(name.as_str()).and_then(|&at| values.get_mut(at)) {
            *value = number.to_string();
        }
    }
    values
}

/// As RFC 4180 has it; a name that a spreadsheet would take for a formula is text to it.
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
    fn a_line_a_sample() {
        let series = ["cpu_percent", "memory_total", "load.1m", "a,\"b"].map(str::to_owned);
        let sample = Sample {
            timestamp_ms: 1_763_575_200_123,
            cpu_percent: Some(0.1),
            memory_total: None,
            extra: Some(r#"{"load.1m":2.0,"other":1,"a,\"b":9007199254740993}"#.into()),
            ..Sample::default()
        };
        assert_eq!(
            head(&series),
            "timestamp,timestamp_ms,cpu_percent,memory_total,load.1m,\"a,\"\"b\"\r\n"
        );
        assert_eq!(
            lines(&[sample], &series),
            "2025-11-19 18:00:00,1763575200123,0.1,,2.0,9007199254740993\r\n"
        );
        assert_eq!(head(&["=x".to_owned()]), "timestamp,timestamp_ms,'=x\r\n");
    }
}
