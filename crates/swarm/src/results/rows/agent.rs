//! The agent, beside other agents.

use super::PartRows;
use crate::results::row::{Peer, Row};

pub static ROWS: PartRows = PartRows {
    title: "Agent",
    about: &[
        "Runs: {runs}, each with agents of its own, over one kept connection.",
        "There were {processes} processes, {idle_processes} of them started to be counted.",
        "The FastAPI client is bench/peer_agent.py: Python {python}, FastAPI, uvicorn and psutil, in a few lines.",
        "node_exporter with the same collectors has {collectors}; its default set reads no processes.",
        "Wake-ups are context switches of all threads while nobody asked for {idle_s} s.",
    ],
    sizes: &[("later_scrapes", 100_000.0)],
    rows: &[
        Row::new("memory after 1,000 scrapes", "MB", 2, "agent.rss_mb")
            .at_most(5.0)
            .beside(&[
                node_exporter("default set", "node_exporter.rss_mb"),
                fastapi("fastapi.rss_mb"),
            ]),
        Row::new("memory after 100,000 scrapes", "MB", 2, "later.rss_mb").at_most(5.0),
        Row::new("CPU a scrape, ?processes=0", "µs", 0, "agent_plain.cpu_us")
            .at_most(130.0)
            .beside(&[
                node_exporter("the same collectors", "node_exporter_same.cpu_us"),
                fastapi("fastapi_plain.cpu_us"),
            ]),
        Row::new(
            "CPU a scrape, with the top 20 processes",
            "µs",
            0,
            "agent_processes.cpu_us",
        )
        .at_most(900.0)
        .beside(&[
            node_exporter("default set", "node_exporter_default.cpu_us"),
            fastapi("fastapi_processes.cpu_us"),
        ]),
        Row::new("binary", "MB", 2, "agent.binary_mb")
            .at_most(3.0)
            .beside(&[node_exporter("", "node_exporter.binary_mb")]),
        Row::new("idle: wake-ups a minute", "", 1, "agent.idle_wakeups").beside(&[
            node_exporter("", "node_exporter.idle_wakeups"),
            fastapi("fastapi.idle_wakeups"),
        ]),
        Row::new("idle: CPU a minute", "µs", 0, "agent.idle_cpu_us").beside(&[
            node_exporter("", "node_exporter.idle_cpu_us"),
            fastapi("fastapi.idle_cpu_us"),
        ]),
    ],
    names: &[
        ("node_exporter", "node_exporter"),
        ("fastapi", "the FastAPI client"),
        ("agent", "the agent"),
    ],
};

const fn node_exporter(kind: &'static str, figure: &'static str) -> Peer {
    Peer {
        key: "node_exporter",
        name: "node_exporter",
        kind,
        figure,
    }
}

const fn fastapi(figure: &'static str) -> Peer {
    Peer {
        key: "fastapi",
        name: "FastAPI client",
        kind: "",
        figure,
    }
}
