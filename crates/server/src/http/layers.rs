//! What goes around every route: bounds in time and size, refusal of other origins, headers, compression.

use super::error::ApiError;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use std::time::Duration;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// A form, or a computer to be added; nothing larger comes in.
const MAX_BODY: usize = 64 * 1024;
/// Until an answer begins; a stream may go on for as long as it likes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Everything comes from here and from nowhere else, no script or style stands in the page itself, and
/// nobody shows this page in theirs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

pub fn around(routes: Router) -> Router {
    let same_origin = CsrfLayer::new().with_rejection_response(|_: ProtectionError| {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "This change was sent from another site. Open the dashboard itself and try again.",
        )
        .into_response()
    });
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(same_origin)
        .layer(from_fn(in_time))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(headers))
}

async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(TIMEOUT, next.run(request))
        .await
        .unwrap_or_else(|_| {
            ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "This took longer than 30 s. Try again, or ask for less.",
            )
            .into_response()
        })
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What is behind a login stays out of every cache, unless its controller says otherwise.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
