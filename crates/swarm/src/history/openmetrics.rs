//! Writes history as OpenMetrics text, grouped by metric, as promtool requires.

use super::generated::{GeneratedHistory, format_value};
use std::io::{self, Write};

pub fn write_openmetrics(history: &GeneratedHistory, out: &mut impl Write) -> io::Result<()> {
    for (series, name) in history.names.iter().enumerate() {
        writeln!(out, "# TYPE {name} gauge")?;
        for (number, computer) in (1..).zip(&history.computers) {
            for (&time_ms, value) in computer.times.iter().zip(&computer.columns[series]) {
                let Some(value) = value.map(format_value) else {
                    continue;
                };
                let (s, ms) = (time_ms / 1000, time_ms % 1000);
                writeln!(out, "{name}{{computer=\"{number}\"}} {value} {s}.{ms:03}")?;
            }
        }
    }
    writeln!(out, "# EOF")
}

#[cfg(test)]
mod tests {
    use super::super::generated::small_history;
    use super::write_openmetrics;

    #[test]
    fn metrics_are_grouped_and_missing_values_left_out() {
        let mut text = Vec::new();
        write_openmetrics(&small_history(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let start = "# TYPE cpu_percent gauge\n\
            cpu_percent{computer=\"1\"} 1.5 1790000000.007\n\
            cpu_percent{computer=\"1\"} 2.0 1790000030.120\n\
            cpu_percent{computer=\"2\"} 1.5 1790000000.007\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("\nmemory_total{computer=\"2\"} 1073741824 1790000000.007\n"));
        // The first sample has no rate.
        assert!(!text.contains("network_sent_per_sec{computer=\"1\"} NaN"));
        assert_eq!(text.matches("\nnetwork_sent_per_sec{").count(), 2);
        assert!(text.contains("\nreading:11{computer=\"1\"} 4096 1790000000.007\n"));
        assert!(text.ends_with("\n# EOF\n"));
    }
}
