//! The agent, compared with other agents.

use super::PartRows;
use crate::results::row::{Peer, Row};

pub static ROWS: PartRows = PartRows {
    title: "Agent",
    about: &[
        "{runs} runs, each with new agents, over one kept connection.",
        "The computer ran {processes} processes, {idle_processes} of them started for this test.",
        "The FastAPI client is bench/peer_agent.py: a few lines of Python {python} with FastAPI, uvicorn and psutil.",
        "\"The same collectors\" of node_exporter are {collectors}; its default set does not read processes.",
        "Wake-ups are the voluntary context switches of all threads in {idle_s} s without a request.",
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
        Row::new(
            "CPU per scrape, ?processes=0",
            "µs",
            0,
            "agent_plain.cpu_us",
        )
        .at_most(130.0)
        .beside(&[
            node_exporter("the same collectors", "node_exporter_same.cpu_us"),
            fastapi("fastapi_plain.cpu_us"),
        ]),
        Row::new(
            "CPU per scrape, with the top 20 processes",
            "µs",
            0,
            "agent_processes.cpu_us",
        )
        .at_most(900.0)
        .beside(&[
            node_exporter("default set", "node_exporter_default.cpu_us"),
            fastapi("fastapi_processes.cpu_us"),
        ]),
        Row::new("size of the binary", "MB", 2, "agent.binary_mb")
            .at_most(3.0)
            .beside(&[node_exporter("", "node_exporter.binary_mb")]),
        Row::new("idle: wake-ups per minute", "", 1, "agent.idle_wakeups").beside(&[
            node_exporter("", "node_exporter.idle_wakeups"),
            fastapi("fastapi.idle_wakeups"),
        ]),
        Row::new("idle: CPU per minute", "µs", 0, "agent.idle_cpu_us").beside(&[
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
