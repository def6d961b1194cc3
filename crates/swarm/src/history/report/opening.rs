//! Opening a database with a year of history of a hundred computers.

use crate::figures::{Figures, format_number, format_whole};
use crate::table::Table;

pub fn format_opening(figures: &Figures) -> String {
    let mut table = Table::new(["measurement", "file cached", "file not cached"]);
    let rows = [
        ("from start to first answer, ms", "healthz_ms", 1.0),
        ("from start to first chart of a year, ms", "chart_ms", 1.0),
        (
            "first chart of a year per computer: median, ms",
            "median_ms",
            1.0,
        ),
        ("the same: slowest, ms", "max_ms", 1.0),
        ("memory afterwards, MB", "rss_kib", 1024.0 / 1e6),
        ("peak memory, MB", "peak_kib", 1024.0 / 1e6),
    ];
    for (name, what, unit) in rows {
        let cell = |when: &str| {
            let value = figures.number(&format!("hundred.{when}.{what}"));
            format_number(value.map(|value| value * unit), 1)
        };
        table.add_row([name.to_owned(), cell("warm"), cell("cold")]);
    }
    format!(
        "## Opening a database with a year of history\n\n\
         {} computers, {} bytes; a chart of the year is requested of {} computers.\n\n{}",
        format_whole(figures.number("hundred.computers")),
        format_whole(figures.number("hundred.bytes")),
        format_whole(figures.number("hundred.warm.charts")),
        table.render()
    )
}
