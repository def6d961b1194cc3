//! Bytes a number.

use super::verdict;
use crate::figures::{Figures, shown, whole};
use crate::table::Table;

const FOLLOWING: f64 = 1.0;
const STORED: f64 = 1.3;
/// How something is kept: the figures' name, whose it is where that is a peer, and what it is called.
type Row = (
    &'static str,
    Option<(&'static str, &'static str)>,
    &'static str,
    Option<f64>,
);
const PROMETHEUS: Option<(&str, &str)> = Some(("prometheus", "Prometheus"));
const VICTORIA: Option<(&str, &str)> = Some(("victoria", "VictoriaMetrics"));
const DAY: [Row; 7] = [
    (
        "derived",
        None,
        "Muster, rates that follow from the counters",
        Some(FOLLOWING),
    ),
    (
        "clocked",
        None,
        "Muster, rates by the agent's own clock",
        Some(STORED),
    ),
    ("flask", None, "Flask server, rows", None),
    ("prometheus", PROMETHEUS, "", None),
    (
        "prometheus_even",
        PROMETHEUS,
        ", moments on an even grid",
        None,
    ),
    ("victoria", VICTORIA, "", None),
    ("victoria_even", VICTORIA, ", moments on an even grid", None),
];
const YEAR: [Row; 3] = [
    ("derived", None, "Muster", Some(FOLLOWING)),
    ("prometheus", PROMETHEUS, "", None),
    ("victoria", VICTORIA, "", None),
];

pub fn day(figures: &Figures) -> String {
    let number = |name: &str| whole(figures.number(name));
    format!(
        "## A fleet's day\n\n\
         {} computers, {} samples with {} numbers in them: a moment is none, and a missing value neither. Bytes \
         are those of the whole file after the server sealed it and stopped, each computer's newest sample as a row \
         included (it takes {} bytes of the disk; an empty database has {}). Of Prometheus they are those of its \
         compacted block, of VictoriaMetrics those of data and index after a forced merge. Everybody has the same \
         moments, in milliseconds; on an even grid, which a server has that dates samples by its schedule, they \
         take less.\n\n{}",
        number("day.computers"),
        number("day.derived.samples"),
        number("day.derived.numbers"),
        number("day.derived.disk_bytes"),
        number("empty.bytes"),
        table(figures, "day", &DAY)
    )
}

pub fn year(figures: &Figures) -> String {
    format!(
        "## A year of one computer\n\n{} samples with {} numbers in them.\n\n{}",
        whole(figures.number("year.derived.samples")),
        whole(figures.number("year.derived.numbers")),
        table(figures, "year", &YEAR)
    )
}

fn table(figures: &Figures, span: &str, rows: &[Row]) -> String {
    let mut table = Table::new(["kept by", "bytes", "a number", "times Muster's", "target"]);
    for &(key, peer, name, target) in rows {
        match peer.map_or(Ok(String::new()), |(key, name)| figures.peer(key, name)) {
            Ok(peer) => table.row(row(figures, &format!("{span}.{key}"), peer + name, target)),
            // Once is enough.
            Err(reason) if name.is_empty() => table.none(reason),
            Err(_) => {}
        }
    }
    table.render()
}

fn row(figures: &Figures, key: &str, name: String, target: Option<f64>) -> [String; 5] {
    let span = key.split('.').next().unwrap_or(key);
    let bytes = format!("{key}.bytes");
    let own = format!("{key}.numbers");
    // Who did not count has the same samples.
    let numbers = if figures.text(&own).is_some() {
        own
    } else {
        format!("{span}.derived.numbers")
    };
    let a_number = figures.ratio(&bytes, &numbers);
    let verdict = a_number
        .zip(target)
        .map(|(value, target)| verdict(value, target));
    let times = figures.ratio(&bytes, &format!("{span}.derived.bytes"));
    [
        name,
        whole(figures.number(&bytes)),
        shown(a_number, 3),
        shown(times, 1),
        verdict.unwrap_or_default(),
    ]
}

pub fn shapes(figures: &Figures) -> String {
    let head = [
        "data",
        "seed",
        "rates follow",
        "rates stored",
        "≤ 1.0",
        "≤ 1.3",
    ];
    let mut table = Table::new(head);
    let mut cases = figures.between("shape.", ".derived.bytes");
    cases.sort_by_key(|case| place(case));
    for case in cases {
        let (shape, seed) = case.split_once('.').unwrap_or((&case, ""));
        let of = |rates: &str| {
            let start = format!("shape.{case}.{rates}");
            figures.ratio(&format!("{start}.bytes"), &format!("{start}.numbers"))
        };
        let (derived, clocked) = (of("derived"), of("clocked"));
        table.row([
            shape.to_owned(),
            seed.to_owned(),
            shown(derived, 3),
            shown(clocked, 3),
            word(derived, FOLLOWING),
            word(clocked, STORED),
        ]);
    }
    format!(
        "## Other data\n\n\
         Bytes a number, of the whole file, for a day of {} computers; none of these seeds is above.\n\n{}",
        whole(figures.number("shape.computers")),
        table.render()
    )
}

/// In the order in which they are told of elsewhere.
fn place(case: &str) -> (usize, String) {
    let order = ["usual", "idle", "noisy", "constant", "resets", "sixty"];
    let place = order.iter().position(|shape| case.starts_with(shape));
    (place.unwrap_or(order.len()), case.to_owned())
}

fn word(value: Option<f64>, at_most: f64) -> String {
    value
        .map_or("-", |value| if value <= at_most { "met" } else { "MISSED" })
        .to_owned()
}
