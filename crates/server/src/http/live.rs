//! The stream of updates to a browser: bounded, and ended with its session.

use super::App;
use super::assets::accepts_gzip;
use super::caller::{Caller, Credential, has_ended};
use super::error::{ApiResult, ErrorBody};
use super::feed::{After, Event, GZIP_HEAD};
use crate::ops::clock;
use crate::ops::shutdown::wait_for_stop;
use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

/// Often enough that no proxy takes the stream for dead, and that a page notices when it is.
const TICK: Duration = Duration::from_secs(15);
/// Events that wait for a browser before it counts as lagging.
const QUEUE: usize = 4;

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// The id of the last event that this browser had, or `RUN-SEQ` of its overview: what it missed since
    /// then follows `hello`, where that is still there
    after: Option<String>,
}

/// Updates as they come, as server-sent events
///
/// First `hello` with the number after which updates follow: another one than was asked for means that what was
/// missed is gone, and `/api/overview` has everything. Then `computers` with what changed, numbered without
/// holes, at most once a second; `resync` where this browser lagged behind and has to ask for everything;
/// `tick` each 15 s; `end` once the session has ended.
#[utoipa::path(
    get,
    path = "/api/live",
    params(LiveQuery),
    responses(
        (status = 200, description = "the stream", content_type = "text/event-stream"),
        (status = 400, description = "two of a parameter", body = ErrorBody),
    )
)]
pub async fn live(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<LiveQuery>, QueryRejection>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let Query(query) = query?;
    let compressed = accepts_gzip(&headers);
    let (events, queue) = mpsc::channel(QUEUE);
    let listener = Listener { events, compressed };
    tokio::spawn(pump(
        app,
        caller.credential,
        after(query, &headers),
        listener,
    ));
    let body = Body::from_stream(ReceiverStream::new(queue).map(Ok::<_, Infallible>));
    let fixed = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-encoding"),
        // nginx would collect the events until they fill a buffer.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let mut response = (fixed, body).into_response();
    if compressed {
        let gzip = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, gzip);
    }
    Ok(response)
}

/// A browser that resumes by itself says so in a header. What is no id is none that is known.
fn after(query: LiveQuery, headers: &HeaderMap) -> Option<After> {
    let resumed = headers.get("last-event-id");
    let resumed = resumed.and_then(|id| id.to_str().ok());
    After::parse(resumed.or(query.after.as_deref())?)
}

/// The other end of a stream.
struct Listener {
    events: mpsc::Sender<Bytes>,
    compressed: bool,
}

impl Listener {
    /// Waits until it has room. False where it is gone.
    async fn hear(&self, event: &Event) -> bool {
        self.events.send(event.bytes(self.compressed)).await.is_ok()
    }
}

/// Moves updates into the browser's queue until browser, session or server are gone.
async fn pump(app: Arc<App>, credential: Credential, after: Option<After>, listener: Listener) {
    let subscription = app.feed.subscribe(after.as_ref());
    let mut updates = subscription.updates;
    let mut ends = app.session_ends.subscribe();
    let mut stopping = app.stopping.clone();
    let mut tick = tokio::time::interval(TICK);
    if listener.compressed
        && listener
            .events
            .send(Bytes::from_static(&GZIP_HEAD))
            .await
            .is_err()
    {
        return;
    }
    for event in [subscription.hello].iter().chain(&subscription.missed) {
        if !listener.hear(event).await {
            return;
        }
    }
    loop {
        let (event, is_update) = tokio::select! {
            update = updates.recv() => match update {
                Ok(update) => (Some(update), true),
                Err(RecvError::Lagged(_)) => (Some(Event::resync()), false),
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => (Some(tick_event()), false),
            Ok(()) = ends.changed() => (None, false),
            () = wait_for_stop(&mut stopping) => return,
            () = listener.events.closed() => return,
        };
        if !is_update && has_ended(&app, &credential).await {
            listener.hear(&end_event()).await;
            return;
        }
        if let Some(event) = event
            && !listener.hear(&event).await
        {
            return;
        }
    }
}

fn end_event() -> Event {
    Event::new("event: end\ndata: {\"reason\":\"The session has ended.\"}\n\n".to_owned())
}

fn tick_event() -> Event {
    let now_ms = clock::now_ms();
    Event::new(format!("event: tick\ndata: {{\"now_ms\":{now_ms}}}\n\n"))
}
