//! Metrics for Prometheus: totals only, without names or ids of computers.

mod process;
mod text;

use super::App;
use crate::live::Latest;
use crate::poll::roll::BOUNDS_S;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use muster_store::{Condition, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use strum::IntoEnumIterator as _;
use text::Text;

/// Metrics in Prometheus' text format: totals only, without names or ids of computers
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "the metrics", content_type = "text/plain"))
)]
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = Text::default();
    let version = env!("CARGO_PKG_VERSION");
    text.info("muster_build_info", "The version.", "version", version);
    let ready = u64::from(app.find_problem().is_none());
    text.gauge(
        "muster_ready",
        "1 if computers are polled and samples can be stored, else 0.",
        ready,
    );
    add_polls(&mut text, &app);
    add_store(&mut text, &app).await;
    process::add_process_metrics(&mut text);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text.into_string()).into_response()
}

fn add_polls(text: &mut Text, app: &App) {
    let computers = app.live.all();
    let online = computers
        .iter()
        .filter(|latest| latest.state.status == Status::Online)
        .count();
    let offline = computers.len() - online;
    text.gauge(
        "muster_computers_online",
        "Computers that answer.",
        online as u64,
    );
    text.gauge(
        "muster_computers_offline",
        "Computers that do not answer.",
        offline as u64,
    );
    let conditions = Condition::iter().map(|condition| {
        let has = |latest: &&Arc<Latest>| latest.state.assessment.condition == condition;
        (
            condition.code(),
            computers.iter().filter(has).count() as u64,
        )
    });
    text.gauges(
        "muster_computers",
        "Computers by condition.",
        "condition",
        conditions,
    );
    text.gauge(
        "muster_blind",
        "1 while too many polls fail at once, so the server itself seems to be cut off.",
        u64::from(app.live.blind().is_some()),
    );
    let tally = &app.tally;
    let counts = [
        (
            "muster_polls_answered_total",
            "Polls that were answered.",
            &tally.answered,
        ),
        (
            "muster_polls_failed_total",
            "Polls that failed.",
            &tally.failed,
        ),
        (
            "muster_polls_late_total",
            "Polls that started more than a second late.",
            &tally.late,
        ),
        (
            "muster_polls_skipped_total",
            "Polls skipped because the previous one was still running.",
            &tally.skipped,
        ),
    ];
    for (name, help, count) in counts {
        text.counter(name, help, read(count));
    }
    text.histogram(
        "muster_poll_lateness_seconds",
        "How long after its due time each poll started, in seconds.",
        &BOUNDS_S,
        &tally.lateness.cumulative_counts(),
        tally.lateness.sum_s(),
    );
    let interval_s = app.interval.as_secs_f64();
    text.gauge(
        "muster_poll_interval_seconds",
        "Time between two polls of a computer, in seconds.",
        interval_s,
    );
}

async fn add_store(text: &mut Text, app: &App) {
    let recorder = &app.recorder;
    text.counter(
        "muster_samples_stored_total",
        "Samples stored.",
        recorder.stored(),
    );
    text.counter(
        "muster_samples_filled_in_total",
        "Samples of outages that were backfilled from agents.",
        app.filler.filled(),
    );
    text.counter(
        "muster_samples_sealed_total",
        "Samples sealed into chunks.",
        app.sealer.sealed(),
    );
    text.counter(
        "muster_samples_dropped_total",
        "Samples dropped because the database could not be written.",
        recorder.dropped(),
    );
    text.gauge(
        "muster_samples_waiting",
        "Samples waiting in memory to be stored.",
        recorder.waiting_count() as u64,
    );
    // If the database fails, muster_ready shows it; the other metrics are still sent.
    if let Ok(size) = app.store.size().await {
        text.gauge(
            "muster_database_bytes",
            "Size of the database in bytes, without its write-ahead log.",
            size.bytes,
        );
    }
    if let Ok(Some(ms)) = app.backups.last_backup_ms().await {
        text.gauge(
            "muster_last_backup_timestamp_seconds",
            "When the last verified backup was made, in Unix seconds.",
            std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64(),
        );
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
