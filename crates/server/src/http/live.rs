//! The stream of updates to a browser, with a bounded queue; it ends with its session.

use super::App;
use super::assets::accepts_gzip;
use super::caller::{Caller, Credential, is_revoked};
use super::error::{ApiResult, ErrorBody};
use super::feed::{After, GZIP_HEAD, SseEvent};
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

/// Often enough that no proxy closes the stream as idle and that a page notices a broken stream.
const TICK: Duration = Duration::from_secs(15);
/// Events that wait for a slow browser before updates are skipped.
const QUEUE: usize = 4;

/// Where to resume.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// The id of the last event that this browser received, or `RUN-SEQ` of its overview. Updates since then follow
    /// `hello`, if the server still has them
    after: Option<String>,
}

/// Updates as server-sent events
///
/// First `hello` with the number after which updates follow. If that is not the requested one, the missed updates are
/// gone: reload `/api/overview`. Then `computers` with what changed, numbered without gaps, at most once a second;
/// `resync` when this browser has fallen behind and must reload `/api/overview`; `tick` each 15 s; `end` when the
/// session has ended.
#[utoipa::path(
    get,
    path = "/api/live",
    params(LiveQuery),
    responses(
        (status = 200, description = "the stream", content_type = "text/event-stream"),
        (status = 400, description = "a parameter is given twice", body = ErrorBody),
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
    tokio::spawn(send_updates(
        app,
        caller.credential,
        parse_after(query, &headers),
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

/// A browser that reconnects by itself sends the id in a header. An invalid id counts as none.
fn parse_after(query: LiveQuery, headers: &HeaderMap) -> Option<After> {
    let resumed = headers.get("last-event-id");
    let resumed = resumed.and_then(|id| id.to_str().ok());
    After::parse(resumed.or(query.after.as_deref())?)
}

/// The browser's end of a stream.
struct Listener {
    events: mpsc::Sender<Bytes>,
    compressed: bool,
}

impl Listener {
    /// Sends an event once the queue has room. False if the browser has gone.
    async fn send(&self, event: &SseEvent) -> bool {
        self.events.send(event.bytes(self.compressed)).await.is_ok()
    }
}

/// Sends updates until the browser disconnects, the session ends or the server stops.
async fn send_updates(
    app: Arc<App>,
    credential: Credential,
    after: Option<After>,
    listener: Listener,
) {
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
        if !listener.send(event).await {
            return;
        }
    }
    loop {
        let (event, is_update) = tokio::select! {
            update = updates.recv() => match update {
                Ok(update) => (Some(update), true),
                Err(RecvError::Lagged(_)) => (Some(SseEvent::resync()), false),
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => (Some(tick_event()), false),
            Ok(()) = ends.changed() => (None, false),
            () = wait_for_stop(&mut stopping) => return,
            () = listener.events.closed() => return,
        };
        if !is_update && is_revoked(&app, &credential).await {
            listener.send(&end_event()).await;
            return;
        }
        if let Some(event) = event
            && !listener.send(&event).await
        {
            return;
        }
    }
}

fn end_event() -> SseEvent {
    SseEvent::new("event: end\ndata: {\"reason\":\"The session has ended.\"}\n\n".to_owned())
}

fn tick_event() -> SseEvent {
    let now_ms = clock::now_ms();
    SseEvent::new(format!("event: tick\ndata: {{\"now_ms\":{now_ms}}}\n\n"))
}
