//! The server with 10,000 computers, compared with servers that scrape as many.

use super::{PartRows, prometheus, victoria};
use crate::results::row::Row;

pub static ROWS: PartRows = PartRows {
    title: "Server",
    about: &[
        "{agents} computers are polled every {interval} s, each at its own loopback address and over its own \
         connection, simulated on the same machine. A run lasts {seconds} s after {warm_up} s of warm-up. The plain \
         server has {runs} runs, each after a new start; the other servers and the peers have {runs} runs in a row \
         after one start.",
        "All servers fetch the same numbers, and Muster fetches the top 20 processes too: {muster_bytes} bytes of JSON \
         per answer for Muster, {peer_bytes} bytes of Prometheus' text for the peers.",
        "Memory is resident memory (VmRSS) in millions of bytes; in the plain server's database {past_computers} \
         computers have a day of history.",
        "Lateness is the time from the moment a computer's poll is due to its stored answer, minus that of the \
         quickest. Most of it comes from grouping: the server polls together what is due within a tenth of a second. \
         The server itself counted {server.muster_polls_late_total} polls that started more than 1 s late. A \
         restart counts from the moment the server is told to stop.",
        "A newly started server does not seal yet, so the bytes written include no sealing, and no compaction by the \
         peers. The steady hour is the last of {hours} of the store alone at full speed: in it as many samples are \
         sealed, and as many sealed rows replaced, as new samples are stored.",
        "Faulty: {faulty_agents} computers ({faulty_percent} %) fail in all the ways that muster-swarm knows; the \
         lateness is that of the healthy ones.",
        "Load: {dashboards} streams of updates (gzip) stay open for {load_s} s, with {overviews} overviews per second \
         (gzip, {load.overview.bytes} bytes) and {charts} charts per second (24 hours of one series of one of \
         {past_computers} computers as {points} points), sent at a steady rate over kept connections. A response \
         time runs until the whole answer has arrived.",
    ],
    sizes: &[("agents", 10_000.0), ("interval", 30.0)],
    rows: &[
        Row::new("CPU per stored poll", "µs", 0, "server.cpu_us")
            .at_most(100.0)
            .beside(&[victoria("victoria.cpu_us"), prometheus("prometheus.cpu_us")]),
        Row::new("memory", "MB", 0, "server.rss_mb")
            .at_most(120.0)
            .beside(&[victoria("victoria.rss_mb"), prometheus("prometheus.rss_mb")]),
        Row::new("peak memory", "MB", 0, "server.peak_mb").beside(&[
            victoria("victoria.peak_mb"),
            prometheus("prometheus.peak_mb"),
        ]),
        Row::new("written, bytes per sample", "", 0, "server.written_bytes")
            .at_most(1000.0)
            .beside(&[
                victoria("victoria.written_bytes"),
                prometheus("prometheus.written_bytes"),
            ]),
        Row::new(
            "steady hour: written, bytes per sample",
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
        Row::new("lateness, maximum", "ms", 1, "server.max_ms"),
        Row::new(
            "from restart to complete dashboard",
            "s",
            1,
            "restart.complete_s",
        )
        .at_most(30.0),
        Row::new("TLS: CPU per stored poll", "µs", 0, "tls.cpu_us").at_most(100.0),
        Row::new("TLS: memory", "MB", 0, "tls.rss_mb").at_most(120.0),
        Row::new("TLS: lateness, p99.9", "ms", 1, "tls.p999_ms").at_most(1000.0),
        Row::new("faulty: memory, ratio to without", "", 2, "faulty.memory").at_most(1.5),
        Row::new(
            "faulty: lateness of healthy computers, p99",
            "ms",
            1,
            "faulty.p99_ms",
        ),
        Row::new(
            "faulty: lateness of healthy computers, p99.9",
            "ms",
            1,
            "faulty.p999_ms",
        )
        .at_most(1000.0),
        Row::new("faulty: CPU per stored poll", "µs", 0, "faulty.cpu_us"),
        Row::new("load: overview, p50", "ms", 1, "load.overview.p50_ms"),
        Row::new("load: overview, p99", "ms", 1, "load.overview.p99_ms").at_most(50.0),
        Row::new("load: chart of 24 hours, p50", "ms", 1, "load.chart.p50_ms"),
        Row::new("load: chart of 24 hours, p99", "ms", 1, "load.chart.p99_ms").at_most(30.0),
        Row::new("load: server CPU, cores", "", 2, "load.cpu_cores"),
    ],
    names: &[
        ("prometheus", "Prometheus"),
        ("victoria", "VictoriaMetrics"),
        ("plain", "the server"),
        ("tls", "TLS"),
        ("faulty", "faulty computers"),
        ("load", "the load of dashboards"),
        ("steady", "the steady hour"),
    ],
};
