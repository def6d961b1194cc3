//! Middleware around every route: limits of time and size, cross-site protection, headers, compression.

use super::App;
use super::client::Client;
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

/// Largest body in bytes: a new computer with its note. Forms have a smaller limit.
const MAX_BODY: usize = 64 * 1024;
/// Largest form in bytes: three passwords of 1,024 bytes, each byte percent-encoded as three.
const MAX_FORM: usize = 16 * 1024;
/// Until an answer begins; a stream may then last as long as it likes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Everything is loaded from this server; inline scripts and styles and framing are forbidden.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

/// Browser features that the dashboard never uses.
const PERMISSIONS_POLICY: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), \
    payment=(), usb=(), serial=(), hid=(), bluetooth=(), midi=()";

/// After a visit over TLS, browsers insist on TLS for a year. Subdomains are excluded: others may run them.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Headers of every answer.
const FIXED_HEADERS: [(HeaderName, &str); 7] = [
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

/// Wraps all routes.
pub fn wrap_router(routes: Router, app: Arc<App>) -> Router {
    // If a browser does not send Sec-Fetch-Site, its Origin must be this host and port.
    let same_origin = CsrfLayer::new()
        .with_rejection_response(|_: ProtectionError| Problem::SentFromAnotherSite.into_response());
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(same_origin)
        .layer(from_fn(require_one_host))
        .layer(from_fn(limit_time))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(app, add_client_and_headers))
}

/// Limits the size of forms, which anyone may send.
pub fn limit_form() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_FORM)
}

async fn limit_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(TIMEOUT, next.run(request))
        .await
        .unwrap_or_else(|_| {
            let seconds = TIMEOUT.as_secs();
            Problem::TimedOut { seconds }.into_response()
        })
}

/// With two Host headers, a proxy may use one and this server the other.
async fn require_one_host(request: Request, next: Next) -> Response {
    let count = request.headers().get_all(header::HOST).iter().count();
    let is_missing = count == 0 && request.version() == Version::HTTP_11;
    if count > 1 || is_missing {
        return Problem::HostHeader.into_response();
    }
    next.run(request).await
}

/// Finds the client of the request for all handlers, and adds headers to the answer.
async fn add_client_and_headers(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = Client::from_request(&request, &app.trusted_proxies);
    request.extensions_mut().insert(client);
    let mut response = next.run(request).await;
    add_security_headers(response.headers_mut(), client);
    response
}

fn add_security_headers(headers: &mut HeaderMap, client: Client) {
    for (name, value) in FIXED_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if client.uses_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    // Answers are not cached unless their handler allows it.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
