//! The dashboard's pages. One document starts them all; what differs is who may open it.

use super::error::ApiError;
use super::{App, assets};
use crate::config::BasePath;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// All addresses in the document, and those that its scripts ask for, are below this one.
const BASE: &str = r#"<base href=""#;
const BASE_AT_ROOT: &str = r#"<base href="/""#;
const MESSAGE: &str = r#"<meta name="muster-message" content=""#;

/// A page: its address, and what it is for.
macro_rules! pages {
    ($($name:ident $path:literal $about:literal),+ $(,)?) => {$(
        #[doc = $about]
        #[utoipa::path(get, path = $path, responses((status = 200, description = "the page", content_type = "text/html"), (status = 302, description = "sign in first")))]
        pub async fn $name(State(app): State<Arc<App>>) -> Response {
            page(&app.base_path, StatusCode::OK, "")
        }
    )+};
}

pages! {
    overview "/" "All computers",
    compare "/compare" "Several computers side by side",
    manage "/manage" "Adding, changing and removing computers",
    people "/people" "Accounts",
    account "/account" "The own sessions and API tokens",
    audit "/audit" "Who did what",
    change_password "/change_password" "Changing the own password",
}

/// One computer
#[utoipa::path(get, path = "/computer/{id}", params(("id" = i64, Path, description = "the computer")), responses((status = 200, description = "the page", content_type = "text/html"), (status = 302, description = "sign in first")))]
pub async fn computer(State(app): State<Arc<App>>) -> Response {
    page(&app.base_path, StatusCode::OK, "")
}

/// Signing in
#[utoipa::path(get, path = "/login", responses((status = 200, description = "the page", content_type = "text/html")))]
pub async fn login(State(app): State<Arc<App>>) -> Response {
    page(&app.base_path, StatusCode::OK, "")
}

/// A path that is no route: the page that says so, or a sentence for a program.
pub async fn not_found(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return ApiError::new(
            StatusCode::NOT_FOUND,
            "There is no such address in the API.",
        )
        .into_response();
    }
    page(&app.base_path, StatusCode::NOT_FOUND, "")
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
pub fn page(base: &BasePath, status: StatusCode, message: &str) -> Response {
    let Some(document) = assets::index() else {
        return missing();
    };
    let filled = format!("{MESSAGE}{}", escaped(message));
    let base = format!(r#"{BASE}{}""#, base.with("/"));
    let document = String::from_utf8_lossy(&document)
        .replacen(MESSAGE, &filled, 1)
        .replacen(BASE_AT_ROOT, &base, 1);
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
