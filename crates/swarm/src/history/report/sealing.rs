//! What sealing costs.

use crate::figures::{Figures, shown, whole};
use crate::history::made::DAY_SAMPLES;
use crate::table::Table;

pub fn sealing(figures: &Figures) -> String {
    let head = [
        "sealing",
        "days of a computer a second",
        "CPU ms a day",
        "written, bytes a sample",
    ];
    let mut table = Table::new(head);
    let rows = [
        ("the server, with its pauses", "sealing", "server"),
        ("the store alone", "direct", "seal"),
        (
            "the store alone, a year of one computer",
            "year.derived",
            "seal",
        ),
    ];
    for (name, key, who) in rows {
        let ratio =
            |of: &str, to: &str| figures.ratio(&format!("{key}.{of}"), &format!("{key}.{to}"));
        let speed = ratio("days", &format!("{who}_s"));
        let cpu_ms = ratio(&format!("{who}_cpu_ms"), "days");
        let written = ratio(&format!("{who}_written"), "sealed");
        table.row([
            name.to_owned(),
            shown(speed, 1),
            shown(cpu_ms, 1),
            whole(written),
        ]);
    }
    format!(
        "## Sealing\n\n\
         A day is {} samples of 11 numbers each, its rows among those of all other computers, but for the \
         year, whose rows lie together. The server's figures count from its start. At that speed it keeps up with {} \
         computers.\n\n{}",
        whole(Some(DAY_SAMPLES as f64)),
        whole(
            figures
                .ratio("sealing.days", "sealing.server_s")
                .map(|days| days * 86_400.0)
        ),
        table.render()
    )
}
