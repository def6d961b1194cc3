//! What the server counts, for Prometheus: sums alone, no computer's name or number.

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

/// What the server counts, in Prometheus' text format: sums alone, no computer's name or number
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
        "1 where the roll is called and samples can be stored, else 0.",
        ready,
    );
    add_roll(&mut text, &app);
    add_store(&mut text, &app).await;
    process::add(&mut text);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text.finished()).into_response()
}

fn add_roll(text: &mut Text, app: &App) {
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
        "1 while so many computers fail at once that it is this server that cannot see them.",
        u64::from(app.live.blind().is_some()),
    );
    let tally = &app.tally;
    let counts = [
        (
            "muster_polls_answered_total",
            "Calls that were answered.",
            &tally.answered,
        ),
        (
            "muster_polls_failed_total",
            "Calls that were not answered.",
            &tally.failed,
        ),
        (
            "muster_polls_late_total",
            "Calls that began more than a second late.",
            &tally.late,
        ),
        (
            "muster_polls_skipped_total",
            "Calls left out since the last was still under way.",
            &tally.skipped,
        ),
    ];
    for (name, help, count) in counts {
        text.counter(name, help, read(count));
    }
    text.histogram(
        "muster_poll_lateness_seconds",
        "How long after they were due calls began.",
        &BOUNDS_S,
        &tally.lateness.cumulative_counts(),
        tally.lateness.sum_s(),
    );
    let interval_s = app.interval.as_secs_f64();
    text.gauge(
        "muster_poll_interval_seconds",
        "From one call of a computer to the next.",
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
        "Samples of an outage that agents had kept.",
        app.filler.filled(),
    );
    text.counter(
        "muster_samples_sealed_total",
        "Samples that became chunks.",
        app.sealer.sealed(),
    );
    text.counter(
        "muster_samples_dropped_total",
        "Samples given up since the database could not be written.",
        recorder.dropped(),
    );
    text.gauge(
        "muster_samples_waiting",
        "Samples that wait in memory to be stored.",
        recorder.waiting_count() as u64,
    );
    // A database that says nothing is told of by muster_ready; the other numbers are told all the same.
    if let Ok(size) = app.store.size().await {
        text.gauge(
            "muster_database_bytes",
            "What the database takes on the disk, without its log.",
            size.bytes,
        );
    }
    if let Ok(Some(ms)) = app.backups.last_backup_ms().await {
        text.gauge(
            "muster_last_backup_timestamp_seconds",
            "When the last copy that passed its check was made, in Unix seconds.",
            std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64(),
        );
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
