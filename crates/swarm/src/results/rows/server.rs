//! The server at ten thousand computers, beside servers that scrape as many.

use super::{PartRows, prometheus, victoria};
use crate::results::row::Row;

pub static ROWS: PartRows = PartRows {
    title: "Server",
    about: &[
        "Runs: {runs} of the plain server, each a start of its own, and {runs} of each other one and of each peer, one \
         behind the other in one start; of {seconds} s each after {warm_up} s to warm up: {agents} computers at \
         {interval} s, each at a loopback address and connection of its own, simulated on the same machine.",
        "Everybody is asked for the same numbers, Muster for the top 20 processes beside them: {muster_bytes} bytes \
         an answer of JSON, {peer_bytes} of Prometheus' text.",
        "Memory is what is resident (VmRSS), a MB a million bytes; of the plain server {past_computers} computers \
         have a day behind them.",
        "Who is due within a tenth of a second is called together: that is most of the lateness. Lateness is from \
         a computer's turn to its stored answer, less that of the quickest; the server itself counted \
         {server.muster_polls_late_total} calls that began more than 1 s late. A restart is counted from when the \
         server was told to stop.",
        "A server that has just begun seals nothing yet: no sealing is in these bytes, nor what the peers write \
         when they compact. A steady hour is the last of {hours} of the store alone, at full speed: as much is sealed in \
         it, and as much gives way, as is stored.",
        "{faulty_percent} % faulty: {faulty_agents} of the computers fail in every way that muster-swarm knows, and \
         lateness is that of the healthy ones.",
        "Reads under load: {dashboards} streams of updates, gzip, while {overviews} overviews a second (gzip, \
         {load.overview.bytes} bytes) and {charts} charts a second (24 hours of one series of one of \
         {past_computers} computers as {points} points) are asked for, for {load_s} s, each at its moment and over \
         kept connections; the time is the clock's, until the answer is there whole.",
    ],
    sizes: &[("agents", 10_000.0), ("interval", 30.0)],
    rows: &[
        Row::new("CPU a stored poll", "µs", 0, "server.cpu_us")
            .at_most(100.0)
            .beside(&[victoria("victoria.cpu_us"), prometheus("prometheus.cpu_us")]),
        Row::new("memory", "MB", 0, "server.rss_mb")
            .at_most(120.0)
            .beside(&[victoria("victoria.rss_mb"), prometheus("prometheus.rss_mb")]),
        Row::new("most memory", "MB", 0, "server.peak_mb").beside(&[
            victoria("victoria.peak_mb"),
            prometheus("prometheus.peak_mb"),
        ]),
        Row::new("written, bytes a sample", "", 0, "server.written_bytes")
            .at_most(1000.0)
            .beside(&[
                victoria("victoria.written_bytes"),
                prometheus("prometheus.written_bytes"),
            ]),
        Row::new(
            "steady hour: written, bytes a sample",
            "",
            0,
            "steady.written_bytes",
        )
        .at_most(1000.0),
        Row::new(
            "steady hour: CPU to store a sample",
            "µs",
            1,
            "steady.record_us",
        ),
        Row::new(
            "steady hour: CPU to seal a sample",
            "µs",
            1,
            "steady.seal_us",
        ),
        Row::new("lateness, p50", "ms", 1, "server.p50_ms"),
        Row::new("lateness, p99", "ms", 1, "server.p99_ms"),
        Row::new("lateness, p99.9", "ms", 1, "server.p999_ms").at_most(1000.0),
        Row::new("lateness, longest", "ms", 1, "server.max_ms"),
        Row::new(
            "restart to a complete dashboard",
            "s",
            1,
            "restart.complete_s",
        )
        .at_most(30.0),
        Row::new("TLS: CPU a stored poll", "µs", 0, "tls.cpu_us").at_most(100.0),
        Row::new("TLS: memory", "MB", 0, "tls.rss_mb").at_most(120.0),
        Row::new("TLS: lateness, p99.9", "ms", 1, "tls.p999_ms").at_most(1000.0),
        Row::new("faulty: memory, times that without", "", 2, "faulty.memory").at_most(1.5),
        Row::new(
            "faulty: healthy ones' lateness, p99",
            "ms",
            1,
            "faulty.p99_ms",
        ),
        Row::new(
            "faulty: healthy ones' lateness, p99.9",
            "ms",
            1,
            "faulty.p999_ms",
        )
        .at_most(1000.0),
        Row::new("faulty: CPU a stored poll", "µs", 0, "faulty.cpu_us"),
        Row::new("load: overview, p50", "ms", 1, "load.overview.p50_ms"),
        Row::new("load: overview, p99", "ms", 1, "load.overview.p99_ms").at_most(50.0),
        Row::new("load: chart of 24 hours, p50", "ms", 1, "load.chart.p50_ms"),
        Row::new("load: chart of 24 hours, p99", "ms", 1, "load.chart.p99_ms").at_most(30.0),
        Row::new("load: the server's CPU, cores", "", 2, "load.cpu_cores"),
    ],
    names: &[
        ("prometheus", "Prometheus"),
        ("victoria", "VictoriaMetrics"),
        ("plain", "the server"),
        ("tls", "TLS"),
        ("faulty", "faulty computers"),
        ("load", "reads under load"),
        ("steady", "a steady hour"),
    ],
};
