//! The contents of each part: the rows of its table with their budgets, and the text above the table.

mod agent;
mod hundred_thousand;
mod server;
mod web;

use super::row::{Peer, Row};

/// Sentences, in which `{name}` stands for a figure.
pub type About = &'static [&'static str];

/// A part's section.
pub struct PartRows {
    pub title: &'static str,
    pub about: About,
    /// The sizes that the budgets are for, by figure. Budgets do not apply to measurements at other sizes.
    pub sizes: &'static [(&'static str, f64)],
    pub rows: &'static [Row],
    /// Names of measurements that may be missing, by key.
    pub names: &'static [(&'static str, &'static str)],
}

/// Each part, by the name of its file of figures, which is also part of its make target.
pub const fn parts() -> [(&'static str, &'static PartRows); 5] {
    [
        ("agent", &agent::ROWS),
        ("server", &server::ROWS),
        ("history", &HISTORY),
        ("web", &web::ROWS),
        ("100k", &hundred_thousand::ROWS),
    ]
}

const fn prometheus(figure: &'static str) -> Peer {
    Peer {
        key: "prometheus",
        name: "Prometheus",
        kind: "",
        figure,
    }
}

const fn victoria(figure: &'static str) -> Peer {
    Peer {
        key: "victoria",
        name: "VictoriaMetrics",
        kind: "",
        figure,
    }
}

static HISTORY: PartRows = PartRows {
    title: "History",
    about: &["RESULTS-history.md has all of it."],
    sizes: &[
        ("day.computers", 100.0),
        ("year.derived.samples", 1_051_200.0),
    ],
    rows: &[
        Row::new(
            "stored bytes per number, one day of a fleet",
            "",
            3,
            "day.derived.a_number",
        )
        .at_most(1.0)
        .beside(&[
            victoria("day.victoria.a_number"),
            prometheus("day.prometheus.a_number"),
            Peer {
                key: "flask",
                name: "Flask server",
                kind: "rows",
                figure: "day.flask.a_number",
            },
        ]),
        Row::new(
            "chart of a year, 1,000 points: cpu_percent",
            "ms",
            2,
            "chart.muster.cpu.median_ms",
        )
        .at_most(8.0)
        .beside(&CHART_PEERS),
        Row::new(
            "chart of a year, 1,000 points: memory_used",
            "ms",
            2,
            "chart.muster.memory.median_ms",
        )
        .at_most(8.0),
        Row::new(
            "chart of a year, 1,000 points: network_sent_per_sec",
            "ms",
            2,
            "chart.muster.rate.median_ms",
        )
        .at_most(8.0),
    ],
    names: &[
        ("prometheus", "Prometheus"),
        ("victoria", "VictoriaMetrics"),
    ],
};

/// Peers compute one aggregate, Muster four.
static CHART_PEERS: [Peer; 2] = [
    victoria("chart.victoria.avg.median_ms"),
    prometheus("chart.prometheus.avg.median_ms"),
];
