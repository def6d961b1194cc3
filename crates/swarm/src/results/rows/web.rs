//! The dashboard's first page.

use super::PartRows;
use crate::results::row::Row;

pub static ROWS: PartRows = PartRows {
    title: "Dashboard",
    about: &[
        "{runs} runs in {browser}, signed in, with an empty cache: {agents} computers, polled every {interval} s.",
        "The size of the page covers everything but data that is loaded until the first rows are painted \
         ({page.requests} answers: {page.kinds}), in bytes on the wire, headers included. The first useful paint is \
         the one with the first rows of the table.",
    ],
    sizes: &[("agents", 10_000.0)],
    rows: &[
        Row::new("first page over the wire, gzip", "kB", 1, "page.kb").at_most(90.0),
        Row::new("data of all computers, gzip", "kB", 1, "page.data_kb"),
        Row::new("first paint", "ms", 0, "page.first_paint_ms"),
        Row::new("first useful paint", "ms", 0, "page.useful_ms").at_most(1000.0),
    ],
    names: &[("web", "the dashboard")],
};
