//! History as OpenMetrics text: a metric a series, and all that belongs to one together, as promtool wants it.

use super::made::{Made, shown};
use std::io::{self, Write};

pub fn write(made: &Made, out: &mut impl Write) -> io::Result<()> {
    for (series, name) in made.names.iter().enumerate() {
        writeln!(out, "# TYPE {name} gauge")?;
        for (number, computer) in (1..).zip(&made.computers) {
            for (&time_ms, value) in computer.times.iter().zip(&computer.columns[series]) {
                let Some(value) = value.map(shown) else {
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
    use super::super::made::few;
    use super::write;

    #[test]
    fn a_metric_is_together_and_a_missing_value_is_left_out() {
        let mut text = Vec::new();
        write(&few(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let start = "# TYPE cpu_percent gauge\n\
            cpu_percent{computer=\"1\"} 1.5 1790000000.007\n\
            cpu_percent{computer=\"1\"} 2.0 1790000030.120\n\
            cpu_percent{computer=\"2\"} 1.5 1790000000.007\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("\nmemory_total{computer=\"2\"} 1073741824 1790000000.007\n"));
        // The first moment has no rate, since there is none before it.
        assert!(!text.contains("network_sent_per_sec{computer=\"1\"} NaN"));
        assert_eq!(text.matches("\nnetwork_sent_per_sec{").count(), 2);
        assert!(text.contains("\nreading:11{computer=\"1\"} 4096 1790000000.007\n"));
        assert!(text.ends_with("\n# EOF\n"));
    }
}
