//! Writes history as the JSON lines that VictoriaMetrics imports.

use super::generated::{GeneratedHistory, format_value};
use muster_history::Value;
use std::io::{self, Write};

/// Samples per line: VictoriaMetrics reads a line at a time.
const A_LINE: usize = 10_000;

pub fn write_json_lines(history: &GeneratedHistory, out: &mut impl Write) -> io::Result<()> {
    for (number, computer) in (1..).zip(&history.computers) {
        for (name, column) in history.names.iter().zip(&computer.columns) {
            let samples = computer.times.iter().zip(column);
            let samples = samples.filter_map(|(&time_ms, &value)| Some((time_ms, value?)));
            let samples: Vec<(i64, Value)> = samples.collect();
            for part in samples.chunks(A_LINE) {
                write_line(out, name, number, part)?;
            }
        }
    }
    Ok(())
}

fn write_line(
    out: &mut impl Write,
    name: &str,
    number: u32,
    part: &[(i64, Value)],
) -> io::Result<()> {
    let values: Vec<String> = part.iter().map(|&(_, value)| format_value(value)).collect();
    let times: Vec<String> = part
        .iter()
        .map(|(time_ms, _)| time_ms.to_string())
        .collect();
    writeln!(
        out,
        r#"{{"metric":{{"__name__":"{name}","computer":"{number}"}},"values":[{}],"timestamps":[{}]}}"#,
        values.join(","),
        times.join(",")
    )
}

#[cfg(test)]
mod tests {
    use super::super::generated::small_history;
    use super::write_json_lines;
    use serde_json::{Value, json};

    #[test]
    fn each_line_is_a_series_with_as_many_values_as_timestamps() {
        let mut text = Vec::new();
        write_json_lines(&small_history(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 24);
        let expected = json!({
            "metric": {"__name__": "cpu_percent", "computer": "1"},
            "values": [1.5, 2.0],
            "timestamps": [1_790_000_000_007_i64, 1_790_000_030_120_i64],
        });
        assert_eq!(lines[0], expected);
        for line in lines {
            let length = |key: &str| line[key].as_array().unwrap().len();
            assert_eq!(length("values"), length("timestamps"));
        }
    }
}
