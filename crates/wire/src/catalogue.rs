//! The catalogue of series: the only definition of each name, its labels, unit and kind.
//!
//! The agent names series by the constants here, the server sends labels and units with `/api/series`, and the
//! page shows those. A series without a row is stored and drawn all the same, under its own name.

/// Whether a series goes up and down, or only up until it is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Up and down.
    Gauge,
    /// Only up, until the computer restarts.
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

/// One text in each language of the dashboard.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// English.
    pub en: &'static str,
    /// German.
    pub de: &'static str,
}

/// A row of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name of the series, without an instance.
    pub name: &'static str,
    /// What people call it.
    pub label: Label,
    /// `%`, `B`, `B/s`, `s`, or nothing.
    pub unit: &'static str,
    /// Gauge or counter.
    pub kind: Kind,
}

/// Seconds since the computer started.
pub const UPTIME: &str = "uptime.seconds";
/// Load averages of one, five and fifteen minutes.
pub const LOADS: [&str; 3] = [LOAD_1M, "load.5m", "load.15m"];
/// Load average of one minute.
pub const LOAD_1M: &str = "load.1m";
/// Size of the swap space in bytes.
pub const SWAP_TOTAL: &str = "swap.total_bytes";
/// Used swap space in bytes.
pub const SWAP_USED: &str = "swap.used_bytes";
/// Number of logical processors.
pub const CPU_COUNT: &str = "cpu.count";
/// CPU use of a core in per cent; the instance is its number.
pub const CPU_CORE: &str = "cpu.core.percent";
/// Size of a disk in bytes; the instance is its mount point.
pub const DISK_TOTAL: &str = "disk.total_bytes";
/// Used bytes of a disk; the instance is its mount point.
pub const DISK_USED: &str = "disk.used_bytes";
/// Bytes of a disk that unprivileged programs can still use; the instance is its mount point.
pub const DISK_FREE: &str = "disk.free_bytes";
/// Bytes sent over an interface; the instance is its name.
pub const NETWORK_SENT: &str = "network.sent_bytes";
/// Bytes received over an interface; the instance is its name.
pub const NETWORK_RECEIVED: &str = "network.recv_bytes";
/// Is 1 in samples that were backfilled from readings that an agent kept. Set by the server.
pub const FILLED_IN: &str = "sample.filled_in";

/// The name of a series with an instance: `disk.used_bytes:/data`.
#[must_use]
pub fn with_instance(name: &str, instance: impl std::fmt::Display) -> String {
    format!("{name}:{instance}")
}

const fn gauge(
    name: &'static str,
    en: &'static str,
    de: &'static str,
    unit: &'static str,
) -> Metric {
    let (label, kind) = (Label { en, de }, Kind::Gauge);
    Metric {
        name,
        label,
        unit,
        kind,
    }
}

const fn counter(name: &'static str, en: &'static str, de: &'static str) -> Metric {
    let (label, kind, unit) = (Label { en, de }, Kind::Counter, "B");
    Metric {
        name,
        label,
        unit,
        kind,
    }
}

/// All rows: the columns of a sample, then the series.
#[rustfmt::skip]
pub const METRICS: &[Metric] = &[
    gauge("cpu_percent", "CPU", "CPU", "%"),
    gauge("memory_total", "Memory, size", "Speicher, Größe", "B"),
    gauge("memory_used", "Memory, used", "Speicher, belegt", "B"),
    gauge("memory_percent", "Memory", "Speicher", "%"),
    gauge("disk_total", "Disk, size", "Platte, Größe", "B"),
    gauge("disk_used", "Disk, used", "Platte, belegt", "B"),
    gauge("disk_percent", "Disk", "Platte", "%"),
    counter("network_bytes_sent", "Network, total sent", "Netz, insgesamt gesendet"),
    counter("network_bytes_recv", "Network, total received", "Netz, insgesamt empfangen"),
    gauge("network_sent_per_sec", "Network, sent", "Netz, gesendet", "B/s"),
    gauge("network_recv_per_sec", "Network, received", "Netz, empfangen", "B/s"),
    gauge(UPTIME, "Uptime", "Laufzeit", "s"),
    gauge(LOADS[0], "Load, 1 minute", "Last, 1 Minute", ""),
    gauge(LOADS[1], "Load, 5 minutes", "Last, 5 Minuten", ""),
    gauge(LOADS[2], "Load, 15 minutes", "Last, 15 Minuten", ""),
    gauge(SWAP_TOTAL, "Swap, size", "Swap, Größe", "B"),
    gauge(SWAP_USED, "Swap, used", "Swap, belegt", "B"),
    gauge(CPU_COUNT, "Number of CPUs", "Anzahl der CPUs", ""),
    gauge(CPU_CORE, "CPU core", "CPU-Kern", "%"),
    gauge(DISK_TOTAL, "Disk, size", "Platte, Größe", "B"),
    gauge(DISK_USED, "Disk, used", "Platte, belegt", "B"),
    gauge(DISK_FREE, "Disk, free", "Platte, frei", "B"),
    counter(NETWORK_SENT, "Network, sent", "Netz, gesendet"),
    counter(NETWORK_RECEIVED, "Network, received", "Netz, empfangen"),
    gauge(FILLED_IN, "Backfilled", "Nachgetragen", ""),
];

/// The row of a series and its instance: of `disk.used_bytes:/data` the row of `disk.used_bytes`, and `/data`.
#[must_use]
pub fn find_metric(series: &str) -> (Option<&'static Metric>, Option<&str>) {
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
        let (metric, instance) = find_metric("disk.used_bytes:/data:x");
        let found = (metric.unwrap().name, instance);
        assert_eq!(found, (DISK_USED, Some("/data:x")));
        assert!(find_metric("fan.rpm:1").0.is_none());
        assert_eq!(with_instance(DISK_USED, "/"), "disk.used_bytes:/");
    }

    #[test]
    fn each_name_has_one_row_with_a_label_in_each_language() {
        let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for Metric { name, label, .. } in METRICS {
            assert!(!label.en.is_empty() && !label.de.is_empty(), "{name}");
        }
    }
}
