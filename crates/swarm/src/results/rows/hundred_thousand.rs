//! The server at ten times as many.

use super::PartRows;
use crate::results::row::Row;

pub static ROWS: PartRows = PartRows {
    title: "A hundred thousand",
    about: &[
        "One run of {seconds} s after {warm_up} s to warm up: {agents} computers at {interval} s, simulated on the \
         same machine, which has {cores} cores for both.",
        "Of {large.turns} turns {large.answers} were stored; {large.muster_polls_late_total} calls began more than \
         1 s late, {large.muster_polls_skipped_total} were left out and {large.muster_polls_failed_total} failed.",
        "A process may have {descriptor_limit} descriptors here.",
    ],
    sizes: &[("agents", 100_000.0), ("interval", 30.0)],
    rows: &[
        Row::new("memory", "MB", 0, "large.rss_mb").at_most(1000.0),
        Row::new("most memory", "MB", 0, "large.peak_mb"),
        Row::new("lateness, p50", "ms", 1, "large.p50_ms"),
        Row::new("lateness, p99", "ms", 1, "large.p99_ms"),
        Row::new("lateness, p99.9", "ms", 1, "large.p999_ms").at_most(1000.0),
        Row::new("stored, share of the turns", "%", 2, "large.stored_percent"),
        Row::new("CPU a stored poll", "µs", 0, "large.cpu_us"),
        Row::new("CPU of the server, cores", "", 2, "large.cpu_cores"),
        Row::new(
            "CPU of the simulated computers, cores",
            "",
            2,
            "large.swarm_cores",
        ),
        Row::new("descriptors of the server", "", 0, "large.descriptors"),
        Row::new("written, bytes a sample", "", 0, "large.written_bytes"),
        Row::new("written, MB a second", "", 2, "large.written_mb_s"),
    ],
    names: &[("large", "a hundred thousand computers")],
};
