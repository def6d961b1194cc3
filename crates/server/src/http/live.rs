//! The stream of updates to a browser: bounded, and ended with its session.

use super::App;
use super::access::Caller;
use super::error::ErrorBody;
use crate::accounts::IDLE_MS;
use crate::clock;
use crate::shutdown::stopped;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderName, header};
use muster_store::SessionKey;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Often enough that no proxy takes the stream for dead, and that a page notices when it is.
const TICK: Duration = Duration::from_secs(15);
/// Events that wait for a browser before it counts as lagging.
const QUEUE: usize = 4;

/// Updates as they come, as server-sent events
///
/// First `hello` with the number of the last update; then `computers` with what changed, numbered without
/// holes, at most once a second; `resync` where this browser lagged behind and has to ask for everything;
/// `tick` each 15 s; `end` once the session has ended.
#[utoipa::path(
    get,
    path = "/api/live",
    responses((status = 200, description = "the stream", content_type = "text/event-stream"), (status = 401, body = ErrorBody))
)]
pub async fn live(State(app): State<Arc<App>>, Extension(caller): Extension<Caller>) -> Response {
    let (events, queue) = mpsc::channel(QUEUE);
    tokio::spawn(pump(app, caller.key, events));
    let body = Body::from_stream(ReceiverStream::new(queue).map(Ok::<_, Infallible>));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would collect the events until they fill a buffer.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

/// Moves updates into the browser's queue until browser, session or server are gone.
async fn pump(app: Arc<App>, session: SessionKey, events: mpsc::Sender<Bytes>) {
    let (seq, mut updates) = app.feed.subscribe();
    let mut ends = app.session_ends.subscribe();
    let mut stopping = app.stopping.clone();
    let mut tick = tokio::time::interval(TICK);
    let mut event = Some(Bytes::from(format!(
        "event: hello\ndata: {{\"seq\":{seq}}}\n\n"
    )));
    loop {
        if let Some(event) = event.take()
            && events.send(event).await.is_err()
        {
            return;
        }
        tokio::select! {
            update = updates.recv() => event = match update {
                Ok(update) => Some(update),
                Err(RecvError::Lagged(_)) => Some(Bytes::from_static(b"event: resync\ndata: {}\n\n")),
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => event = Some(tick_event()),
            Ok(()) = ends.changed() => {}
            () = stopped(&mut stopping) => return,
            () = events.closed() => return,
        }
        let is_update = event
            .as_ref()
            .is_some_and(|event| event.starts_with(b"event: computers"));
        if !is_update && has_ended(&app, &session).await {
            let _ = events.send(Bytes::from_static(END)).await;
            return;
        }
    }
}

const END: &[u8] = b"event: end\ndata: {\"reason\":\"The session has ended.\"}\n\n";

fn tick_event() -> Bytes {
    format!("event: tick\ndata: {{\"now_ms\":{}}}\n\n", clock::now_ms()).into()
}

/// A database that does not answer ends no session.
async fn has_ended(app: &App, session: &SessionKey) -> bool {
    let found = app.store.session(session, clock::now_ms() - IDLE_MS).await;
    matches!(found, Ok(None))
}
