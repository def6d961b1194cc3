//! What goes around every route: bounds in time and size, refusal of other origins, headers, compression.

use super::App;
use super::peer::Peer;
use super::problem::Problem;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Version, header};
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// A computer to be added, with its note; nothing larger comes in. Forms have a bound of their own.
const MAX_BODY: usize = 64 * 1024;
/// Of a form: three passwords of the longest kind, each byte written as three.
const MAX_FORM: usize = 16 * 1024;
/// Until an answer begins; a stream may go on for as long as it likes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Everything comes from here and from nowhere else, no script or style stands in the page itself, and
/// nobody shows this page in theirs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

/// What a page could ask a browser for, and this one never does.
const PERMISSIONS_POLICY: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), \
    payment=(), usb=(), serial=(), hid=(), bluetooth=(), midi=()";

/// Who has come over TLS comes over TLS for a year. Not for names below this one: these are others'.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What every answer says.
const FIXED: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        PERMISSIONS_POLICY,
    ),
];

pub fn around(routes: Router, app: Arc<App>) -> Router {
    // Where a browser does not say whence it comes, its origin must be this very host and port.
    let same_origin = CsrfLayer::new()
        .with_rejection_response(|_: ProtectionError| Problem::SentFromAnotherSite.into_response());
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(same_origin)
        .layer(from_fn(one_host))
        .layer(from_fn(in_time))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(app, headers))
}

/// What strangers may send is small.
pub fn form() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_FORM)
}

async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(TIMEOUT, next.run(request))
        .await
        .unwrap_or_else(|_| {
            let seconds = TIMEOUT.as_secs();
            Problem::TimedOut { seconds }.into_response()
        })
}

/// With two of them a proxy may have believed the one and this server the other.
async fn one_host(request: Request, next: Next) -> Response {
    let count = request.headers().get_all(header::HOST).iter().count();
    let is_missing = count == 0 && request.version() == Version::HTTP_11;
    if count > 1 || is_missing {
        return Problem::HostHeader.into_response();
    }
    next.run(request).await
}

/// Finds out who asks, once for all, and puts the headers on the answer.
async fn headers(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = Peer::of(&request, &app.trusted_proxies);
    request.extensions_mut().insert(peer);
    let mut response = next.run(request).await;
    harden(response.headers_mut(), peer);
    response
}

fn harden(headers: &mut HeaderMap, peer: Peer) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if peer.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    // What is behind a login stays out of every cache, unless its controller says otherwise.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
