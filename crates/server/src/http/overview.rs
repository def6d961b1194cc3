//! The overview of all computers.

use super::App;
use super::assets::accepts_gzip;
use super::error::{ApiError, ApiResult};
use super::views::Overview;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use std::sync::Arc;

/// All computers with their latest values
#[utoipa::path(
    get,
    path = "/api/overview",
    responses((status = 200, body = Overview))
)]
pub async fn overview(State(app): State<Arc<App>>, headers: HeaderMap) -> ApiResult<Response> {
    let cached = tokio::task::spawn_blocking(move || app.feed.overview(&app.live))
        .await
        .map_err(|error| ApiError::internal(&error))??;
    let gzip = accepts_gzip(&headers);
    let mut response = if gzip { cached.gzip } else { cached.plain }.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Set in both cases, so that the compression layer does not compress the answer again.
    let coding = if gzip { "gzip" } else { "identity" };
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    Ok(response)
}
