//! The dashboard's pages. One document starts them all; what differs is who may open it.

use super::problem::Problem;
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
            page(&app.base_path, StatusCode::OK, None)
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
    page(&app.base_path, StatusCode::OK, None)
}

/// Signing in
#[utoipa::path(get, path = "/login", responses((status = 200, description = "the page", content_type = "text/html")))]
pub async fn login(State(app): State<Arc<App>>) -> Response {
    page(&app.base_path, StatusCode::OK, None)
}

/// A path that is no route: the page that says so, or a sentence for a program.
pub async fn not_found(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::AddressNotFound.into_response();
    }
    page(&app.base_path, StatusCode::NOT_FOUND, None)
}

/// A route that has no such method.
pub async fn method_not_allowed() -> Response {
    Problem::MethodNotAllowed.into_response()
}

/// The document, with the problem of the form that the browser sent: in English, and as JSON for the page's own text.
pub fn page(base: &BasePath, status: StatusCode, problem: Option<&Problem>) -> Response {
    let Some(document) = assets::index() else {
        return missing();
    };
    let filled = problem.map_or_else(|| MESSAGE.to_owned(), filled_message);
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

fn filled_message(problem: &Problem) -> String {
    let data = serde_json::json!({"code": problem.code(), "params": problem.params()});
    format!(
        r#"<meta name="muster-message" data-problem="{}" content="{}"#,
        escaped(&data.to_string()),
        escaped(&problem.to_string())
    )
}

/// Text within a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
