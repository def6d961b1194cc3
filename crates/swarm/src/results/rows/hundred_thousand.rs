//! The server with 100,000 computers.

use super::PartRows;
use crate::results::row::Row;

pub static ROWS: PartRows = PartRows {
    title: "100,000 computers",
    about: &[
        "One run of {seconds} s after {warm_up} s of warm-up: {agents} computers, polled every {interval} s, simulated \
         on the same machine, which has {cores} cores for both.",
        "{large.turns} polls were due and {large.answers} samples were stored; {large.muster_polls_late_total} polls \
         started more than 1 s late, {large.muster_polls_skipped_total} were skipped and \
         {large.muster_polls_failed_total} failed.",
        "The limit was {descriptor_limit} file descriptors per process.",
    ],
    sizes: &[("agents", 100_000.0), ("interval", 30.0)],
    rows: &[
        Row::new("memory", "MB", 0, "large.rss_mb").at_most(1000.0),
        Row::new("peak memory", "MB", 0, "large.peak_mb"),
        Row::new("lateness, p50", "ms", 1, "large.p50_ms"),
        Row::new("lateness, p99", "ms", 1, "large.p99_ms"),
        Row::new("lateness, p99.9", "ms", 1, "large.p999_ms").at_most(1000.0),
        Row::new(
            "stored samples, share of the polls due",
            "%",
            2,
            "large.stored_percent",
        ),
        Row::new("CPU per stored poll", "µs", 0, "large.cpu_us"),
        Row::new("server CPU, cores", "", 2, "large.cpu_cores"),
        Row::new(
            "CPU of the simulated computers, cores",
            "",
            2,
            "large.swarm_cores",
        ),
        Row::new("file descriptors of the server", "", 0, "large.descriptors"),
        Row::new("written, bytes per sample", "", 0, "large.written_bytes"),
        Row::new("written, MB per second", "", 2, "large.written_mb_s"),
    ],
    names: &[("large", "100,000 computers")],
};
