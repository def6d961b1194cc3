//! The dashboard's pages. One document starts them all; what differs is who may open it.

use super::assets;
use super::error::ApiError;
use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

const MESSAGE: &str = r#"<meta name="muster-message" content=""#;

/// All computers
#[utoipa::path(get, path = "/", responses((status = 200, description = "the page"), (status = 302, description = "sign in first")))]
pub async fn overview() -> Response {
    page(StatusCode::OK, "")
}

/// One computer
#[utoipa::path(get, path = "/computer/{id}", params(("id" = i64, Path, description = "the computer")), responses((status = 200, description = "the page"), (status = 302, description = "sign in first")))]
pub async fn computer() -> Response {
    page(StatusCode::OK, "")
}

/// Adding, changing and removing computers
#[utoipa::path(get, path = "/manage", responses((status = 200, description = "the page"), (status = 302, description = "sign in first")))]
pub async fn manage() -> Response {
    page(StatusCode::OK, "")
}

/// Changing the own password
#[utoipa::path(get, path = "/change_password", responses((status = 200, description = "the page"), (status = 302, description = "sign in first")))]
pub async fn change_password() -> Response {
    page(StatusCode::OK, "")
}

/// Signing in
#[utoipa::path(get, path = "/login", responses((status = 200, description = "the page")))]
pub async fn login() -> Response {
    page(StatusCode::OK, "")
}

/// A path that is no route: the page that says so, or a sentence for a program.
pub async fn not_found(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return ApiError::new(
            StatusCode::NOT_FOUND,
            "There is no such address in the API.",
        )
        .into_response();
    }
    page(StatusCode::NOT_FOUND, "")
}

/// A route that has no such method.
pub async fn method_not_allowed() -> Response {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take that method.",
    )
    .into_response()
}

/// The document, with a message for whoever sent a form.
pub fn page(status: StatusCode, message: &str) -> Response {
    let Some(document) = assets::index() else {
        return missing();
    };
    let filled = format!("{MESSAGE}{}", escaped(message));
    let document = String::from_utf8_lossy(&document).replacen(MESSAGE, &filled, 1);
    let mut response = (status, Html(document)).into_response();
    // The document names its scripts by their hash: an old one would ask for files that are gone.
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn missing() -> Response {
    let text = "This server was built without its dashboard. `make build` builds both.";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// Text within a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
