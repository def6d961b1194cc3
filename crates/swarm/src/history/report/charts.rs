//! A year as a chart.

use super::verdict;
use crate::figures::{Figures, shown, whole};
use crate::table::Table;

const TARGET_MS: f64 = 8.0;
const MUSTER: &str = "chart.muster.cpu.median_ms";
const ALL_FOUR: &str = "min, avg, max, count";

type Row = (&'static str, &'static str, &'static str, &'static str);
const OURS: [Row; 4] = [
    ("muster.cpu", "Muster", "cpu_percent", ALL_FOUR),
    ("muster.memory", "Muster", "memory_used", ALL_FOUR),
    ("muster.rate", "Muster", "network_sent_per_sec", ALL_FOUR),
    ("muster.five", "Muster", "five series at once", ALL_FOUR),
];
const PEERS: [Row; 3] = [
    ("victoria.avg", "VictoriaMetrics", "cpu_percent", "avg"),
    (
        "victoria.rollup",
        "VictoriaMetrics",
        "cpu_percent",
        "min, avg, max",
    ),
    ("prometheus.avg", "Prometheus", "cpu_percent", "avg"),
];

pub fn year(figures: &Figures) -> String {
    let head = [
        "server, series, aggregates",
        "median ms",
        "min",
        "p95",
        "CPU ms",
        "times Muster's",
        "target",
    ];
    let mut table = Table::new(head);
    for (key, name, series, aggregates) in OURS {
        let target = (key != "muster.five").then_some(TARGET_MS);
        table.row(row(
            figures,
            key,
            format!("{name}, {series}: {aggregates}"),
            target,
        ));
    }
    for (key, name, series, aggregates) in PEERS {
        match figures.peer(key.split('.').next().unwrap_or(key), name) {
            Ok(name) => table.row(row(
                figures,
                key,
                format!("{name}, {series}: {aggregates}"),
                None,
            )),
            Err(reason) => table.none(reason),
        }
    }
    format!("{}{}\n{}", about(figures), table.render(), twice(figures))
}

fn row(figures: &Figures, key: &str, name: String, target: Option<f64>) -> [String; 7] {
    let runs = |what: &str| figures.runs(&format!("chart.{key}.{what}"));
    let figure = |what: &str| runs(what).map(|runs| runs.median);
    let median = figure("median_ms");
    let verdict = median
        .zip(target)
        .map(|(value, target)| verdict(value, target));
    [
        name,
        shown(median, 2),
        shown(runs("min_ms").map(|runs| runs.least), 2),
        shown(figure("p95_ms"), 2),
        shown(figure("cpu_ms"), 2),
        shown(figures.ratio(&format!("chart.{key}.median_ms"), MUSTER), 1),
        verdict.unwrap_or_default(),
    ]
}

fn about(figures: &Figures) -> String {
    format!(
        "## A year as a chart\n\n\
         One computer, {} samples, {} points, over one kept connection, {} times after a warm-up: medians of {} such \
         runs, each a start of its own and everybody's in turn; VictoriaMetrics as it is after an import, when it \
         is fastest. Nobody answers from a cache of answers; everybody's files are in the page cache.\n\n",
        whole(figures.number("year.derived.samples")),
        whole(figures.number("chart.muster.cpu.points")),
        whole(figures.number("chart.count")),
        figures.runs(MUSTER).map_or(0, |runs| runs.count)
    )
}

fn twice(figures: &Figures) -> String {
    let Some(times) = figures.ratio("chart.victoria.avg.median_ms", MUSTER) else {
        return "Whether it is twice as fast as VictoriaMetrics was not measured.\n".to_owned();
    };
    let word = if times >= 2.0 { "met" } else { "MISSED" };
    format!(
        "All four aggregates {times:.1} times as fast as VictoriaMetrics has one (target: 2.0 times): {word}.\n"
    )
}
