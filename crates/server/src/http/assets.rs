//! The dashboard's files, embedded in the binary. Their names contain a hash, so browsers cache them forever; they
//! were compressed at build time.

use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

/// The output of `npm run build`, with a `.gz` beside each file that compresses well. Without it the server still
/// builds and runs, but its pages say that the dashboard is missing.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";
const CACHE_FOR_A_DAY: &str = "public, max-age=86400";

/// The document of all pages.
pub fn read_index() -> Option<Cow<'static, [u8]>> {
    Dist::get("index.html").map(|file| file.data)
}

/// A script or style of the dashboard
#[utoipa::path(
    get,
    path = "/assets/{file}",
    params(("file" = String, Path, description = "the file's name")),
    responses((status = 200, description = "the file"), (status = 404, description = "no such file"))
)]
pub async fn asset(Path(file): Path<String>, request: Request) -> Response {
    serve(&format!("assets/{file}"), request.headers(), CACHE_FOREVER)
}

/// The dashboard's icon
#[utoipa::path(
    get,
    path = "/favicon.svg",
    responses((status = 200, description = "the icon"), (status = 404, description = "the server was built without its dashboard"))
)]
pub async fn favicon(request: Request) -> Response {
    serve("favicon.svg", request.headers(), CACHE_FOR_A_DAY)
}

fn serve(path: &str, headers: &HeaderMap, cache: &'static str) -> Response {
    let gzip = accepts_gzip(headers)
        .then(|| Dist::get(&format!("{path}.gz")))
        .flatten();
    let encoded = gzip.is_some();
    match gzip.or_else(|| Dist::get(path)) {
        Some(file) => answer(path, file, encoded, cache),
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, encoded: bool, cache: &'static str) -> Response {
    // In release builds the data is static and is not copied for each request.
    let data = match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    };
    let mut response = data.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(path)),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if encoded {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Whether the client accepts gzip.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    accepted
        .map(|coding| coding.split(';').map(str::trim))
        .any(|mut parts| {
            let gzip = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            gzip && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
}

/// The media types of the files that the build produces.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_to_clients_that_accept_it() {
        let accepts = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            accepts_gzip(&headers)
        };
        assert!(accepts("gzip, deflate, br") && accepts("br;q=1.0, GZIP;q=0.8"));
        assert!(!accepts("br") && !accepts("gzip;q=0") && !accepts("identity"));
    }
}
