//! A simulated computer in Prometheus' text format, with the same numbers as in `/systeminfo`, so that every
//! server has as much to store. Rates are left out: servers that scrape this format compute them from the counters
//! at query time.

use muster_wire::SystemInfo;
use std::fmt::Write as _;

pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Formats a reading as exporters do, with a HELP and a TYPE line before each value.
pub fn format_exposition(info: &SystemInfo) -> String {
    let memory = info.memory.as_ref();
    let disk = info.disk.as_ref();
    let network = info.network.as_ref();
    let whole = |number: Option<u64>| number.map(|number| number as f64);
    let numbers = [
        ("cpu_percent", info.cpu_percent),
        (
            "memory_total_bytes",
            whole(memory.map(|memory| memory.total)),
        ),
        ("memory_used_bytes", whole(memory.map(|memory| memory.used))),
        ("memory_percent", memory.map(|memory| memory.percent)),
        ("disk_total_bytes", whole(disk.map(|disk| disk.total))),
        ("disk_used_bytes", whole(disk.map(|disk| disk.used))),
        ("disk_percent", disk.and_then(|disk| disk.percent)),
        (
            "network_sent_bytes_total",
            whole(network.map(|network| network.bytes_sent)),
        ),
        (
            "network_received_bytes_total",
            whole(network.map(|network| network.bytes_recv)),
        ),
    ];
    let mut text = String::new();
    for (name, value) in numbers {
        if let Some(value) = value {
            write_metric(&mut text, name, value);
        }
    }
    for (name, value) in info.series.iter() {
        write_metric(&mut text, &name.replace(['.', ':'], "_"), value.as_f64());
    }
    text
}

fn write_metric(text: &mut String, name: &str, value: f64) {
    let kind = if name.ends_with("_total") {
        "counter"
    } else {
        "gauge"
    };
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "# HELP {name} Simulated.\n# TYPE {name} {kind}\n{name} {value}"
    );
}

#[cfg(test)]
mod tests {
    use super::format_exposition;
    use muster_swarm::computer::Computer;

    #[test]
    fn has_each_number_once_under_a_name_that_prometheus_takes() {
        let info = Computer::new(7, 2, None).reading_at(1_795_000_000_000, false);
        let text = format_exposition(&info);
        let numbers: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(numbers.len(), 9 + 4, "{text}");
        assert!(numbers.contains(&"memory_total_bytes 17179869184"));
        assert!(
            numbers
                .iter()
                .any(|line| line.starts_with("swarm_reading_1 "))
        );
        for line in numbers {
            let (name, value) = line.split_once(' ').unwrap();
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            assert!(name.chars().all(is_plain), "{line}");
            value.parse::<f64>().unwrap();
        }
    }
}
