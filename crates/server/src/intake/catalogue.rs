//! The metric catalogue: a label, a unit and a kind for each series that people know by name.
//!
//! A series that is not in it is stored and drawn all the same, under its own name.

/// Whether a series goes up and down, or only up until it begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Up and down.
    Gauge,
    /// Only up.
    Counter,
}

impl Kind {
    /// The word in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
        }
    }
}

/// A row: what stands before the colon of a series' name, and what people call it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name, without an instance.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// `%`, `B`, `B/s`, `s`, or nothing.
    pub unit: &'static str,
    /// Up and down, or only up.
    pub kind: Kind,
}

const fn gauge(name: &'static str, label: &'static str, unit: &'static str) -> Metric {
    Metric {
        name,
        label,
        unit,
        kind: Kind::Gauge,
    }
}

const fn counter(name: &'static str, label: &'static str, unit: &'static str) -> Metric {
    Metric {
        name,
        label,
        unit,
        kind: Kind::Counter,
    }
}

/// All rows: the columns of a sample, then the series.
pub const METRICS: &[Metric] = &[
    gauge("cpu_percent", "CPU", "%"),
    gauge("memory_total", "Memory, size", "B"),
    gauge("memory_used", "Memory, used", "B"),
    gauge("memory_percent", "Memory", "%"),
    gauge("disk_total", "Disk, size", "B"),
    gauge("disk_used", "Disk, used", "B"),
    gauge("disk_percent", "Disk", "%"),
    counter("network_bytes_sent", "Network, sent in all", "B"),
    counter("network_bytes_recv", "Network, received in all", "B"),
    gauge("network_sent_per_sec", "Network, sent", "B/s"),
    gauge("network_recv_per_sec", "Network, received", "B/s"),
    gauge("uptime.seconds", "Uptime", "s"),
    gauge("load.1m", "Load, 1 minute", ""),
    gauge("load.5m", "Load, 5 minutes", ""),
    gauge("load.15m", "Load, 15 minutes", ""),
    gauge("swap.total_bytes", "Swap, size", "B"),
    gauge("swap.used_bytes", "Swap, used", "B"),
    gauge("cpu.count", "CPUs", ""),
    gauge("cpu.core.percent", "CPU core", "%"),
    gauge("disk.total_bytes", "Size", "B"),
    gauge("disk.used_bytes", "Used", "B"),
    gauge("disk.free_bytes", "Free", "B"),
    counter("network.sent_bytes", "Sent in all", "B"),
    counter("network.recv_bytes", "Received in all", "B"),
];

/// The row of a series, and its instance: `disk.used_bytes:/data` is "Used" of `/data`.
#[must_use]
pub fn look_up(series: &str) -> (Option<&'static Metric>, Option<&str>) {
    let (name, instance) = match series.split_once(':') {
        Some((name, instance)) => (name, Some(instance)),
        None => (series, None),
    };
    (METRICS.iter().find(|metric| metric.name == name), instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_rows_with_and_without_instances() {
        let (metric, instance) = look_up("disk.used_bytes:/data:x");
        assert_eq!((metric.unwrap().label, instance), ("Used", Some("/data:x")));
        assert!(look_up("fan.rpm:1").0.is_none());
    }

    #[test]
    fn no_row_stands_twice_and_every_column_has_one() {
        let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for column in muster_store::Sample::COLUMNS {
            assert!(look_up(column).0.is_some(), "{column}");
        }
    }
}
